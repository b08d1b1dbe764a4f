"""A comparison as a frame, as JSON, and as text to read."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

import polars as pl

from arize_async.models.html import html_table
from arize_async.models.json_text import json_bytes
from arize_async.models.unicode import visible
from arize_async.results.metrics import COLUMNS, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arize_async.results.comparison import Comparison
    from arize_async.results.metrics import Metric

_HEAD = (
    "candidate",
    "evaluator",
    "examples",
    "baseline",
    "value",
    "difference",
    "interval",
    "adjusted p",
    "better",
    "worse",
    "same",
)


def frame(comparison: Comparison) -> pl.DataFrame:
    """Return one row for each evaluator of each candidate."""
    return pl.DataFrame([metric.row() for metric in comparison.metrics], schema=COLUMNS)


def document(comparison: Comparison) -> dict[str, Any]:
    """Return everything but the examples as JSON knows it."""
    whole = {
        "baseline": {"name": comparison.baseline, "summary": comparison.summary.to_dict()},
        "confidence": comparison.settings.confidence,
        "candidates": [
            {
                "name": candidate.name,
                "summary": candidate.summary.to_dict(),
                "metrics": [metric.to_dict() for metric in candidate.metrics],
            }
            for candidate in comparison.candidates
        ],
    }
    return json.loads(json_bytes(whole))  # what is not finite becomes null


def markdown(comparison: Comparison) -> str:
    """Return the verdicts, the numbers, and how they were found."""
    names = ", ".join(candidate.name for candidate in comparison.candidates)
    verdicts = [f"- {plain(metric.verdict)}" for metric in comparison.metrics]
    runs = [(comparison.baseline, comparison.summary)]
    runs += [(candidate.name, candidate.summary) for candidate in comparison.candidates]
    failed = [(name, summary.runs, summary.failed) for name, summary in runs]
    parts = [
        f"## {plain(names)} compared with {plain(comparison.baseline)}",
        "\n".join(verdicts) or "There is no evaluator to compare.",
        table(_head(comparison), [cells(metric) for metric in comparison.metrics]),
        table(("experiment", "runs", "failed"), failed),
        _methods(comparison),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def html(comparison: Comparison) -> str:
    """Return the numbers and the verdicts, escaped."""
    rows = [cells(metric) for metric in comparison.metrics]
    return f"{html_table(repr(comparison), _head(comparison), rows)}<pre>{escape(comparison.verdict)}</pre>"


def _head(comparison: Comparison) -> Sequence[str]:
    return _HEAD if comparison.tests > 1 else ["p" if name == "adjusted p" else name for name in _HEAD]


def cells(metric: Metric) -> Sequence[object]:
    """Return what a table for people says of a metric."""
    interval, test = metric.interval, metric.test
    return (
        metric.candidate,
        metric.name,
        f"{metric.pairs:,} of {metric.examples:,}",
        _shown(metric.baseline),
        _shown(metric.value),
        "" if metric.difference is None else number(metric.difference, sign=True),
        f"{number(interval.low, sign=True)} to {number(interval.high, sign=True)}" if interval else "",
        f"{test.adjusted:.2g}" if test else "",
        metric.improved,
        metric.regressed,
        metric.unchanged,
    )


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table in Markdown; nothing without rows."""
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(plain(str(cell)) for cell in line) + " |" for line in lines)


def plain(text: str) -> str:
    r"""Return text that Markdown shows as it stands, on one line.

    >>> plain("<b>|x|")
    '&lt;b&gt;\\|x\\|'
    """
    line = escape(visible(text), quote=False)
    return "".join(f"\\{each}" if each in "\\`*_[]|" else each for each in line)


def _shown(value: float | None) -> str:
    return "" if value is None else number(value)


def _methods(comparison: Comparison) -> str:
    """Return how the numbers were found, for each kind of metric once."""
    found = dict.fromkeys(
        f"{metric.name}: {metric.interval.method}; {metric.test.name}"
        for metric in comparison.metrics
        if metric.interval and metric.test
    )
    level = f"{100 * comparison.settings.confidence:.4g} %"
    corrected = "; p-values are adjusted by Holm's method" if comparison.tests > 1 else ""
    head = f"Intervals are made to hold the true difference in {level} of all samples{corrected}."
    return "\n".join([head, *(f"- {plain(line)}" for line in found)]) if found else ""

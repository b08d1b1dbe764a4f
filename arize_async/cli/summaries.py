"""An experiment in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.cli.tables import print_table, short, visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from arize_async.results.summary import EvaluatorSummary, Summary

_MOST_LABELS, _LONGEST_LABEL = 6, 30


def print_summary(summary: Summary) -> None:
    """Write the counts, then a table of the evaluators, with how many runs each number stands on."""
    text = str(summary)
    for evaluator in summary.evaluators:  # the table has them, and their labels can have several lines
        text = text.replace(f"\n{evaluator}", "", 1)
    for line in text.splitlines():
        print(visible(line))
    if summary.evaluators:
        print()
        print_table(("EVALUATOR", "MEAN", "±", "SCORED", "LABELS", "WITHOUT RESULT"), map(_row, summary.evaluators))


def _row(evaluator: EvaluatorSummary) -> Sequence[object]:
    return (
        evaluator.name,
        None if evaluator.mean is None else f"{evaluator.mean:.4g}",
        None if evaluator.standard_error is None else f"{evaluator.standard_error:.2g}",
        f"{evaluator.scored}/{evaluator.total}",
        _labels(evaluator.labels),
        evaluator.errors or None,
    )


def _labels(labels: Mapping[str, int]) -> str:
    """Return the first labels with their counts: an evaluator may have given another one to each run."""
    told = [f"{short(label, _LONGEST_LABEL)} {count}" for label, count in list(labels.items())[:_MOST_LABELS]]
    return ", ".join(told) + (f" and {len(labels) - len(told)} more" if len(labels) > len(told) else "")

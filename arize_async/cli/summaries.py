"""An experiment in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.cli.tables import print_table
from arize_async.models.unicode import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arize_async.results.summary import EvaluatorSummary, Summary


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
        evaluator.label_counts,
        evaluator.errors or None,
    )

"""An experiment in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.cli.tables import print_table, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arize_async.results.summary import EvaluatorSummary, Summary


def print_summary(summary: Summary) -> None:
    """Write the counts, then a table of the evaluators, with how many runs each number stands on."""
    head, *rest = str(summary).splitlines()
    print(visible(head))
    told = {str(evaluator) for evaluator in summary.evaluators}
    for line in rest:
        if line not in told:
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
        ", ".join(f"{label} {count}" for label, count in evaluator.labels.items()),
        evaluator.errors or None,
    )

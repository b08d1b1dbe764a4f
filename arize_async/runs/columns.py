"""What evaluators need of a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.errors import InvalidEvaluator

if TYPE_CHECKING:
    from collections.abc import Collection

    from arize_async.runs.plan import Plan


def check_columns(plan: Plan, dataset: str, columns: Collection[str]) -> None:
    """Refuse evaluators that need columns which the dataset does not have.

    Raises:
        InvalidEvaluator: There is no such column; the message lists those that there are.
    """
    for evaluator in plan.evaluators:
        if missing := sorted(evaluator.columns.difference(columns)):
            raise InvalidEvaluator(
                f"evaluator {evaluator.name!r} needs the column {missing[0]!r}, which the dataset {dataset!r} does not"
                f" have; it has {', '.join(sorted(columns))}"
            )

"""What the user's functions are called with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from arize_async.models.finished import SKIPPED, STOPPED, FinishedEvaluation, FinishedRun, FinishedTask
from arize_async.wire.text import copied

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from arize_async.executors.binding import Binding
    from arize_async.models.example import Example


def task_values(binding: Binding, example: Example) -> dict[str, object]:
    """Return what a task is called with."""
    return {name: copied(_OF_EXAMPLE[name](example)) for name in binding.names}


def evaluator_values(binding: Binding, example: Example, task: FinishedTask) -> dict[str, object]:
    """Return what an evaluator of one run is called with."""
    return {
        name: _OF_TASK[name](task) if name in _OF_TASK else copied(_OF_EXAMPLE[name](example)) for name in binding.names
    }


def assembled(
    position: int, task: FinishedTask, evaluations: Sequence[FinishedEvaluation | None], names: Sequence[str]
) -> FinishedRun:
    """Put a task and its evaluations together; what is missing says why."""
    missing = SKIPPED if task.failed else STOPPED
    return FinishedRun(
        index=position,
        example_id=task.example_id,
        output=task.output,
        error=task.error,
        trace_id=task.trace_id,
        started_ms=task.started_ms,
        latency=task.latency,
        token_count=task.token_count,
        total_cost=task.total_cost,
        evaluations=tuple(
            each or FinishedEvaluation(name, None, missing) for name, each in zip(names, evaluations, strict=True)
        ),
        attempts=task.attempts,
        repetition=task.repetition,
    )


def _row(example: Example) -> object:
    return example.dataset_row.copy()


def _input(example: Example) -> object:
    return example.input


def _expected(example: Example) -> object:
    return example.output


def _metadata(example: Example) -> object:
    return example.metadata


_OF_EXAMPLE: dict[str, Callable[[Example], object]] = {
    "dataset_row": _row,
    "input": _input,
    "output": _expected,
    "dataset_output": _expected,
    "expected": _expected,
    "reference": _expected,
    "metadata": _metadata,
}
_OF_TASK: dict[str, Callable[[FinishedTask], object]] = {
    "output": lambda task: copied(task.output),
    "experiment_output": lambda task: copied(task.output),
    "run": lambda task: evolve(task, output=copied(task.output)),
}

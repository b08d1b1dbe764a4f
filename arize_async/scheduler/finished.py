"""What comes out of a pipeline."""

from __future__ import annotations

from typing import Generic, TypeVar

from attrs import frozen

T = TypeVar("T")
I = TypeVar("I")  # noqa: E741 - item, task value and evaluation: the three types of a pipeline
E = TypeVar("E")


@frozen
class Finished(Generic[I, T, E]):
    """An item that went through the pipeline.

    Attributes:
        index: Position in the input, from 0.
        item: The input.
        outcome: What the task gave.
        evaluations: What each evaluator gave, in their order; empty when the task failed. None stands for an
            evaluation that had not ended when the pipeline was left.
    """

    index: int
    item: I
    outcome: T
    evaluations: tuple[E | None, ...]

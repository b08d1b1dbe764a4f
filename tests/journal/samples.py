"""Headers, tasks and evaluations."""

from __future__ import annotations

from typing import Any

from arize_async.journal.header import Header
from arize_async.models.evaluation import EvaluationResult
from arize_async.models.finished import Attempt, FinishedEvaluation, FinishedTask


def header(*evaluators: str, count: int = 3, **facts: Any) -> Header:
    """Make a header."""
    known: dict[str, Any] = {
        "host": "h",
        "account": "a",
        "space_id": "s",
        "dataset_id": "d",
        "dataset_name": "dataset",
        "dataset_version": "v",
        "dataset_changed": None,
        "examples": "digest",
        "count": count,
        "experiment": "e",
        "task": "t",
        "evaluators": evaluators,
        "repetitions": 1,
        "force_http": False,
        "created_ms": 0,
    }
    return Header(**{**known, **facts})


def task(number: int = 0, output: Any = "o", error: str | None = None) -> FinishedTask:
    """Make a task that ended."""
    return FinishedTask(f"ex-{number}", output, error, "0" * 32, "1" * 16, 1, 1.5, attempts=(Attempt(0.5, 1.5, error),))


def evaluation(name: str = "first", error: str | None = None, **parts: Any) -> FinishedEvaluation:
    """Make an evaluation that ended."""
    return FinishedEvaluation(name, None if error else EvaluationResult(**(parts or {"score": 1})), error, "2" * 32, 7)

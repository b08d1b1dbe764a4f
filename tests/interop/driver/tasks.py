"""Tasks and evaluators for the official SDK; they are what its users write."""

from __future__ import annotations

from typing import Any

from arize.experiments import EvaluationResult, Evaluator
from opentelemetry import trace


def answer(dataset_row: Any) -> str:
    """Be right about even numbers."""
    number = int(dataset_row["n"])
    return f"a{number}" if number % 2 == 0 else "no idea"


def traced(dataset_row: Any) -> str:
    """Answer within a span of a model that counts tokens."""
    attributes = {"openinference.span.kind": "LLM", "llm.token_count.total": 7, "llm.cost.total": 0.5}
    with trace.get_tracer("model").start_as_current_span("call", attributes=attributes):
        return answer(dataset_row)


def fails_on_two(dataset_row: Any) -> dict[str, Any]:
    """Raise for one row."""
    if int(dataset_row["n"]) == 2:
        raise ValueError("two")
    return {"n": int(dataset_row["n"]), "text": "ü"}


async def answer_async(dataset_row: Any) -> str:
    """Answer as a coroutine."""
    return answer(dataset_row)


def exact(output: Any, dataset_output: Any) -> tuple[float, str]:
    """Compare, with a reason."""
    return float(output == dataset_output), "compared"


class Graded(Evaluator):
    """An evaluator as a class."""

    def evaluate(self, *, output: Any, **kwargs: Any) -> EvaluationResult:
        """Grade by length, with metadata."""
        return EvaluationResult(score=len(str(output)), label="graded", explanation="by length", metadata={"k": "v"})

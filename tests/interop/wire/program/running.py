"""What a user does with ``run``: tasks and evaluators of every kind, and every keyword that changes what is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opentelemetry import trace

if TYPE_CHECKING:
    from script import Step


def answer(dataset_row: Any) -> str:
    """Be right about even numbers."""
    number = int(dataset_row["n"])
    return f"a{number}" if number % 2 == 0 else "ü, no idea"


def fails_on_two(dataset_row: Any) -> dict[str, Any]:
    """Return an object, and raise for one row."""
    if int(dataset_row["n"]) == 2:
        raise ValueError("two")
    return {"n": int(dataset_row["n"]), "text": "ü"}


def counts(input: str) -> int:
    """Return a number."""
    return len(input)


def nothing(dataset_row: Any) -> str | None:
    """Return None for one row."""
    return answer(dataset_row) if dataset_row["n"] else None


async def answers_later(dataset_row: Any) -> str:
    """Answer as a coroutine."""
    return answer(dataset_row)


def traced(dataset_row: Any) -> str:
    """Answer within a span of a model that counts tokens."""
    attributes = {"openinference.span.kind": "LLM", "llm.token_count.total": 7, "llm.cost.total": 0.5}
    with trace.get_tracer("model").start_as_current_span("call", attributes=attributes):
        return answer(dataset_row)


def exact(output: Any, dataset_output: Any) -> bool:
    """Compare."""
    return output == dataset_output


def long(output: str) -> tuple[float, str]:
    """Give a number and a reason."""
    return float(len(output)), "the length"


def strict(output: Any) -> str:
    """Raise for anything that is no text."""
    return output.upper()


def graded(types: Any) -> Any:
    """Return an evaluator that is an object."""

    class Graded(types.Evaluator):
        """Grades by length, with metadata."""

        def evaluate(self, *, output: Any, **kwargs: Any) -> Any:
            """Grade."""
            metadata = {"size": len(str(output)), "by": "length", "deep": {"k": [1, 2]}}
            return types.EvaluationResult(score=0.5, label="graded", explanation="why", metadata=metadata)

    return Graded()


def session(client: Any, types: Any, step: Step) -> None:
    """Run experiments on three questions."""
    rows = [{"attributes.input.value": f"q{n}", "attributes.output.value": f"a{n}", "n": n} for n in range(3)]
    dataset = client.datasets.create(name="questions", space="default", examples=rows)
    run, where = client.experiments.run, {"dataset": dataset.id, "concurrency": 1}
    with step("experiments.run"):
        run(name="run", dataset="questions", space="default", task=answer)
    with step("experiments.run with evaluators"):
        evaluators = [exact, long, graded(types)]
        run(name="graded / ü \N{PARTY POPPER}", **where, task=answer, evaluators=evaluators, metadata={"user": "ü"})
    with step("experiments.run of a coroutine"):
        run(name="later", **where, task=answers_later, evaluators={"same": exact})
    with step("experiments.run of a task that fails once"):
        run(name="fails", **where, task=fails_on_two)
    with step("experiments.run with an evaluator that fails"):
        run(name="strict", **where, task=counts, evaluators=[strict])
    with step("experiments.run of a task that fails once, with an evaluator"):
        run(name="fails and graded", **where, task=fails_on_two, evaluators=[exact])
    with step("experiments.run of a task that returns numbers"):
        run(name="counts", **where, task=counts)
    with step("experiments.run of a task that returns None once"):
        run(name="nothing", **where, task=nothing)
    with step("experiments.run, dry_run"):
        run(name="dry", **where, task=answer, evaluators=[exact], dry_run=True, dry_run_count=2)
    with step("experiments.run, force_http"):
        run(name="forced", **where, task=answer, evaluators=[exact], force_http=True)
    with step("experiments.run, exit_on_error", raises=True):
        run(name="stops", **where, task=fails_on_two, exit_on_error=True)
    with step("experiments.run, set_global_tracer_provider"):
        run(name="traced", **where, task=traced, set_global_tracer_provider=True)
    with step("datasets.delete with its experiments"):
        client.datasets.delete(dataset=dataset.id)

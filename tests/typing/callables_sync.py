"""Every kind of task and evaluator that ``arize_sync`` takes; never run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from arize_sync.evaluators import Correctness, LLMJudge, PairwisePreference, evaluator
from arize_sync.experiments import CodeEvaluator, EvaluationResult, Evaluator, LLMEvaluator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from arize_sync import ArizeClient
    from arize_sync.experiments.evaluators.base import Evaluators
    from arize_sync.experiments.evaluators.types import EvaluatorOutput, JSONSerializable
    from arize_sync.experiments.types import (
        ExampleInput,
        ExampleOutput,
        ExperimentTask,
        FinishedRun,
        FinishedTask,
        TaskOutput,
    )


def by_row(dataset_row: Mapping[str, object]) -> str:
    """Take the row."""
    return str(dataset_row["q"])


async def awaited(input: ExampleInput, metadata: Mapping[str, JSONSerializable]) -> TaskOutput:
    """Take columns, and await."""
    return {"input": dict(input), "n": len(metadata)}


def with_default(row: dict[str, object], model: str = "m", *, temperature: float = 0.5) -> list[object]:
    """Take options."""
    return [row, model, temperature]


def judge(output: str, expected: ExampleOutput) -> EvaluatorOutput:
    """Give any of the results."""
    return len(output) / len(expected)


async def judge_awaited(output: object, reference: object) -> tuple[float, str, str]:
    """Give a score, a label and an explanation."""
    return 1.0, str(output), str(reference)


class Task:
    """A task with state."""

    def __call__(self, row: Mapping[str, object]) -> int:
        """Count."""
        return len(row)

    async def method(self, row: Mapping[str, object]) -> int:
        """Count, too."""
        return len(row)


class Contains(Evaluator):
    """Judge by a word."""

    def evaluate(self, output: object = None, **kwargs: object) -> EvaluationResult:
        """Look for it."""
        return EvaluationResult(score="x" in str(output))


class Grader(LLMEvaluator):
    """Judge by a model."""

    async def async_evaluate(self, output: object = None, **kwargs: object) -> EvaluationResult:
        """Ask."""
        return EvaluationResult(label=str(output))


class Length(CodeEvaluator):
    """Judge with code."""

    _name = "length"

    def evaluate(self, **kwargs: object) -> EvaluationResult:
        """Count."""
        return EvaluationResult(score=len(kwargs))


@evaluator
def decorated(output: str, expected: str) -> bool:
    """Compare."""
    return output == expected


@evaluator(name="polite", kind="LLM", metadata={"model": "m"})
async def decorated_awaited(output: object, run: FinishedTask) -> EvaluationResult:
    """Ask."""
    return EvaluationResult(score=float(decorated(str(output), expected="a")), metadata={"ms": run.latency})


class Foreign:
    """An evaluator as phoenix has them."""

    def evaluate(self, eval_input: dict[str, object], input_mapping: object = None) -> list[object]:
        """Judge a dict."""
        return [eval_input, input_mapping]


async def model(prompt: str) -> str:
    """Answer."""
    return prompt


def whole(outputs: Sequence[TaskOutput], runs: Sequence[FinishedRun]) -> float:
    """Count."""
    return len(outputs) / len(runs)


def use(client: ArizeClient) -> None:
    """Hand each of them over."""
    tasks: list[ExperimentTask[object]] = [
        by_row,
        awaited,
        with_default,
        partial(with_default, model="n"),
        lambda row: row,
        Task(),
        Task().method,
        len,
    ]
    evaluators: list[Evaluators] = [
        judge,
        judge_awaited,
        Contains(),
        [judge, Grader(), lambda output: output == "x"],
        decorated,
        [decorated, decorated_awaited],
        (Length(), partial(judge, expected={})),
        [LLMJudge(model, "{output}", {"a": 1, "b": None}), LLMJudge(object(), "{output}", ["a", "b"], model="m")],
        [Correctness(model, columns={"input": "q"}), PairwisePreference(model, against="old", answer="text")],
        Foreign(),
        {"a": judge, "b": lambda output, expected: output == expected, "c": Length()},
    ]
    for task, chosen in zip(tasks, evaluators, strict=False):
        client.experiments.run(name="a", dataset="b", task=task, evaluators=chosen)
    client.experiments.run(name="a", dataset="b", task=lambda row: row["q"], evaluators=[lambda output: 1])
    client.experiments.run(name="a", dataset="b", task=awaited, evaluators={"x": judge_awaited})
    client.experiments.run(name="a", dataset="b", task=with_default, evaluators=[Contains(), judge])
    client.experiments.run(name="a", dataset="b", task=by_row, run_evaluators=[whole, decorated])

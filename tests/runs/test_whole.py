"""Evaluators of all runs together."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest

from arize_async.errors import InvalidEvaluator
from arize_async.evaluators import EvaluationResult, Evaluator, evaluator

if TYPE_CHECKING:
    from arize_async import ArizeClient
    from arize_async.models.dataset import Dataset

NAMES = ("frame", "summary", "runs", "inputs", "outputs", "expected", "metadata", "dataset_rows")


def answer(input: str) -> object:
    """Fail on two of ten questions, answer one with a dict, and the others right."""
    number = int(input[1:])
    if number in {3, 7}:
        raise ValueError("no answer")
    return {"text": "a5"} if number == 5 else f"a{number}"


def exact(output: object, expected: str) -> bool:
    """Compare."""
    return output == expected


class Everything(Evaluator):
    """Keeps what it is called with."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.seen: dict[str, Any] = {}

    def evaluate(self, **kwargs: Any) -> EvaluationResult:
        """Keep it."""
        self.seen = kwargs
        return EvaluationResult(score=len(kwargs["runs"]), label="seen", explanation="all", metadata={"k": 1})


async def test_they_get_the_whole_experiment(client: ArizeClient, dataset: Dataset) -> None:
    """By name: the frame, the summary, the runs, and lists that have one item a run in its order."""
    whole = Everything()
    result = await client.experiments.run(
        name="whole", dataset=dataset.id, task=answer, evaluators=[exact], run_evaluators=whole, repetitions=2
    )
    seen = whole.seen
    assert tuple(sorted(seen)) == tuple(sorted(NAMES))
    assert seen["frame"].equals(result.frame)
    assert seen["summary"].failed == 4
    assert seen["inputs"] == [f"q{i}" for i in range(10) for _ in "ab"]
    assert seen["expected"] == [f"a{i}" for i in range(10) for _ in "ab"]
    assert [run.output for run in seen["runs"]] == seen["outputs"]
    assert seen["outputs"][5:12] == ["a2", None, None, "a4", "a4", {"text": "a5"}, {"text": "a5"}]
    assert [run.repetition for run in seen["runs"]] == [1, 2] * 10
    assert [run.index for run in seen["runs"]] == list(range(20))
    assert seen["runs"][0].evaluations[0].result.label == "True"
    assert seen["runs"][6].evaluations[0].error == "not run: the task failed"
    assert [row["id"] for row in seen["dataset_rows"]] == result.frame["example_id"].to_list()
    assert seen["metadata"][2] == {"i": 1}
    assert result.run_evaluations["Everything"].result == EvaluationResult(20, "seen", "all", {"k": 1})


@evaluator(name="answered", metadata={"version": 2})
async def share(frame: Any) -> tuple[float, str]:
    """Return the share of runs that have an output."""
    return 1 - frame["output"].null_count() / frame.height, "of all"


async def test_their_results_are_in_the_result_and_its_summary(client: ArizeClient, dataset: Dataset) -> None:
    """Also after pickling; they have spans of their own."""
    result = await client.experiments.run(
        name="shown", dataset=dataset.id, task=answer, run_evaluators=[share, lambda frame: frame.height], dry_run=True
    )
    found = result.run_evaluations
    assert {name: each.result and each.result.score for name, each in found.items()} == {"answered": 0.8, "lambda": 10}
    assert len(found["answered"].trace_id or "") == 32
    assert result.summary.run_evaluations == found
    assert str(result.summary).endswith("answered: 0.8 of all runs\nlambda: 10 of all runs")
    assert pickle.loads(pickle.dumps(result)).run_evaluations == found  # noqa: S301 - this test wrote it


async def test_what_they_raise_is_data(client: ArizeClient, dataset: Dataset) -> None:
    """The run is recorded, the others are called, and the error is in the result and in the summary."""

    def broken(outputs: list[object]) -> float:
        raise ZeroDivisionError("no outputs")

    result = await client.experiments.run(
        name="broken",
        dataset=dataset.id,
        task=answer,
        run_evaluators={"broken": broken, "nan": lambda frame: float("nan"), "n": lambda summary: summary.runs},
    )
    assert result.experiment.name == "broken"
    errors = {name: each.error for name, each in result.run_evaluations.items()}
    assert errors["broken"] == "ZeroDivisionError('no outputs')"
    assert "finite" in (errors["nan"] or "")
    assert errors["n"] is None
    assert "broken: no result: ZeroDivisionError('no outputs')" in str(result.summary)
    assert result.failures.height == 2


async def test_one_changes_nothing_for_the_next(client: ArizeClient, dataset: Dataset) -> None:
    """Each gets lists of its own."""

    def spoil(expected: list[Any], dataset_rows: list[dict[str, object]]) -> bool:
        expected.clear()
        return all(row.clear() is None for row in dataset_rows)

    def check(expected: list[Any], dataset_rows: list[dict[str, object]]) -> int:
        return len(expected) + len(dataset_rows[0])

    result = await client.experiments.run(
        name="spoiled", dataset=dataset.id, task=answer, run_evaluators=[spoil, check], dry_run=True
    )
    checked = result.run_evaluations["check"].result
    assert checked is not None
    assert (checked.score or 0) > 10


async def test_a_stream_calls_them_when_all_runs_were_taken(client: ArizeClient, dataset: Dataset) -> None:
    """They are there after the block; a stream that is left early has none."""
    arguments: dict[str, Any] = {"dataset": dataset.id, "task": answer, "run_evaluators": [share], "dry_run": True}
    async with client.experiments.stream(name="all", **arguments) as runs:
        async for _ in runs:
            assert runs.run_evaluations == {}
    assert list(runs.run_evaluations) == list(runs.result.run_evaluations) == ["answered"]
    async with client.experiments.stream(name="left", **arguments) as runs:
        await anext(runs)
    assert runs.result.run_evaluations == {}


@pytest.mark.parametrize("wrong", [exact, 3, [share, share], lambda outputs, wrong: 1])
async def test_bad_ones_are_refused_before_the_run(client: ArizeClient, dataset: Dataset, wrong: Any) -> None:
    """Nothing is created; the parameters of an evaluator of one run are none of theirs."""
    with pytest.raises(InvalidEvaluator):
        await client.experiments.run(name="bad", dataset=dataset.id, task=answer, run_evaluators=wrong)
    assert [each.name async for each in await client.experiments.list()] == []


def latency(run: Any) -> float:
    """Return milliseconds."""
    assert (run.output, run.repetition, len(run.attempts), run.failed) == ("a1", 1, 1, False)
    return run.latency


async def test_an_evaluator_of_one_run_can_ask_for_its_facts(client: ArizeClient, dataset: Dataset) -> None:
    """``run`` has the latency, the tokens, the cost and the attempts of the task."""
    _, frame = await client.experiments.run(
        name="facts", dataset=dataset.id, task=lambda row: "a1", evaluators=[latency], dry_run=True
    )
    assert frame["eval.latency.score"].to_list() == frame["latency"].to_list()


async def test_they_run_in_processes_too(client: ArizeClient, dataset: Dataset) -> None:
    """With ``isolation="process"`` the frame crosses."""
    result = await client.experiments.run(
        name="apart",
        dataset=dataset.id,
        task=answer,
        evaluators=[evaluator(exact)],
        run_evaluators={"height": evaluator(lambda frame: frame.height)},
        isolation="process",
        dry_run=True,
    )
    assert result.run_evaluations["height"].result == EvaluationResult(10)
    assert result.frame["eval.exact.score"].sum() == 7

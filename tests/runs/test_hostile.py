"""User code that does its worst: a row each, and the run goes on."""

from __future__ import annotations

import asyncio
import contextvars
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from arize_async.errors import InvalidInput
from arize_async.experiments import EvaluationResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from arize_async import ArizeClient
    from arize_async.models.dataset import Dataset

VARIABLE = contextvars.ContextVar("variable", default="unset")


async def cancel_own_task(row: Any) -> None:
    """Cancel the task that runs this."""
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(0)


def leave(row: Any) -> None:
    """Exit the program."""
    sys.exit(3)


async def leave_async(row: Any) -> None:
    """Exit the program, on the loop."""
    sys.exit(3)


def stop_generator(row: Any) -> None:
    """Raise what ends generators."""
    raise GeneratorExit


@pytest.mark.parametrize("task", [cancel_own_task, leave, leave_async, stop_generator])
async def test_no_exception_ends_the_run(client: ArizeClient, dataset: Dataset, task: Callable[..., Any]) -> None:
    """Every row is there, with its error, and evaluators that do the same harm nobody."""
    _, frame = await client.experiments.run(name="task", dataset=dataset.id, task=task)
    assert frame["execution_status"].to_list() == ["FAILED"] * 10
    _, frame = await client.experiments.run(
        name="evaluator", dataset=dataset.id, task=lambda row: "a", evaluators={"bad": task, "good": len}
    )
    assert frame["eval.bad.error"].null_count() == 0
    assert frame["eval.good.score"].to_list() == [1.0] * 10


async def test_async_tasks_have_a_context_each(client: ArizeClient, dataset: Dataset) -> None:
    """What one example sets, neither another example nor an evaluator sees."""

    async def task(input: str) -> str:
        found = VARIABLE.get()
        VARIABLE.set(input)
        return found

    async def evaluate(output: str) -> str:
        return VARIABLE.get()

    _, frame = await client.experiments.run(
        name="context", dataset=dataset.id, task=task, evaluators=[evaluate], concurrency=1
    )
    assert set(frame["output"]) == {"unset"}
    assert set(frame["eval.evaluate.label"]) == {"unset"}


class BrokenMapping(dict[str, Any]):
    """Fails when it is looked into."""

    def items(self) -> Any:
        """Fail."""
        raise RuntimeError("broken")


SHARED = ValueError("the same object each time")


async def test_odd_results_of_tasks_and_evaluators(client: ArizeClient, dataset: Dataset) -> None:
    """Outputs and metadata that resist conversion, and one exception object for all, cost nothing but themselves."""
    tree: list[Any] = []
    tree += [tree, tree, tree]

    def task(metadata: dict[str, int]) -> Any:
        if metadata["i"] > 5:
            raise SHARED
        return [tree, BrokenMapping(), 10**5000, {1: 1, "1": 2}, [float("nan")], "x"][metadata["i"]]

    def evaluate(output: Any, metadata: dict[str, int]) -> Any:
        odd: Any = [None, ["list"], {1: 1, "1": 2}, {"n": 10**5000}, {"error": "no error"}, {"k": BrokenMapping()}]
        return EvaluationResult(score=1, metadata=odd[metadata["i"]])

    result = await client.experiments.run(
        name="odd", dataset=dataset.id, task=task, evaluators={"x": evaluate, "x.metadata": lambda output: 1.0}
    )
    experiment, frame = result
    assert experiment is not None
    assert frame["output"].null_count() == 4
    assert frame["eval.x.score"].to_list() == [1.0, None, 1.0, 1.0, 1.0, 1.0, *[None] * 4]
    assert result.failures["example_id"].to_list() == [frame["example_id"][i] for i in (1, 6, 7, 8, 9)]


async def test_latency_is_that_of_the_user_code(client: ArizeClient, dataset: Dataset) -> None:
    """Waiting for a thread or for the loop is not part of it, and the wait of the timeout is bounded by it."""

    def task(row: Any) -> float:
        start = time.perf_counter()
        time.sleep(0.001)
        return (time.perf_counter() - start) * 1000

    _, frame = await client.experiments.run(name="latency", dataset=dataset.id, task=task, concurrency=10)
    for measured, inside in zip(frame["latency"], frame["output"].cast(float), strict=True):
        assert inside <= measured < inside + 50


async def test_a_stream_knows_when_it_has_given_everything(client: ArizeClient, dataset: Dataset) -> None:
    """Taking exactly all runs, without asking for more, completes and uploads."""
    async with client.experiments.stream(name="exact", dataset=dataset.id, task=lambda row: "a") as runs:
        for _ in range(10):
            await anext(runs)
    assert runs.complete
    assert runs.result.experiment is not None
    with pytest.raises(StopAsyncIteration):
        await anext(runs)


async def test_two_consumers_share_a_stream(client: ArizeClient, dataset: Dataset) -> None:
    """Each run goes to one of them, and both end."""

    async def consume() -> int:
        return len([run async for run in runs])

    async with client.experiments.stream(name="two", dataset=dataset.id, task=lambda row: "a") as runs:
        counts = await asyncio.gather(consume(), consume())
    assert sum(counts) == 10


async def test_a_group_of_errors_in_the_block_comes_out_whole(client: ArizeClient, dataset: Dataset) -> None:
    """The exceptions of the user's own task group are all there."""
    with pytest.raises(ExceptionGroup) as raised:
        async with client.experiments.stream(name="group", dataset=dataset.id, task=lambda row: "a"):
            raise ExceptionGroup("mine", [ValueError("a"), KeyError("b")])
    assert len(raised.value.exceptions) == 2


@pytest.mark.parametrize("arguments", [{"progress": 1}, {"limits": 5}, {"name": "a\ud800"}, {"dataset": 5}])
async def test_arguments_of_the_wrong_type_are_named(
    client: ArizeClient, dataset: Dataset, arguments: dict[str, Any]
) -> None:
    """Nothing is created and the message says which argument it is."""
    good: dict[str, Any] = {"name": "n", "dataset": dataset.id, "task": len}
    with pytest.raises(InvalidInput, match=next(iter(arguments))):
        await client.experiments.run(**{**good, **arguments})
    assert (await client.experiments.list()).experiments == []


async def test_large_runs_go_over_rest_in_parts(client: ArizeClient, dataset: Dataset) -> None:
    """Requests are cut by bytes."""
    experiment, frame = await client.experiments.run(
        name="large", dataset=dataset.id, task=lambda row: "x" * 3_000_000, force_http=True
    )
    assert experiment is not None
    runs = await client.experiments.list_runs(experiment=experiment.id)
    assert len(runs.experiment_runs) == frame.height == 10

"""The pipeline: bounds, order of hand-over, back-pressure, endings."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from anyio import wait_all_tasks_blocked
from anyio.lowlevel import checkpoint
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from arize_async.scheduler import Finished, Pipeline

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence


@frozen
class Result:
    """An outcome of either stage."""

    value: object
    failed: bool = False


async def chunked(items: Sequence[Any], size: int = 3, pulled: list[Any] | None = None) -> AsyncIterator[Sequence[Any]]:
    """Give items in chunks and note what was pulled."""
    for start in range(0, len(items), size):
        chunk = items[start : start + size]
        if pulled is not None:
            pulled.extend(chunk)
        yield chunk


async def doubled(item: int) -> Result:
    """Double an item after one turn of the loop."""
    await checkpoint()
    return Result(item * 2)


async def collect(pipeline: Pipeline[Any, Any, Any], items: Sequence[Any]) -> list[Finished[Any, Any, Any]]:
    """Run a pipeline to its end."""
    async with pipeline.open(chunked(items)) as results:
        return [result async for result in results]


def evaluator(name: str) -> Callable[[Any, Result], Awaitable[Result]]:
    """Make an evaluator that tags what it saw."""

    async def evaluate(item: Any, task: Result) -> Result:
        await checkpoint()
        return Result((name, item, task.value))

    return evaluate


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(0, 40),
    tasks=st.integers(1, 9),
    evaluations=st.integers(1, 9),
    evaluators=st.integers(0, 3),
    failing=st.sets(st.integers(0, 39)),
)
def test_every_item_comes_out_once(
    count: int, tasks: int, evaluations: int, evaluators: int, failing: set[int]
) -> None:
    """Whatever the limits, each item gives one result with each evaluator's verdict in order, or none if it failed."""

    async def task(item: int) -> Result:
        await checkpoint()
        return Result(item, failed=item in failing)

    names = [f"e{number}" for number in range(evaluators)]

    async def run() -> tuple[Pipeline[Any, Any, Any], list[Finished[Any, Any, Any]]]:
        pipeline = Pipeline(task, [evaluator(name) for name in names], tasks=tasks, evaluations=evaluations)
        return pipeline, await collect(pipeline, range(count))

    pipeline, results = asyncio.run(run())
    assert sorted(result.index for result in results) == list(range(count))
    for result in results:
        expected = () if result.item in failing else tuple(Result((name, result.item, result.item)) for name in names)
        assert result.evaluations == expected
    stages = pipeline.statistics
    assert stages.tasks.most_running <= tasks
    assert stages.evaluations.most_running <= evaluations
    failed = len(failing & set(range(count)))
    assert (stages.tasks.finished, stages.tasks.failed) == (count, failed)
    assert stages.evaluations.finished == (count - failed) * evaluators
    assert stages.skipped == failed * evaluators


async def test_tasks_really_run_together() -> None:
    """With a limit of four, four tasks wait for each other and meet."""
    meeting = asyncio.Barrier(4)

    async def task(item: int) -> Result:
        await meeting.wait()
        return Result(item)

    results = await collect(Pipeline(task, tasks=4, evaluations=1), range(8))
    assert len(results) == 8


async def test_evaluators_start_before_the_tasks_are_done() -> None:
    """An evaluator runs while another task is still under way."""
    evaluated = asyncio.Event()

    async def task(item: int) -> Result:
        if item == 1:
            await evaluated.wait()
        return Result(item)

    async def evaluate(item: int, task: Result) -> Result:
        evaluated.set()
        return Result(item)

    results = await collect(Pipeline(task, [evaluate], tasks=2, evaluations=1), range(2))
    assert len(results) == 2


async def test_several_evaluators_of_one_run_go_in_parallel() -> None:
    """Two evaluators of the only run wait for each other and meet."""
    meeting = asyncio.Barrier(2)

    async def evaluate(item: int, task: Result) -> Result:
        await meeting.wait()
        return Result(item)

    results = await collect(Pipeline(doubled, [evaluate, evaluate], tasks=1, evaluations=2), range(3))
    assert len(results) == 3


async def test_input_is_pulled_lazily() -> None:
    """With a limit of two and hung tasks, nothing beyond the first chunk is pulled."""
    pulled: list[int] = []
    hung = asyncio.Event()

    async def task(item: int) -> Result:
        await hung.wait()
        return Result(item)

    pipeline = Pipeline(task, tasks=2, evaluations=2)
    async with pipeline.open(chunked(range(100), 3, pulled)):
        await wait_all_tasks_blocked()
        assert pulled == [0, 1, 2]
        assert pipeline.statistics.tasks.running == 2


async def test_slow_evaluators_hold_the_tasks_back() -> None:
    """While evaluators hang, only as many tasks finish as the hand-over can hold."""
    hung = asyncio.Event()

    async def evaluate(item: int, task: Result) -> Result:
        await hung.wait()
        return Result(item)

    pipeline = Pipeline(doubled, [evaluate], tasks=2, evaluations=2)
    async with pipeline.open(chunked(range(1000))):
        await wait_all_tasks_blocked()
        # 2 being evaluated, 2 waiting, 2 whose workers wait to hand them over
        assert pipeline.statistics.tasks.finished == 6
        assert repr(pipeline) == (
            "<Pipeline [tasks 0 running, 6 finished; evaluations 2 waiting, 2 running, 0 finished]>"
        )


async def test_a_slow_consumer_holds_everything_back() -> None:
    """Results that nobody takes stop the work instead of piling up."""
    pipeline = Pipeline(doubled, [evaluator("a")], tasks=2, evaluations=2)
    async with pipeline.open(chunked(range(1000))) as results:
        await wait_all_tasks_blocked()
        assert pipeline.statistics.tasks.finished < 12
        assert len([result async for result in results]) == 1000


async def test_leaving_the_block_cancels_what_runs() -> None:
    """A consumer that stops early ends the tasks in flight, and they are awaited."""
    cancelled: list[int] = []

    async def task(item: int) -> Result:
        try:
            if item:
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(item)
            raise
        return Result(item)

    async with Pipeline(task, tasks=3, evaluations=1).open(chunked(range(9))) as results:
        assert (await anext(results)).item == 0
    assert sorted(cancelled) == [1, 2, 3]


async def test_an_error_of_the_consumer_comes_out_as_it_is() -> None:
    """The exception is not wrapped in a group and keeps its cause."""
    with pytest.raises(KeyError, match="stop") as raised:
        async with Pipeline(doubled, tasks=2, evaluations=1).open(chunked(range(9))):
            raise KeyError("stop") from ValueError("why")
    assert isinstance(raised.value.__cause__, ValueError)


async def test_an_error_of_the_input_comes_out_as_it_is() -> None:
    """A stream that breaks ends the pipeline with its exception."""

    async def broken() -> AsyncIterator[Sequence[int]]:
        yield [1, 2]
        raise ConnectionResetError("gone")

    async def consume() -> None:
        async with Pipeline(doubled, tasks=2, evaluations=1).open(broken()) as results:
            async for _ in results:
                pass

    with pytest.raises(ConnectionResetError, match="gone"):
        await consume()


async def test_empty_chunks_and_no_chunks_are_fine() -> None:
    """A source may give empty chunks, or nothing at all."""

    async def gaps() -> AsyncIterator[Sequence[int]]:
        yield []
        yield [1]
        yield []
        yield [2]

    async with Pipeline(doubled, tasks=4, evaluations=1).open(gaps()) as results:
        assert sorted([(result.index, result.outcome.value) async for result in results]) == [(0, 2), (1, 4)]
    assert await collect(Pipeline(doubled, tasks=4, evaluations=1), []) == []


async def test_cancelling_the_caller_ends_everything() -> None:
    """Cancellation passes through and leaves no task behind."""
    pipeline = Pipeline(doubled, [evaluator("a")], tasks=2, evaluations=2)

    async def never() -> AsyncIterator[Sequence[int]]:
        yield [1]
        await asyncio.Event().wait()

    async def consume() -> None:
        async with pipeline.open(never()) as results:
            async for _ in results:
                pass

    before = asyncio.all_tasks()
    async with asyncio.TaskGroup() as group:
        consumer = group.create_task(consume())
        await wait_all_tasks_blocked()
        consumer.cancel()
    assert consumer.cancelled()
    assert asyncio.all_tasks() == before

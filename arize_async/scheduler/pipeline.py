"""The engine: a bounded task stage that feeds a bounded evaluator stage.

Workers, as many as the limit at most, pull from one source; none is made ahead of an item, so memory follows the
limits and not the input. Every hand-over is a bounded queue: a slow consumer holds the evaluators back, and slow
evaluators hold the tasks back.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar

from attrs import define

from arize_async.scheduler.finished import Finished
from arize_async.scheduler.slots import Slots
from arize_async.scheduler.source import Source
from arize_async.scheduler.statistics import Statistics

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Sequence

    from arize_async.scheduler.slots import Keeper


class CanFail(Protocol):
    """A result that says whether the call failed."""

    @property
    def failed(self) -> bool:
        """Whether the call failed."""
        ...


I = TypeVar("I")  # noqa: E741 - item
T = TypeVar("T", bound=CanFail)
E = TypeVar("E", bound=CanFail)


@define(eq=False)
class _Run(Generic[I, T, E]):
    """A run whose evaluations are under way."""

    index: int
    item: I
    outcome: T
    evaluations: list[E | None]
    pending: int
    is_given: bool = False

    def finished(self) -> Finished[I, T, E]:
        """Give the run with the evaluations that it has."""
        return Finished(self.index, self.item, self.outcome, tuple(self.evaluations))


class _Results(Generic[I, T, E]):
    """Results as they finish; None in the queue ends them."""

    def __init__(self, finished: asyncio.Queue[Finished[I, T, E] | None]) -> None:
        self._finished = finished
        self._ended = False

    def end(self) -> None:
        """Give nothing more, also to a consumer that waits."""
        self._ended = True
        if self._finished.empty():
            self._finished.put_nowait(None)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Finished[I, T, E]:
        finished = None if self._ended else await self._finished.get()
        if finished is None:
            self.end()  # for whoever else waits
            raise StopAsyncIteration
        return finished


class Pipeline(Generic[I, T, E]):
    """Runs a task over items and evaluators over its results.

    The functions return outcomes and do not raise: an exception of theirs ends the pipeline.
    """

    def __init__(
        self,
        task: Callable[[I], Awaitable[T]],
        evaluators: Sequence[Callable[[I, T], Awaitable[E]]] = (),
        *,
        tasks: int,
        evaluations: int,
        fail_fast: bool = False,
        keeper: Keeper[I] | None = None,
        statistics: Statistics | None = None,
    ) -> None:
        """Set the stages and the most calls that each has in flight, those whose outcome is not kept yet included.

        With ``fail_fast`` a run is given as soon as one of its evaluations failed, without the others. No further item
        is begun once outcomes can no longer be kept.
        """
        self._fail_fast = fail_fast
        self._task = task
        self._evaluators = tuple(evaluators)
        self._limits = (tasks, evaluations)
        self._task_workers = 0
        self._evaluator_workers = 0
        self._idle_evaluators = 0
        self._waiting: asyncio.Queue[tuple[_Run[I, T, E], int] | None] = asyncio.Queue(max(tasks, evaluations))
        self._finished: asyncio.Queue[Finished[I, T, E] | None] = asyncio.Queue(max(tasks, evaluations))
        self._all_finished = False
        self._source: Source[I] | None = None
        self.statistics = statistics or Statistics()
        self._task_slots = Slots(tasks, self.statistics.tasks, keeper)
        self._evaluator_slots = Slots(evaluations, self.statistics.evaluations, keeper)

    def __repr__(self) -> str:
        """Show what is going on."""
        tasks, evaluations = self.statistics.tasks, self.statistics.evaluations
        return (
            f"<Pipeline [tasks {tasks.running} running, {tasks.finished} finished;"
            f" evaluations {self._waiting.qsize()} waiting, {evaluations.running} running,"
            f" {evaluations.finished} finished]>"
        )

    @asynccontextmanager
    async def open(self, chunks: AsyncIterable[Sequence[I]]) -> AsyncGenerator[AsyncIterator[Finished[I, T, E]]]:
        """Start the work and give the results as they finish; leaving the block cancels what still runs.

        Raises:
            Exception: Whatever the input raises.
        """
        results = _Results(self._finished)
        raised: BaseException | None = None
        try:
            async with asyncio.TaskGroup() as group:
                source = self._source = Source(chunks)
                work = group.create_task(self._work(source))
                try:
                    yield results
                except Exception as error:
                    raised = error
                    raise
                finally:
                    work.cancel()
        except BaseExceptionGroup as errors:
            error = raised or _first(errors)
            raise error from error.__cause__
        finally:
            results.end()

    def stop(self) -> None:
        """Begin no further item; what is under way ends, and then the results do."""
        if self._source:
            self._source.stop()

    @property
    def ready(self) -> int:
        """How many results can be taken without waiting."""
        return max(0, self._finished.qsize() - self._all_finished)

    async def _work(self, source: Source[I]) -> None:
        async with asyncio.TaskGroup() as evaluators:
            async with asyncio.TaskGroup() as tasks:
                self._add_task_worker(source, tasks, evaluators)
            for _ in range(self._evaluator_workers):
                await self._waiting.put(None)
        await self._finished.put(None)
        self._all_finished = True

    def _add_task_worker(self, source: Source[I], tasks: asyncio.TaskGroup, evaluators: asyncio.TaskGroup) -> None:
        if self._task_workers < self._limits[0]:
            self._task_workers += 1
            tasks.create_task(self._run_tasks(source, tasks, evaluators))

    async def _run_tasks(self, source: Source[I], tasks: asyncio.TaskGroup, evaluators: asyncio.TaskGroup) -> None:
        slots = self._task_slots
        while (pulled := await source.pull()) is not None:
            self._add_task_worker(source, tasks, evaluators)
            index, item = pulled
            if not await slots.free():
                self.stop()
                return
            slots.begin()
            failed = True
            try:
                outcome = await self._task(item)
                failed = outcome.failed
            finally:
                slots.end(failed=failed)
            slots.hold(item)
            count = 0 if outcome.failed else len(self._evaluators)
            self.statistics.skipped += len(self._evaluators) - count
            run = _Run(index, item, outcome, [None] * count, count)
            if count:
                await self._hand_over(run, evaluators)
            else:
                await self._finish(run)

    async def _hand_over(self, run: _Run[I, T, E], evaluators: asyncio.TaskGroup) -> None:
        for position in range(run.pending):
            if self._evaluator_workers < self._limits[1] and self._idle_evaluators <= self._waiting.qsize():
                self._evaluator_workers += 1
                evaluators.create_task(self._run_evaluators())
            await self._waiting.put((run, position))

    async def _run_evaluators(self) -> None:
        slots = self._evaluator_slots
        while (waiting := await self._next_evaluation()) is not None:
            run, position = waiting
            evaluate = self._evaluators[position]
            if not await slots.free():
                self.stop()  # what is under way ends, so that whoever takes the results is told
            slots.begin()
            failed = True
            try:
                evaluation = await evaluate(run.item, run.outcome)
                failed = evaluation.failed
            finally:
                slots.end(failed=failed)
            slots.hold(run.item)
            run.evaluations[position] = evaluation
            run.pending -= 1
            ended = not run.pending or (self._fail_fast and evaluation.failed)
            if ended and not run.is_given:
                await self._finish(run)

    async def _finish(self, run: _Run[I, T, E]) -> None:
        run.is_given = True
        await self._finished.put(run.finished())

    async def _next_evaluation(self) -> tuple[_Run[I, T, E], int] | None:
        self._idle_evaluators += 1
        try:
            return await self._waiting.get()
        finally:
            self._idle_evaluators -= 1


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the error that came first: the others are what its cancellation stirred up."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error

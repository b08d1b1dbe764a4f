"""Calls have their slots until what came of them is kept."""

from __future__ import annotations

import asyncio

import pytest
from anyio import wait_all_tasks_blocked
from anyio.lowlevel import checkpoint
from attrs import define, field

from arize_async.scheduler import Pipeline

from .test_pipeline import Result, chunked, collect

ITEMS = list(range(30))


@define
class Work:
    """A task and an evaluator, and a keeper that keeps what it is told to.

    Attributes:
        begun: Calls of each stage that began.
        safe: Calls of each stage whose outcome is kept.
        most: The most calls of each stage that were begun and not safe.
    """

    begun: dict[str, int] = field(factory=lambda: {"tasks": 0, "evaluations": 0})
    outcomes: list[str] = field(factory=list)
    most: dict[str, int] = field(factory=lambda: {"tasks": 0, "evaluations": 0})
    kept: int = 0
    is_broken: bool = False
    waiting: list[tuple[int, asyncio.Future[bool]]] = field(factory=list)
    numbers: dict[int, int] = field(factory=dict)

    def number(self, item: int) -> int:
        """Return the number of the latest outcome of an item."""
        return self.numbers[item]

    async def keep(self, number: int) -> bool:
        """Wait until somebody says so."""
        waiter: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.waiting.append((number, waiter))
        return await waiter

    def commit(self) -> None:
        """Keep everything."""
        self.kept = len(self.outcomes)
        waiting, self.waiting = self.waiting, []
        for _, waiter in waiting:
            waiter.set_result(not self.is_broken)

    async def _called(self, stage: str, item: int) -> Result:
        self.begun[stage] += 1
        safe = self.outcomes[: self.kept].count(stage)
        self.most[stage] = max(self.most[stage], self.begun[stage] - safe)
        await checkpoint()
        self.outcomes.append(stage)
        self.numbers[item] = len(self.outcomes)
        return Result(item)

    async def task(self, item: int) -> Result:
        """Answer."""
        return await self._called("tasks", item)

    async def evaluate(self, item: int, task: Result) -> Result:
        """Judge."""
        del task
        return await self._called("evaluations", item)

    def pipeline(self) -> Pipeline[int, Result, Result]:
        """Return a pipeline of both."""
        return Pipeline(self.task, [self.evaluate], tasks=4, evaluations=2, keeper=self)


async def test_a_crash_costs_no_more_calls_than_there_are_slots() -> None:
    """As many as are in flight begin, and no other one before what came of them is kept."""
    work = Work()
    running = asyncio.create_task(collect(work.pipeline(), ITEMS))
    await wait_all_tasks_blocked()
    assert work.begun == {"tasks": 4, "evaluations": 2}
    while not running.done():
        work.commit()
        await wait_all_tasks_blocked()
    assert sorted(result.index for result in running.result()) == ITEMS
    assert work.most == {"tasks": 4, "evaluations": 2}


async def test_nothing_waits_when_outcomes_are_kept_at_once() -> None:
    """A keeper that is never behind is never asked to wait."""
    work = Work(kept=10**9)
    assert len(await collect(work.pipeline(), ITEMS)) == len(ITEMS)
    assert work.waiting == []


async def test_nothing_begins_once_nothing_can_be_kept() -> None:
    """Items that were begun are given, so that whoever takes them learns of it; no other one is begun."""
    work = Work(is_broken=True)
    running = asyncio.create_task(collect(work.pipeline(), ITEMS))
    for _ in range(10):
        await wait_all_tasks_blocked()
        waiting, work.waiting = work.waiting, []
        for _, waiter in waiting:
            waiter.set_result(False)
    assert len(await running) == work.begun["tasks"] == 4


@pytest.mark.parametrize("taken", [0, 1])
async def test_leaving_while_outcomes_are_not_kept(taken: int) -> None:
    """The end of the block ends the waits as well."""
    work = Work()
    async with work.pipeline().open(chunked(ITEMS)) as results:
        for _ in range(taken):
            await anext(results)
        await wait_all_tasks_blocked()
    assert all(waiter.cancelled() for _, waiter in work.waiting)

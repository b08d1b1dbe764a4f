"""How many calls begin: a given rate, and a number in flight that follows the provider."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from anyio import wait_all_tasks_blocked
from attrs import define

from arize_async.scheduler import limiter as limiter_module
from arize_async.scheduler.limiter import Limiter

if TYPE_CHECKING:
    import pytest

    from arize_async.scheduler.limiter import LimitChange


@define
class Clock:
    """Stands still until a test moves it."""

    now: float = 100.0

    def now_ns(self) -> int:
        """Return the time in nanoseconds."""
        return int(self.now * 1e9)

    def monotonic(self) -> float:
        """Return the time in seconds."""
        return self.now


async def hold(limiter: Limiter, calls: int) -> None:
    """Begin calls."""
    for _ in range(calls):
        await limiter.acquire()


async def test_without_a_rate_limit_nothing_waits() -> None:
    """A thousand calls begin at once."""
    limiter = Limiter(Clock())
    await hold(limiter, 1000)
    assert repr(limiter) == "<Limiter [1000 running, 0 waiting, limit None]>"


async def test_one_decrease_for_each_complaint_of_the_provider() -> None:
    """Calls that began before the last decrease say nothing new."""
    clock = Clock()
    limiter = Limiter(clock)
    await hold(limiter, 40)
    for _ in range(10):
        limiter.release()
        limiter.congested(started=100.0)
    assert limiter.limit == 30
    clock.now = 101.0
    limiter.congested(started=100.0)
    assert limiter.limit == 30
    limiter.congested(started=100.5)
    assert limiter.limit == 22
    assert [(change.limit, change.at_ns) for change in limiter.history] == [(30, 100 * 10**9), (22, 101 * 10**9)]


async def test_calls_wait_for_their_turn_in_order() -> None:
    """A call that ends gives its turn to the one that waited longest."""
    limiter = Limiter(Clock())
    await hold(limiter, 4)
    limiter.congested(started=100.0)
    assert limiter.limit == 3
    order: list[int] = []

    async def call(number: int) -> None:
        await limiter.acquire()
        order.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(3):
            group.create_task(call(number))
        await wait_all_tasks_blocked()
        assert order == []
        limiter.release()
        await wait_all_tasks_blocked()
        assert order == []  # four were in flight, and three may be
        limiter.release()
        await wait_all_tasks_blocked()
        assert order == [0]
        limiter.release()
        limiter.release()
        await wait_all_tasks_blocked()
        assert order == [0, 1, 2]


async def test_the_limit_grows_by_one_a_second_until_it_no_longer_binds() -> None:
    """Then there is none again; time without successes does not count, nor success far below the limit."""
    clock = Clock()
    limiter = Limiter(clock)
    await hold(limiter, 8)
    for _ in range(5):
        limiter.release()
    limiter.congested(started=100.0)
    assert limiter.limit == 3
    for _ in range(4):
        clock.now += 0.25
        limiter.succeeded()
    assert limiter.limit == 4
    clock.now += 60
    limiter.succeeded()
    assert limiter.limit == 5
    clock.now += 1
    limiter.succeeded()
    assert limiter.limit == 5
    await hold(limiter, 1)
    for _ in range(4):
        clock.now += 1
        limiter.succeeded()
        await hold(limiter, 1)
    assert limiter.limit is None


async def test_the_limit_never_falls_below_one() -> None:
    """However often the provider complains, a call can begin."""
    clock = Clock()
    limiter = Limiter(clock)
    for second in range(50):
        clock.now = 200.0 + second
        limiter.congested(started=clock.now - 0.5)
    assert limiter.limit == 1
    await limiter.acquire()


async def test_a_call_that_gives_up_keeps_no_turn() -> None:
    """Neither while it waits nor when its turn has come at that moment."""
    limiter = Limiter(Clock())
    await hold(limiter, 1)
    limiter.congested(started=100.0)
    async with asyncio.TaskGroup() as group:
        waiting = [group.create_task(limiter.acquire()) for _ in range(2)]
        await wait_all_tasks_blocked()
        waiting[0].cancel()
        limiter.release()
        waiting[1].cancel()
    assert repr(limiter) == "<Limiter [0 running, 0 waiting, limit 1]>"


async def test_a_rate_spaces_the_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six hundred a minute is one every tenth of a second; time that nobody used is not saved up."""
    clock, waits = Clock(), list[float]()

    async def sleep(seconds: float) -> None:
        waits.append(round(seconds, 6))

    monkeypatch.setattr(limiter_module.asyncio, "sleep", sleep)
    limiter = Limiter(clock, requests_per_minute=600)
    await hold(limiter, 3)
    clock.now += 10
    await hold(limiter, 2)
    assert waits == [0.0, 0.1, 0.2, 0.0, 0.1]


async def test_changes_are_told() -> None:
    """To whoever watches, for as long as that."""
    told: list[LimitChange] = []
    clock = Clock()
    limiter = Limiter(clock)
    with limiter.watched(told.append):
        await hold(limiter, 4)
        limiter.congested(started=100.0)
        await asyncio.sleep(0)
    clock.now = 200.0
    limiter.congested(started=150.0)
    await asyncio.sleep(0)
    assert [change.limit for change in told] == [3]


async def test_a_limiter_that_does_not_adapt() -> None:
    """Complaints change nothing."""
    limiter = Limiter(Clock(), adaptive=False)
    limiter.congested(started=100.0)
    assert limiter.limit is None

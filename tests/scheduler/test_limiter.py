"""How many calls begin: a given rate, and a number in flight that follows the provider."""

from __future__ import annotations

import asyncio
import itertools
import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arize_async.executors.clock import SystemClock
from arize_async.scheduler.limiter import Limiter
from tests.scheduler.conftest import VirtualLoop

if TYPE_CHECKING:
    from collections.abc import Callable

    from arize_async.scheduler.limiter import LimitChange

    Virtually = Callable[[Callable[[VirtualLoop], Any]], None]


async def hold(limiter: Limiter, calls: int) -> None:
    """Begin calls."""
    for _ in range(calls):
        await limiter.acquire()


def test_without_a_rate_limit_nothing_waits(virtually: Virtually) -> None:
    """A thousand calls begin at once."""

    async def main(loop: VirtualLoop) -> None:
        limiter, start = Limiter(loop), loop.time()
        await hold(limiter, 1000)
        assert repr(limiter) == "<Limiter [1000 running, 0 waiting, limit None]>"
        assert loop.time() == start

    virtually(main)


def test_one_decrease_for_each_complaint_of_the_provider(virtually: Virtually) -> None:
    """Calls that began before its wait was over say nothing new."""

    async def main(loop: VirtualLoop) -> None:
        limiter, start = Limiter(loop), loop.time()
        await hold(limiter, 39)
        for _ in range(10):
            limiter.release()
            limiter.congested(start, 3)
        await asyncio.sleep(2)
        limiter.congested(start + 1, 3)
        assert [(change.limit, change.at_ns) for change in limiter.history] == [(24, start * 1e9)]

    virtually(main)


def test_calls_wait_for_their_turn_in_order(virtually: Virtually) -> None:
    """A call that ends gives its turn to the one that waited longest."""

    async def main(loop: VirtualLoop) -> None:
        limiter = Limiter(loop)
        await hold(limiter, 5)
        limiter.release()
        limiter.congested(loop.time())
        assert limiter.limit == 3
        order: list[int] = []

        async def call(number: int) -> None:
            await limiter.acquire()
            order.append(number)

        async with asyncio.TaskGroup() as group:
            for number in range(3):
                group.create_task(call(number))
            await asyncio.sleep(60)
            limiter.release()
            await asyncio.sleep(60)
            assert order == []  # four were in flight, and three may be
            limiter.release()
            await asyncio.sleep(60)
            assert order == [0]
            limiter.release()
            limiter.release()
            await asyncio.sleep(60)
            assert order == [0, 1, 2]

    virtually(main)


def test_the_limit_grows_until_it_no_longer_binds(virtually: Virtually) -> None:
    """Slowly where it was refused, then ever faster; then there is none again."""

    async def main(loop: VirtualLoop) -> None:
        limiter = Limiter(loop)
        await hold(limiter, 100)
        limiter.congested(loop.time())
        limits = [limiter.limit]
        for _ in range(10):
            await asyncio.sleep(1)
            limiter.succeeded(0.1)
            limits.append(limiter.limit)
        assert limits[0] == limits[1] == 63
        assert limits[3] == 70
        assert limits[7:9] == [100, 100]
        assert limits[10] is None

    virtually(main)


def test_a_limit_that_does_not_bind_does_not_grow(virtually: Virtually) -> None:
    """Calls that succeed far below it say nothing about it."""

    async def main(loop: VirtualLoop) -> None:
        limiter = Limiter(loop)
        await hold(limiter, 100)
        limiter.congested(loop.time())
        for _ in range(90):
            limiter.release()
        for _ in range(20):
            await asyncio.sleep(1)
            limiter.succeeded(0.1)
        assert limiter.limit == 63

    virtually(main)


def test_calls_under_a_limit_are_spread(virtually: Virtually) -> None:
    """Over the time that a call takes, so that refusals are not followed by more of them at once."""

    async def main(loop: VirtualLoop) -> None:
        limiter = Limiter(loop)
        limiter.succeeded(1.0)
        await hold(limiter, 15)
        limiter.congested(loop.time())
        for _ in range(15):
            limiter.release()
        times: list[float] = []
        for _ in range(5):
            await limiter.acquire()
            times.append(loop.time())
        assert min(after - before for before, after in itertools.pairwise(times)) >= 1 / 18

    virtually(main)


def test_a_call_can_always_begin(virtually: Virtually) -> None:
    """However often the provider complains, within a minute."""

    async def main(loop: VirtualLoop) -> None:
        limiter = Limiter(loop)
        for _ in range(50):
            await limiter.acquire()
            limiter.release()
            limiter.congested(loop.time(), 0)
        assert limiter.limit == 1
        start = loop.time()
        await limiter.acquire()
        assert loop.time() - start <= 60

    virtually(main)


def test_a_clock_that_jumps_freezes_nothing(virtually: Virtually) -> None:
    """Neither forwards nor backwards: a wait is never longer than the space between two calls."""

    async def main(loop: VirtualLoop) -> None:
        limiter = Limiter(loop, requests_per_minute=60)
        for jump in (1e6, -2e6):
            loop.jump += jump
            for _ in range(3):
                start = asyncio.get_running_loop().time()
                await limiter.acquire()
                limiter.congested(loop.monotonic(), 5)
                limiter.release()
                limiter.succeeded(0.1)
                assert asyncio.get_running_loop().time() - start <= 60

    virtually(main)


def test_a_rate_spaces_the_calls(virtually: Virtually) -> None:
    """Six hundred a minute is one every tenth of a second; time that nobody used is not saved up."""

    async def main(loop: VirtualLoop) -> None:
        limiter, start = Limiter(loop, requests_per_minute=600), loop.time()
        await hold(limiter, 3)
        assert loop.time() - start == pytest.approx(0.2)
        await asyncio.sleep(10)
        await hold(limiter, 2)
        assert loop.time() - start == pytest.approx(10.3)

    virtually(main)


def test_changes_are_told(virtually: Virtually) -> None:
    """To whoever watches, for as long as that."""

    async def main(loop: VirtualLoop) -> None:
        told: list[LimitChange] = []
        limiter = Limiter(loop)
        with limiter.watched(told.append):
            await hold(limiter, 5)
            limiter.congested(loop.time())
            await asyncio.sleep(2)
        limiter.congested(loop.time())
        await asyncio.sleep(2)
        assert [change.limit for change in told] == [3]

    virtually(main)


def test_a_limiter_that_does_not_adapt(virtually: Virtually) -> None:
    """Complaints change nothing."""

    async def main(loop: VirtualLoop) -> None:
        limiter = Limiter(loop, adaptive=False)
        limiter.congested(loop.time())
        limiter.succeeded(1)
        assert limiter.limit is None

    virtually(main)


def test_a_loop_that_ends_takes_no_turn_with_it() -> None:
    """Calls of a loop that was closed while they waited, or had just got their turn, are passed over."""
    limiter = Limiter(SystemClock(), requests_per_minute=60_000)

    async def wait_for_ever() -> None:
        await hold(limiter, 2)
        limiter.congested(float("inf"), 0)
        limiter.congested(float("inf"), 0)

    asyncio.run(wait_for_ever())
    loop = asyncio.new_event_loop()
    waiting = [loop.create_task(limiter.acquire()) for _ in range(3)]
    loop.run_until_complete(asyncio.sleep(0))
    limiter.release()  # the turn comes, and nobody will run to take it
    for each in waiting:
        each.cancel()
    loop.run_until_complete(asyncio.wait(waiting))
    loop.close()
    limiter.release()
    asyncio.run(asyncio.wait_for(limiter.acquire(), 30))


def test_two_threads_share_a_limiter() -> None:
    """Each with a loop of its own: together they never have more calls in flight than the limit."""
    limiter = Limiter(SystemClock())
    asyncio.run(hold(limiter, 8))
    limiter.succeeded(0.001)
    limiter.congested(float("inf"), 0)
    for _ in range(8):
        limiter.release()
    assert (limit := limiter.limit) is not None
    lock, running, most, done = threading.Lock(), 0, 0, 0

    async def call() -> None:
        nonlocal running, most, done
        await limiter.acquire()
        with lock:
            running += 1
            most = max(most, running)
        await asyncio.sleep(0)
        with lock:
            running -= 1
            done += 1
        limiter.release()

    async def calls() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(100):
                group.create_task(call())

    threads = [threading.Thread(target=asyncio.run, args=(calls(),), daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert done == 200
    assert most <= limit
    assert repr(limiter).startswith("<Limiter [0 running, 0 waiting,")


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("call"), st.integers(0, 30)),
        st.tuples(st.just("end"), st.sampled_from(["answered", "refused", "failed"])),
        st.tuples(st.just("cancel"), st.integers(0, 50)),
        st.tuples(st.just("sleep"), st.floats(0, 5)),
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(steps=STEPS, rate=st.none() | st.floats(30, 6000))
def test_the_limit_holds_and_nothing_freezes(steps: list[tuple[str, Any]], rate: float | None) -> None:  # noqa: C901
    """No call begins beyond the limit; calls that give up keep no turn; and all others get theirs in the end."""

    async def main(loop: VirtualLoop) -> None:  # noqa: C901 - a script of steps
        limiter = Limiter(loop, requests_per_minute=rate)
        begun: list[float] = []
        calls: list[asyncio.Task[None]] = []

        async def call() -> None:
            await limiter.acquire()
            begun.append(loop.time())

        def check(before: int) -> None:
            if len(begun) > before and limiter.limit is not None:
                assert len(begun) <= limiter.limit

        for step, value in steps:
            before = len(begun)
            if step == "call":
                calls += [loop.create_task(call()) for _ in range(value)]
            elif step == "end" and begun:
                started = begun.pop(0)
                before -= 1
                limiter.release()
                if value == "refused":
                    limiter.congested(started, 0.5)
                elif value == "answered":
                    limiter.succeeded(loop.time() - started)
                    before = len(begun) + 1000  # it may have grown and then been given
            elif step == "cancel" and value < len(calls):
                calls[value].cancel()
            await asyncio.sleep(float(value) if step == "sleep" else 0)
            check(before)
        while not all(each.done() for each in calls):
            if begun:
                begun.pop()
                limiter.release()
            await asyncio.sleep(61)
        for _ in begun:
            limiter.release()
        assert repr(limiter).startswith("<Limiter [0 running, 0 waiting,")

    loop = VirtualLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(main(loop))

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
from tests.scheduler.virtual import VirtualLoop

if TYPE_CHECKING:
    from collections.abc import Callable

    from arize_async.scheduler.limiter import LimitChange

    Virtually = Callable[[Callable[[VirtualLoop], Any]], None]


async def begin(limiter: Limiter, calls: int = 1) -> int:
    """Begin calls and return the number of the last one."""
    number = 0
    for _ in range(calls):
        number = limiter.begin(asyncio.get_running_loop().time()) or await limiter.turn()
    return number


async def limited(loop: VirtualLoop) -> Limiter:
    """Return a limiter that has learned of a hundred calls a second."""
    limiter = Limiter(loop)
    number = await begin(limiter, 100)
    await asyncio.sleep(1)
    limiter.congested(number, loop.time(), 0)
    assert limiter.requests_per_minute == pytest.approx(6000, rel=0.05)
    return limiter


def test_without_a_rate_limit_nothing_waits(virtually: Virtually) -> None:
    """A thousand calls begin at once, and no turn is taken for them."""

    async def main(loop: VirtualLoop) -> None:
        limiter = Limiter(loop)
        assert [limiter.begin(loop.time()) for _ in range(1000)] == list(range(1, 1001))
        assert repr(limiter) == "<Limiter [1000 begun, 0 waiting, no limit]>"

    virtually(main)


def test_calls_that_began_before_a_decision_lead_to_no_other(virtually: Virtually) -> None:
    """However many of them are refused: they say nothing new."""

    async def main(loop: VirtualLoop) -> None:
        limiter = await limited(loop)
        rate = limiter.requests_per_minute
        number = await begin(limiter, 20)
        limiter.congested(number, loop.time(), 0)
        decided = limiter.requests_per_minute
        for each in range(number - 19, number):
            limiter.congested(each, loop.time(), 0)
        assert limiter.requests_per_minute == decided
        assert rate is not None
        assert decided is not None
        assert decided >= 0.8 * rate

    virtually(main)


def test_calls_wait_for_their_turn_in_order(virtually: Virtually) -> None:
    """Each begins after the one that waited before it."""

    async def main(loop: VirtualLoop) -> None:
        limiter = await limited(loop)
        order: list[int] = []

        async def call(number: int) -> None:
            await begin(limiter)
            order.append(number)

        async with asyncio.TaskGroup() as group:
            for number in range(30):
                group.create_task(call(number))
        assert order == list(range(30))

    virtually(main)


def test_calls_under_a_limit_are_spread(virtually: Virtually) -> None:
    """Evenly, a little faster than the provider takes them."""

    async def main(loop: VirtualLoop) -> None:
        limiter = await limited(loop)
        times: list[float] = []
        for _ in range(20):
            await begin(limiter)
            times.append(loop.time())
        spaces = [after - before for before, after in itertools.pairwise(times)]
        assert spaces[1:] == pytest.approx([1 / 100] * 18, rel=0.05)

    virtually(main)


def test_the_pace_grows_until_there_is_no_limit(virtually: Virtually) -> None:
    """Not at once, then ever faster; and each notable change is told."""

    async def main(loop: VirtualLoop) -> None:
        limiter = await limited(loop)
        start = loop.time()
        await begin(limiter, 50)
        assert loop.time() - start == pytest.approx(0.5, rel=0.1)
        await begin(limiter, 6000)
        assert loop.time() - start < 10
        assert limiter.requests_per_minute is None
        rates = [change.requests_per_minute for change in limiter.history[-6:]]
        assert rates[-1] is None
        assert rates[:-1] == sorted(rate for rate in rates if rate is not None)

    virtually(main)


def test_a_call_can_always_begin(virtually: Virtually) -> None:
    """However often the provider complains, within a minute."""

    async def main(loop: VirtualLoop) -> None:
        limiter = Limiter(loop)
        for _ in range(50):
            start = loop.time()
            limiter.congested(await begin(limiter), loop.time(), None)
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
                number = limiter.begin(loop.monotonic()) or await limiter.turn()
                limiter.congested(number, loop.monotonic(), 5)
                limiter.succeeded(number)
                assert asyncio.get_running_loop().time() - start <= 60

    virtually(main)


def test_a_rate_spaces_the_calls(virtually: Virtually) -> None:
    """Six hundred a minute is one every tenth of a second; time that nobody used is not saved up."""

    async def main(loop: VirtualLoop) -> None:
        limiter, start = Limiter(loop, requests_per_minute=600), loop.time()
        await begin(limiter, 3)
        assert loop.time() - start == pytest.approx(0.2)
        await asyncio.sleep(10)
        await begin(limiter, 2)
        assert loop.time() - start == pytest.approx(10.3)

    virtually(main)


def test_changes_are_told(virtually: Virtually) -> None:
    """To whoever watches, for as long as that."""

    async def main(loop: VirtualLoop) -> None:
        told: list[LimitChange] = []
        limiter = Limiter(loop)
        with limiter.watched(told.append):
            await asyncio.sleep(1)
            limiter.congested(await begin(limiter, 26), loop.time())
            await asyncio.sleep(1)
        limiter.congested(await begin(limiter, 25), loop.time())
        await asyncio.sleep(1)
        assert tuple(told) == limiter.history[:1]
        assert told[0].at_ns == pytest.approx(1001e9)

    virtually(main)


def test_a_limiter_that_does_not_adapt(virtually: Virtually) -> None:
    """Complaints change nothing."""

    async def main(loop: VirtualLoop) -> None:
        limiter = Limiter(loop, adaptive=False)
        limiter.congested(await begin(limiter), loop.time())
        limiter.succeeded(1)
        assert limiter.requests_per_minute is None
        assert limiter.begin(loop.time()) == 2

    virtually(main)


def test_a_loop_that_ends_takes_no_turn_with_it() -> None:
    """Calls of a loop that was closed while they waited are passed over."""
    limiter = Limiter(SystemClock(), requests_per_minute=6000)
    loop = asyncio.new_event_loop()
    waiting = [loop.create_task(limiter.turn()) for _ in range(3)]
    loop.run_until_complete(asyncio.sleep(0))
    loop.run_until_complete(asyncio.wait(waiting[:1]))
    loop.close()
    for each in waiting[1:]:
        each._log_destroy_pending = False  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    assert asyncio.run(asyncio.wait_for(limiter.turn(), 30))


def test_two_threads_share_a_limiter() -> None:
    """Each with a loop of its own: every call gets a turn, and a number of its own."""
    limiter = Limiter(SystemClock(), requests_per_minute=600_000)
    numbers: list[int] = []

    async def call() -> None:
        numbers.append(limiter.begin(SystemClock().monotonic()) or await limiter.turn())

    async def calls() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(100):
                group.create_task(call())

    threads = [threading.Thread(target=asyncio.run, args=(calls(),), daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(numbers) == list(range(1, 201))
    assert repr(limiter).startswith("<Limiter [200 begun, 0 waiting,")


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("call"), st.integers(0, 30)),
        st.tuples(st.just("end"), st.sampled_from(["answered", "refused", "failed"])),
        st.tuples(st.just("cancel"), st.integers(0, 50)),
        st.tuples(st.just("sleep"), st.floats(0, 5)),
    ),
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, rate=st.none() | st.floats(30, 6000))
def test_nothing_freezes(steps: list[tuple[str, Any]], rate: float | None) -> None:
    """Whatever is answered, refused or given up, in whatever order: every call that stays gets its turn in the end."""

    async def main(loop: VirtualLoop) -> None:
        limiter = Limiter(loop, requests_per_minute=rate)
        begun: list[tuple[int, float]] = []
        calls: list[asyncio.Task[None]] = []

        async def call() -> None:
            begun.append((await begin(limiter), loop.time()))

        for step, value in steps:
            if step == "call":
                calls += [loop.create_task(call()) for _ in range(value)]
            elif step == "end" and begun:
                number, started = begun.pop(len(begun) // 2)
                if value == "refused":
                    limiter.congested(number, started, 0.5)
                elif value == "answered":
                    limiter.succeeded(number)
            elif step == "cancel" and value < len(calls):
                calls[value].cancel()
            await asyncio.sleep(float(value) if step == "sleep" else 0)
        if calls:
            await asyncio.wait(calls, timeout=61 * len(calls))
        assert all(each.done() for each in calls)
        assert ", 0 waiting," in repr(limiter)

    loop = VirtualLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(main(loop))

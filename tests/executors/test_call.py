"""One call to user code: its value, its error, its time."""

from __future__ import annotations

import asyncio

import pytest
from anyio import wait_all_tasks_blocked
from attrs import define

from arize_async.scheduler import attempt


@define
class FakeClock:
    """Advances by two seconds whenever it is read."""

    now: float = 100.0

    def now_ns(self) -> int:
        """Return the time in nanoseconds."""
        return int(self.now * 1e9)

    def monotonic(self) -> float:
        """Return the time and advance."""
        self.now += 2
        return self.now


async def test_a_value_and_its_time() -> None:
    """The outcome holds the value, the wall time of the start and the duration."""

    async def call() -> str:
        return "a"

    outcome = await attempt(call, timeout=None, clock=FakeClock())
    assert (outcome.value, outcome.error, outcome.failed) == ("a", None, False)
    assert (outcome.started_ns, outcome.seconds) == (100 * 10**9, 2)


@pytest.mark.parametrize("error", [ValueError("bad"), TimeoutError("the user's own"), StopAsyncIteration(), OSError()])
async def test_an_error_is_data(error: Exception) -> None:
    """Whatever the call raises is in the outcome, a timeout error of its own included."""

    async def call() -> str:
        raise error

    outcome = await attempt(call, timeout=60, clock=FakeClock())
    assert outcome.failed
    assert outcome.error is error or isinstance(outcome.error, RuntimeError)


async def test_a_timeout_cancels_the_call_and_awaits_its_cleanup() -> None:
    """The call sees the cancellation, cleans up, and the outcome says how long it was given."""
    cleaned = False

    async def call() -> None:
        nonlocal cleaned
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned = True

    outcome = await attempt(call, timeout=0.01, clock=FakeClock())
    assert cleaned
    assert repr(outcome.error) == "TimeoutError('timed out after 0.01 s')"


async def test_a_cancellation_from_outside_passes_through() -> None:
    """Cancelling the caller is not an outcome."""

    async def call() -> None:
        await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(attempt(call, timeout=60, clock=FakeClock()))
        await wait_all_tasks_blocked()
        waiting.cancel()
    assert waiting.cancelled()

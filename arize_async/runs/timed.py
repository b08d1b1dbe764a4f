"""A call to user code that knows when it really ran."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Generic, TypeVar, cast

import attrs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from arize_async.scheduler.clock import Clock
    from arize_async.scheduler.outcome import Outcome

R = TypeVar("R")


class TimedCall(Generic[R]):
    """Calls user code and converts what it returns, where it runs: in its thread, or in its asyncio task.

    The time is that of the user code alone: neither the wait for a thread nor the conversion is part of it.
    """

    def __init__(self, code: Callable[[], object], convert: Callable[[object], R], clock: Clock) -> None:
        """Take the call, what is made of its value, and the time."""
        self._code, self._convert, self._clock = code, convert, clock
        self._started_ns = 0
        self._start = 0.0
        self._end: float | None = None

    def run(self) -> R | Awaitable[R]:
        """Call a plain function; one that returns an awaitable is awaited by who runs this."""
        self._begin()
        try:
            value = self._code()
        except BaseException:
            self._stop()
            raise
        if inspect.isawaitable(value):
            return self._follow(cast("Awaitable[object]", value))
        self._stop()
        return self._convert(value)

    async def run_async(self) -> R:
        """Call a coroutine function."""
        self._begin()
        value = self._code()
        return await self._follow(cast("Awaitable[object]", value)) if inspect.isawaitable(value) else self._done(value)

    def timed(self, outcome: Outcome[R]) -> Outcome[R]:
        """Put the times of the user code into its outcome; code that was left behind keeps those of the wait."""
        if self._end is None:
            return outcome
        return attrs.evolve(outcome, started_ns=self._started_ns, seconds=self._end - self._start)

    async def _follow(self, value: Awaitable[object]) -> R:
        try:
            result = await value
        finally:
            self._stop()
        return self._convert(result)

    def _done(self, value: object) -> R:
        self._stop()
        return self._convert(value)

    def _begin(self) -> None:
        self._started_ns, self._start = self._clock.now_ns(), self._clock.monotonic()

    def _stop(self) -> None:
        self._end = self._clock.monotonic()

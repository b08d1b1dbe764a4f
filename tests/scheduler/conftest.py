"""Time that passes when everybody waits for it, and a provider that limits rates."""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

import pytest
from attrs import define, field

from arize_async.executors.call import Call, Outcome
from arize_async.executors.inline import InlineExecutor
from arize_async.scheduler.attempts import Attempts
from tests.scheduler.virtual import TooManyRequests, VirtualLoop

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from arize_async.scheduler.limiter import Limiter


@pytest.fixture
def virtually() -> Callable[[Callable[[VirtualLoop], Coroutine[Any, Any, None]]], None]:
    """Return what runs a coroutine function, given the loop, in virtual time."""

    def run(main: Callable[[VirtualLoop], Coroutine[Any, Any, None]]) -> None:
        loop = VirtualLoop()
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(main(loop))

    return run


@define(eq=False)
class Provider:
    """Takes so many calls a second, and as many as ``burst`` at once; refuses the others.

    Attributes:
        times: When the calls that were answered ended.
        refused: How many were refused.
    """

    loop: VirtualLoop
    rate: float
    burst: float
    latency: float
    retry_after: str | None = "1"
    times: list[float] = field(factory=list)
    refused: int = 0
    _tokens: float = field(init=False)
    _filled: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Begin with a full bucket."""
        self._tokens, self._filled = self.burst, self.loop.time()

    async def answer(self) -> None:
        """Answer a call, or refuse it at once."""
        now = self.loop.time()
        self._tokens = min(self.burst, self._tokens + (now - self._filled) * self.rate)
        self._filled = now
        if self._tokens < 1:
            self.refused += 1
            await asyncio.sleep(0.005)
            raise TooManyRequests(self.retry_after)
        self._tokens -= 1
        await asyncio.sleep(self.latency * (0.8 + 0.4 * (len(self.times) * 0.618 % 1)))
        self.times.append(self.loop.time())

    def taken(self, start: float, end: float) -> float:
        """Return how many calls a second were answered between two moments."""
        return sum(start <= time < end for time in self.times) / (end - start)

    async def be_called(self, limiter: Limiter, callers: int, seconds: float) -> None:
        """Let callers call one after the other for so long."""
        executor, attempts = InlineExecutor(), Attempts(limiter, self.loop, limited=True)

        def begin() -> Coroutine[Any, Any, Outcome[object]]:
            return executor.run(Call(self.answer, lambda value: value, copy_context(), self.loop))

        async def call() -> None:
            while True:
                await attempts.run(begin, lambda attempt, wait: None)

        async with asyncio.TaskGroup() as group:
            callers_ = [group.create_task(call()) for _ in range(callers)]
            await asyncio.sleep(seconds)
            for each in callers_:
                each.cancel()
        await executor.aclose()

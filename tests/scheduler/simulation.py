"""Callers of a provider that limits them, in virtual time and always the same."""

from __future__ import annotations

import asyncio
import bisect
import math
import random
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from arize_async.executors.call import Outcome
from arize_async.scheduler.attempts import Attempts, Timing
from arize_async.scheduler.limiter import Limiter
from tests.scheduler.virtual import TooManyRequests, VirtualLoop

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.scheduler.providers import Provider

HEADERS: dict[str, Callable[[float], str | None]] = {
    "exact": lambda wait: f"{wait:.3f}",
    "rounded": lambda wait: str(max(1, math.ceil(wait))),
    "none": lambda _: None,
}
"""What providers say of the seconds until another call makes sense."""


@frozen
class Callers:
    """Who calls.

    Attributes:
        number: How many calls there are at a time.
        latency: Seconds that a call takes once it is taken.
        header: How the provider tells of a wait.
        jitter: By which part of it that differs.
        seed: Of all chance.
    """

    number: int
    latency: float
    header: str = "rounded"
    jitter: float = 0.5
    seed: int = 1

    @property
    def travel(self) -> float:
        """Seconds of a call on its way, and of a refusal, about twice as long as they mostly are."""
        return min(0.02, self.latency / 2)


@define
class Simulated:
    """What came of it, in seconds from the first call on."""

    limiter: Limiter
    taken: list[float] = field(factory=list)
    refused: list[float] = field(factory=list)
    latency: float = 1.0
    """The factor of the latency from now on."""

    def rate(self, start: float, end: float) -> float:
        """Return the calls that were taken in a second between two moments."""
        return _count(self.taken, start, end) / (end - start)

    def refusals(self, start: float, end: float) -> float:
        """Return the calls that were refused for each that was taken."""
        return _count(self.refused, start, end) / max(1, _count(self.taken, start, end))


def _count(times: list[float], start: float, end: float) -> int:
    return bisect.bisect_left(times, end) - bisect.bisect_left(times, start)


def simulate(
    provider: Provider, callers: Callers, seconds: float, change: Callable[[Simulated], None] | None = None
) -> Simulated:
    """Let everybody call one time after the other for so long; ``change`` something half way."""
    loop, chance = VirtualLoop(), random.Random(callers.seed)  # noqa: S311
    simulated = Simulated(Limiter(loop))
    start = loop.time()
    attempts = Attempts(simulated.limiter, loop, limited=True, timing=Timing(asyncio.sleep, chance.uniform))

    async def call() -> Outcome[str]:
        begun = loop.time()
        await asyncio.sleep(callers.travel * chance.uniform(0.3, 0.7))
        now = loop.time() - start
        wait = provider.take(now)
        if wait is not None:
            simulated.refused.append(now)
            await asyncio.sleep(callers.travel * chance.uniform(0.3, 0.7))
            return Outcome(None, TooManyRequests(HEADERS[callers.header](wait)), 0, loop.time() - begun)
        simulated.taken.append(now)
        latency = callers.latency * simulated.latency
        await asyncio.sleep(latency * chance.uniform(1 - callers.jitter, 1 + callers.jitter))
        provider.end()
        return Outcome("answer", None, 0, loop.time() - begun)

    async def work() -> None:
        while True:
            await attempts.run(call, lambda attempt, wait: None)

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            working = [group.create_task(work()) for _ in range(callers.number)]
            await asyncio.sleep(seconds / 2)
            if change:
                change(simulated)
            await asyncio.sleep(seconds / 2)
            for each in working:
                each.cancel()

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(main())
    return simulated

"""Calls that may be repeated: after a rate limit, or by a policy."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from attrs import frozen

from arize_async.config.policies import RetryPolicy
from arize_async.executors.call import Interrupted, Outcome
from arize_async.models.finished import Attempt
from arize_async.models.jsonable import safe_repr
from arize_async.scheduler.congestion import congestion

if TYPE_CHECKING:
    from arize_async.executors.clock import Clock
    from arize_async.scheduler.limiter import Limiter

R = TypeVar("R")
_MOST_DOUBLINGS = 32
RATE_LIMITS_ONLY = RetryPolicy(attempts=1)


@frozen
class Attempted(Generic[R]):
    """The outcome of the last attempt, and all attempts in their order."""

    outcome: Outcome[R]
    attempts: tuple[Attempt, ...]


@frozen
class Timing:
    """Sleep and chance; tests bring their own."""

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    draw: Callable[[float, float], float] = random.uniform


class Attempts:
    """How one function of the user is called: its turns, its attempts, and the waits between them.

    No wait takes a turn, and none is part of the time of an attempt.
    """

    def __init__(
        self,
        limiter: Limiter,
        clock: Clock,
        policy: RetryPolicy | None = None,
        *,
        limited: bool,
        timing: Timing = Timing(),
    ) -> None:
        """Take the bounds; a function that is not ``limited`` is so from its first rate limit on."""
        self._limiter = limiter
        self._clock = clock
        self._policy = policy or RATE_LIMITS_ONLY
        self._limited = limited
        self._timing = timing

    async def run(
        self, begin: Callable[[], Awaitable[Outcome[R]]], failed: Callable[[Attempt, float], None]
    ) -> Attempted[R]:
        """Make attempts until one succeeds or none makes sense.

        Args:
            begin: Starts an attempt.
            failed: Is told of each attempt that another one follows, and of the seconds until then.

        Raises:
            Interrupted: The user code raised ``KeyboardInterrupt``.
        """
        clock, limiter = self._clock, self._limiter
        first = queued = now = clock.monotonic()
        attempts: list[Attempt] = []
        counted = 0
        while True:
            turn = (limiter.begin(now) or await limiter.turn()) if self._limited else 0
            try:
                outcome = await begin()
            except BaseException:
                limiter.ended(turn)
                raise
            now = clock.monotonic()
            started = now - outcome.seconds
            if outcome.error is None:
                attempts.append(Attempt(max(0.0, started - queued), outcome.seconds))
                limiter.succeeded(turn)
                return Attempted(outcome, tuple(attempts))
            if isinstance(outcome.error, KeyboardInterrupt):
                limiter.ended(turn)
                raise Interrupted from outcome.error
            attempts.append(Attempt(max(0.0, started - queued), outcome.seconds, safe_repr(outcome.error)))
            rate_limited, wait = self._judge(outcome.error, turn, started, len(attempts), counted)
            counted += not rate_limited
            if wait is None or (rate_limited and now + wait - first > self._policy.patience):
                return Attempted(outcome, tuple(attempts))
            failed(attempts[-1], wait)
            queued = now
            await self._timing.sleep(wait)
            now = clock.monotonic()

    def _judge(
        self, error: BaseException, turn: int, started: float, made: int, counted: int
    ) -> tuple[bool, float | None]:
        """Return whether an error is a rate limit, and the seconds until another attempt, None for none.

        ``made`` attempts were made, of which ``counted`` were no rate limits before this one.
        """
        found = congestion(error)
        named = self._policy.on != RATE_LIMITS_ONLY.on and isinstance(error, self._policy.on)
        if found is not None or named:
            self._limited = True
            self._limiter.congested(turn, started, None if found is None else found.wait)
        else:
            self._limiter.ended(turn)
        if found is not None:
            return True, found.wait or self._backoff(made)
        again = isinstance(error, self._policy.on) and counted + 1 < self._policy.attempts
        return False, self._backoff(made) if again else None

    def _backoff(self, made: int) -> float:
        ceiling = self._policy.backoff * 2.0 ** min(made - 1, _MOST_DOUBLINGS)
        return self._timing.draw(0, min(ceiling, self._policy.max_backoff))

"""Which requests are sent again, when, and after which wait."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import tenacity
from attrs import frozen

from arize_async.config import RetryPolicy
from arize_async.errors import ApiError, ConnectionFailed

T = TypeVar("T")

_REPEATABLE_METHODS = frozenset({"GET", "DELETE"})
_REPEATABLE_PATHS = ("/annotate", "/search")
_PASSING_STATUSES = frozenset({429, 502, 503, 504})


class NothingSent(ConnectionFailed):
    """No connection came about, so the server knows nothing of the request."""


class NotTrusted(ConnectionFailed):
    """TLS did not come about; the next attempt would end in the same way."""


def is_repeatable(method: str, path: str) -> bool:
    """Tell whether a request does the same when the server gets it twice.

    >>> is_repeatable("GET", "/v2/spaces"), is_repeatable("POST", "/v2/datasets")
    (True, False)
    >>> is_repeatable("POST", "/v2/experiments/1/runs/search")
    True
    """
    return method in _REPEATABLE_METHODS or path.endswith(_REPEATABLE_PATHS)


@frozen(kw_only=True)
class Timing:
    """Clock, sleep and chance; tests bring their own.

    Attributes:
        clock: Monotonic seconds.
        sleep: Waits so many seconds.
        draw: A number between two bounds.
    """

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    draw: Callable[[float, float], float] = random.uniform


@frozen(kw_only=True)
class Retrier:
    """Repeats one request within the bounds of a policy.

    Attributes:
        policy: How often and how long.
        total: Seconds for all attempts and waits together.
        repeatable: Whether the request may reach the server twice.
    """

    policy: RetryPolicy
    total: float
    repeatable: bool
    timing: Timing = Timing()

    async def run(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Call ``attempt`` until it succeeds or must not be repeated; errors of the server get the count of attempts.

        Raises:
            ArizeError: What the last attempt raised.
        """
        deadline = self.timing.clock() + self.total

        def ends(state: tenacity.RetryCallState) -> bool:
            late = self.timing.clock() + state.upcoming_sleep >= deadline
            return late or state.attempt_number >= self.policy.attempts

        retrying = tenacity.AsyncRetrying(
            sleep=self.timing.sleep,
            stop=ends,
            wait=self._wait,
            retry=tenacity.retry_if_exception(self._may_repeat),
            reraise=True,
        )
        try:
            return await retrying(attempt)
        except ApiError as error:
            error.attempts = int(retrying.statistics.get("attempt_number", 1))
            raise

    def _may_repeat(self, error: BaseException) -> bool:
        if isinstance(error, NothingSent):
            return True
        if isinstance(error, NotTrusted):
            return False
        passing = isinstance(error, ConnectionFailed) or (
            isinstance(error, ApiError) and error.status in _PASSING_STATUSES
        )
        return passing and self.repeatable

    def _wait(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = getattr(error, "retry_after", None)
        if isinstance(asked, (int, float)):
            return float(asked)
        ceiling = min(self.policy.backoff * 2 ** (state.attempt_number - 1), self.policy.max_backoff)
        return self.timing.draw(0, ceiling)

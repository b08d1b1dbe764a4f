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
from arize_async.errors import (
    ApiError,
    ConnectionFailed,
    InvalidResponse,
    RequestFailed,
    RequestTimeout,
    ServerError,
)

T = TypeVar("T")

_REPEATABLE_METHODS = frozenset({"GET", "DELETE"})
_REPEATABLE_PATHS = ("/annotate", "/search", "/users")  # a user who is in a space already stays in it
_PASSING_STATUSES = frozenset({429, 502, 503, 504})


def is_repeatable(method: str, path: str) -> bool:
    """Tell whether a request does the same when the server gets it twice.

    >>> is_repeatable("GET", "/v2/spaces"), is_repeatable("POST", "/v2/datasets")
    (True, False)
    >>> is_repeatable("POST", "/v2/experiments/1/runs/search"), is_repeatable("POST", "/v2/spaces/1/users")
    (True, True)
    """
    return method in _REPEATABLE_METHODS or path.endswith(_REPEATABLE_PATHS)


def may_have_been_carried_out(error: BaseException | None) -> bool:
    """Tell whether an error leaves open what the server did: its answer is lost, broken, or a gateway's.

    >>> may_have_been_carried_out(RequestTimeout("late")), may_have_been_carried_out(ApiError("no", status=400))
    (True, False)
    """
    if isinstance(error, ConnectionFailed):
        return not (error.nothing_sent or error.is_final)
    return isinstance(error, (InvalidResponse, ServerError))


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
        request: What is asked, for the errors.
        host: Who is asked.
    """

    policy: RetryPolicy
    total: float
    repeatable: bool
    request: str = ""
    host: str = "the server"
    timing: Timing = Timing()

    async def run(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Call ``attempt`` until it succeeds or must not be repeated; errors get the count of attempts.

        Raises:
            RequestFailed: What the last attempt raised.
            RequestTimeout: There was no answer within ``total`` seconds.
        """
        deadline = self.timing.clock() + self.total
        made = 0

        async def counted() -> T:
            nonlocal made
            made += 1
            return await attempt()

        try:
            async with asyncio.timeout(self.total):
                return await self._retrying(deadline)(counted)
        except RequestFailed as error:
            error.attempts = made
            error.advice = ". ".join(part for part in (error.advice, self._doubt(error)) if part)
            # the frames below hold the error, which would hold them: a cycle that keeps the body alive
            raise error.with_traceback(None) from error.__cause__
        except TimeoutError:
            late = RequestTimeout(
                f"no answer from {self.host} within {self.total:g} s", request=self.request, attempts=made
            )
            late.advice = self._doubt(late)
            raise late from None

    async def pause(self, failures: int) -> None:
        """Wait as long as it takes after so many failures, of what is not repeated as a whole."""
        await self.timing.sleep(self.timing.draw(0, self._ceiling(failures)))

    def _retrying(self, deadline: float) -> tenacity.AsyncRetrying:
        def ends(state: tenacity.RetryCallState) -> bool:
            late = self.timing.clock() + state.upcoming_sleep >= deadline
            return late or state.attempt_number >= self.policy.attempts

        return tenacity.AsyncRetrying(
            sleep=self.timing.sleep,
            stop=ends,
            wait=self._wait,
            retry=tenacity.retry_if_exception(self._may_repeat),
            reraise=True,
        )

    def _may_repeat(self, error: BaseException) -> bool:
        if isinstance(error, ConnectionFailed):
            return error.nothing_sent or (self.repeatable and not error.is_final)
        return self.repeatable and isinstance(error, ApiError) and error.status in _PASSING_STATUSES

    def _doubt(self, error: RequestFailed) -> str:
        """Warn of repeating a request that perhaps was carried out."""
        return (
            "It may have been carried out all the same: look before making it again"
            if may_have_been_carried_out(error) and not self.repeatable
            else ""
        )

    def _wait(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = getattr(error, "retry_after", None)
        if isinstance(asked, (int, float)):
            return float(asked)
        return self.timing.draw(0, self._ceiling(state.attempt_number))

    def _ceiling(self, failures: int) -> float:
        return min(self.policy.backoff * 2 ** (failures - 1), self.policy.max_backoff)

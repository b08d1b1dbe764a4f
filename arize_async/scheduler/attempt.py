"""One bounded call to user code; whatever it does is data."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from arize_async.scheduler.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from arize_async.scheduler.clock import Clock

T = TypeVar("T")


class Cancelled(Exception):
    """User code cancelled itself; for everybody else that is a failure like any other."""


async def attempt(call: Callable[[], Awaitable[T]], *, timeout: float | None, clock: Clock) -> Outcome[T]:  # noqa: ASYNC109 - a timeout is data here
    """Await a call and return its outcome.

    Args:
        call: Starts the call.
        timeout: Seconds until the call is cancelled and counts as failed; None waits for ever.
        clock: Where the times come from.

    Raises:
        CancelledError: The caller was cancelled; a cancellation that the call raised of its own is an outcome.
    """
    started_ns, start = clock.now_ns(), clock.monotonic()
    value: T | None = None
    error: BaseException | None = None
    bound = asyncio.timeout(timeout)
    try:
        async with bound:
            value = await call()
    except TimeoutError as raised:
        error = TimeoutError(f"timed out after {timeout:g} s") if bound.expired() else raised
    except asyncio.CancelledError:
        current = asyncio.current_task()
        if current is None or current.cancelling():
            raise
        error = Cancelled("the call was cancelled from within")
    except Exception as raised:  # noqa: BLE001 - what user code raises is data
        error = raised
    return Outcome(value, error, started_ns, clock.monotonic() - start)

"""One bounded call to user code; whatever it does is data."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from arize_async.scheduler.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from arize_async.scheduler.clock import Clock

T = TypeVar("T")


async def attempt(call: Callable[[], Awaitable[T]], *, timeout: float | None, clock: Clock) -> Outcome[T]:  # noqa: ASYNC109 - a timeout is data here
    """Await a call and return its outcome.

    Args:
        call: Starts the call.
        timeout: Seconds until the call is cancelled and counts as failed; None waits for ever.
        clock: Where the times come from.

    Raises:
        CancelledError: The caller was cancelled.
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
    except (asyncio.CancelledError, KeyboardInterrupt):
        raise
    except BaseException as raised:  # noqa: BLE001 - what user code raises is data, SystemExit included
        error = raised
    if error is None and bound.expired():
        value, error = None, TimeoutError(f"timed out after {timeout:g} s")
    return Outcome(value, error, started_ns, clock.monotonic() - start)

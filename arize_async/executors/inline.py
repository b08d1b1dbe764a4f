"""Async user code runs on the event loop, in an asyncio task and a context of its own."""

from __future__ import annotations

import asyncio
import inspect
import logging
from contextvars import copy_context
from typing import TYPE_CHECKING, TypeVar, cast

from arize_async.executors.protocol import SelfCancelled

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from arize_async.executors.protocol import UserCode

T = TypeVar("T")
GRACE = 5.0
"""Seconds that cancelled code has to clean up before it is left behind."""

log = logging.getLogger("arize_async.executors")


class InlineExecutor:
    """Calls code on the running event loop and awaits what it returns.

    A task of its own for each call keeps what the code does to it away from the caller: context variables, its own
    cancellation, and ``SystemExit``, which would end the event loop.
    """

    async def call(self, code: UserCode[T]) -> T:
        """Run the code here and now.

        When the wait is cancelled the code is cancelled and awaited; code that does not end is left behind.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[tuple[T | None, BaseException | None]] = loop.create_future()
        task = loop.create_task(_settle(code, done), context=copy_context())
        try:
            value, error = await done
        except asyncio.CancelledError:
            task.cancel()
            if (await asyncio.wait({task}, timeout=GRACE))[1]:
                log.warning("user code did not end within %g s of its cancellation and was left behind", GRACE)
            raise
        if error is not None:
            raise error
        return cast("T", value)

    async def aclose(self) -> None:
        """Do nothing: an inline executor holds nothing."""


async def _settle(code: UserCode[T], done: asyncio.Future[tuple[T | None, BaseException | None]]) -> None:
    value: T | None = None
    error: BaseException | None = None
    try:
        result = code()
        value = await cast("Awaitable[T]", result) if inspect.isawaitable(result) else cast("T", result)
    except asyncio.CancelledError:
        error = SelfCancelled("the call was cancelled from within")
    except KeyboardInterrupt:  # the user's: it ends everything, as it does elsewhere
        done.cancel()
        raise
    except BaseException as raised:  # noqa: BLE001 - raised again where the call is awaited
        error = raised
    if not done.done():
        done.set_result((value, error))

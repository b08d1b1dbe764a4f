"""Blocking calls on threads of our own, which never keep the process alive."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


async def in_thread(
    function: Callable[[], T], *, name: str, cancel: Callable[[], None] | None = None, grace: float
) -> T:
    """Run a blocking function on a daemon thread and return what it returns.

    Args:
        function: Called once.
        name: Name of the thread.
        cancel: Called when the awaiting task is cancelled; makes ``function`` end soon.
        grace: Seconds to wait for ``function`` after a cancellation, before the thread is left behind.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(result)  # pyright: ignore[reportArgumentType] - None only when T allows it
        else:
            done.set_exception(error)

    def work() -> None:
        result, error = None, None
        try:
            result = function()
        except BaseException as caught:  # noqa: BLE001 - raised where the result is awaited
            error = caught
        with suppress(RuntimeError):  # the loop is closed, so nobody waits any more
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=work, name=name, daemon=True).start()
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        if cancel is not None:
            cancel()
        await asyncio.wait([done], timeout=grace)
        if done.done():
            done.exception()  # retrieved, so that nobody warns of it: the cancellation is what counts
        else:
            done.cancel()
        raise

"""Async user code runs on the event loop, in an asyncio task and a context of its own."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from attrs import define

from arize_async.executors.call import Call, Outcome
from arize_async.executors.deadlines import Deadlines
from arize_async.executors.protocol import timed_out
from arize_async.executors.watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Awaitable

R = TypeVar("R")
GRACE = 5.0
"""Seconds that cancelled code has to clean up before it is broken off."""

log = logging.getLogger("arize_async.executors")


@define(eq=False)
class _Running(Generic[R]):
    """A call under way.

    Attributes:
        done: Set when the call ended or was given up.
        task: Where the user code runs.
        late: Whether the code was cancelled for being late.
    """

    call: Call[R]
    done: asyncio.Future[Outcome[R]]
    task: asyncio.Task[None] | None = None
    late: bool = False


class InlineExecutor:
    """Calls code on the running event loop and awaits what it returns.

    Code that blocks the loop is named in a warning.

    A task of its own for each call keeps what the code does to it away from the caller: context variables, its own
    cancellation, and ``SystemExit``, which would end the event loop.
    """

    def __init__(self, timeout: float | None = None) -> None:
        """Give each call so many seconds; None for no bound."""
        self._timeout = timeout
        self._deadlines: Deadlines[_Running[Any]] = Deadlines(timeout, self._expire)
        self._watchdog = Watchdog(self)

    async def run(self, call: Call[R]) -> Outcome[R]:
        """Run the code here and now.

        Code that is late, or whose wait is cancelled, is cancelled and awaited; code that then does not end is broken
        off where it awaits.
        """
        return await self._wait(call, None)

    async def follow(self, call: Call[R], value: Awaitable[object]) -> Outcome[R]:
        """Await what the code of a call has returned elsewhere."""
        return await self._wait(call, value)

    async def aclose(self) -> None:
        """Hold no timer any longer."""
        self._deadlines.close()
        self._watchdog.stop()

    async def _wait(self, call: Call[R], value: Awaitable[object] | None) -> Outcome[R]:
        loop = asyncio.get_running_loop()
        self._watchdog.start()
        running = _Running(call, loop.create_future())
        task = running.task = loop.create_task(self._settle(running, value), context=call.context)
        self._deadlines.add(running)
        try:
            return await running.done
        except asyncio.CancelledError:
            task.cancel()
            if (await asyncio.wait({task}, timeout=GRACE))[1]:
                _end(task)
            raise
        finally:
            self._deadlines.discard(running)

    async def _settle(self, running: _Running[R], value: Awaitable[object] | None) -> None:
        outcome = running.call.perform() if value is None else value
        if not isinstance(outcome, Outcome):
            outcome = await running.call.follow(outcome)
        if not running.done.done():
            running.done.set_result(running.call.ended(timed_out(self._timeout)) if running.late else outcome)

    def _expire(self, running: _Running[Any]) -> None:
        if running.task is None or running.task.done():
            return
        running.late = True
        running.task.cancel()
        asyncio.get_running_loop().call_later(GRACE, self._give_up, running)

    def _give_up(self, running: _Running[Any]) -> None:
        if not running.done.done():
            running.done.set_result(running.call.ended(timed_out(self._timeout)))
            if running.task is not None:
                _end(running.task)


def _end(task: asyncio.Task[None]) -> None:
    """Break code off that does not mind its cancellation: whoever closes the event loop would wait for it for ever."""
    log.warning("user code did not end within %g s of its cancellation and was broken off", GRACE)
    task.get_coro().close()
    task.add_done_callback(_seen)
    task.cancel()  # wakes the task, which finds that there is nothing left to do


def _seen(task: asyncio.Task[None]) -> None:
    """Look at the error of a task whose coroutine was closed."""
    if not task.cancelled():
        task.exception()

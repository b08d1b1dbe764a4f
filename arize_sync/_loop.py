"""An event loop on a daemon thread, the coroutines that other threads run on it, and how their waits end."""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures.thread  # pyright: ignore[reportUnusedImport] - see the end of this file
import logging
import math
import os
import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, ParamSpec, Self, TypeVar

import anyio
from anyio.from_thread import BlockingPortal

from arize_async.errors import ClientClosed, WouldDeadlock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

P = ParamSpec("P")
T = TypeVar("T")

GRACE: Final = 20.0
"""Seconds that an interrupted call has to clean up, and an unclosed client at exit."""

BEAT: Final = 0.1
"""Seconds after which a waiting main thread looks for signals: it sleeps through them on Windows, and where a library
has installed a handler that restarts system calls, as polars does."""

LEAVING: Final = 2.0
"""Seconds that a closed loop has to end what user code has left running on it, which may never end."""

log = logging.getLogger("arize_sync")


class Call(Generic[T]):
    """One coroutine on the loop."""

    def __init__(self, function: Callable[[], Awaitable[T]]) -> None:
        self.finished: Future[T] = Future()
        self._function = function
        self._task: asyncio.Task[Any] | None = None
        self._reason: Exception | None = None

    async def run(self, running: set[Call[Any]]) -> None:
        """Run the coroutine and keep how it ended; what it raises would end the loop."""
        if self.finished.done():
            return
        self._task = asyncio.current_task()
        running.add(self)
        try:
            try:
                result = await self._function()
            finally:
                running.discard(self)
        except asyncio.CancelledError:
            self.finished.set_exception(self._reason or concurrent.futures.CancelledError())
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits
            self.finished.set_exception(error)
        else:
            self.finished.set_result(result)

    def result(self) -> T:
        """Return how the coroutine ended, once.

        An exception that could be reached from the frames in its own traceback would wait for the collector.
        """
        finished, self.finished = self.finished, Future()
        try:
            return finished.result()
        finally:
            del finished

    def cancel(self, reason: Exception) -> None:
        """Cancel the coroutine; only on the loop."""
        if self._task is not None:
            self._reason = reason
            self._task.cancel()
        elif not self.finished.done():
            self.finished.set_exception(reason)


class Stay(Generic[T]):
    """The time between entering a context manager and leaving it."""

    def __init__(self, manager: AbstractAsyncContextManager[T]) -> None:
        self.entered: Future[T] = Future()
        self._manager = manager
        self._leaving = asyncio.Event()
        self._error: BaseException | None = None

    async def run(self) -> None:
        """Enter, wait and leave."""
        async with self._manager as value:
            self.entered.set_result(value)
            await self._leaving.wait()
            if self._error is not None:
                raise self._error

    def leave(self, error: BaseException | None) -> None:
        """Leave, with the error that ended the body; only on the loop."""
        self._error = error
        self._leaving.set()


class Loop:
    """An event loop on a thread, in one process."""

    def __init__(self, farewell: Callable[[], Awaitable[None]]) -> None:
        self._farewell = farewell
        self._process = os.getpid()
        self._starting = threading.Lock()
        self._thread = threading.Thread(target=self._serve, name="arize-sync", daemon=True)
        self._event_loop: asyncio.AbstractEventLoop | None = None
        self._ready: Future[BlockingPortal] = Future()
        self._stopping = asyncio.Event()
        self._is_unwanted = False
        self._stopped: Future[None] = Future()
        self._calls: set[Call[Any]] = set()

    @property
    def running(self) -> int:
        """How many calls are running."""
        return len(self._calls)

    def start(self) -> Self:
        """Start the thread unless it runs; raise what kept the loop from starting."""
        with self._starting:
            if self._thread.ident is None:
                _open.add(self)
                self._thread.start()
        self._ready.result()
        return self

    @property
    def can_wait(self) -> bool:
        """Whether this thread can wait for the loop."""
        return self._process == os.getpid() and threading.get_ident() != self._thread.ident

    def submit(self, call: Call[Any]) -> None:
        """Start a coroutine with the context variables of this thread."""
        self._check_place()
        try:
            self._ready.result().start_task_soon(self._run, call)
        except RuntimeError as error:
            raise _closed_meanwhile() from error
        except BaseException:
            self.abort(call)
            raise

    def settle(self, call: Call[Any], *milestones: Future[Any]) -> None:
        """Wait until a call has ended or a milestone is reached; what interrupts the wait cancels the call."""
        self._check_place()
        try:
            wait_for(call.finished, *milestones)
        except BaseException:
            self.abort(call)
            raise

    def abort(self, call: Call[Any]) -> None:
        """Cancel a call and give it time to clean up."""
        self.soon(call.cancel, concurrent.futures.CancelledError())
        if not wait_for(call.finished, timeout=GRACE):
            log.warning("an interrupted call did not clean up within %g seconds and was left behind", GRACE)

    def soon(self, function: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Call a function on the loop without waiting; takes no lock, so that a finalizer may do it."""
        if self._event_loop is not None and self._process == os.getpid():
            with suppress(RuntimeError):  # the loop is closed
                self._event_loop.call_soon_threadsafe(partial(function, *args, **kwargs))

    def close(self) -> None:
        """Stop the loop, wait for it and raise what went wrong."""
        self._check_place()
        self.stop()
        wait_for(self._stopped)
        self._thread.join(timeout=LEAVING)
        _open.discard(self)
        self._stopped.result()

    def stop(self) -> None:
        """Ask the loop to end, also one that is only about to start."""
        self._is_unwanted = True
        self.soon(self._stopping.set)

    def end(self) -> None:
        """Give a stopped loop time to end, at the exit of the interpreter."""
        if self._process == os.getpid():
            with suppress(RuntimeError):  # it was not started
                self._thread.join(timeout=GRACE)

    def _check_place(self) -> None:
        if self._process != os.getpid():
            raise ClientClosed("This was opened by the parent process, which alone can close it")
        if not self.can_wait:
            raise WouldDeadlock(
                "A blocking client was called on the thread that has to answer it: use arize_async in asynchronous "
                "tasks and evaluators, or make them plain functions"
            )

    def _serve(self) -> None:
        try:
            anyio.run(self._main)
        except BaseException as error:  # noqa: BLE001 - raised in the threads that wait
            # a KeyboardInterrupt out of a task ends the loop at once, so that calls may be left without an end
            for future in (self._ready, self._stopped, *(call.finished for call in self._calls)):
                if not future.done():
                    future.set_exception(error)
        finally:
            _open.discard(self)

    async def _main(self) -> None:
        async with BlockingPortal() as portal:
            self._event_loop = asyncio.get_running_loop()
            self._ready.set_result(portal)
            if not self._is_unwanted:
                await self._stopping.wait()
            for call in self._calls:
                call.cancel(_closed_meanwhile())
        await self._farewell()
        self._stopped.set_result(None)

    async def _run(self, call: Call[Any]) -> None:
        if self._stopping.is_set():
            call.cancel(_closed_meanwhile())
        await call.run(self._calls)


def wait_for(*futures: Future[Any], timeout: float = math.inf) -> bool:
    """Wait until one of them is done, let Ctrl-C through, and tell whether one is.

    Args:
        futures: What to wait for.
        timeout: Seconds.
    """
    step = BEAT if threading.current_thread() is threading.main_thread() else threading.TIMEOUT_MAX
    deadline = time.monotonic() + timeout
    while not wait(futures, timeout=min(step, max(0, deadline - time.monotonic())), return_when=FIRST_COMPLETED).done:
        if time.monotonic() >= deadline:
            return False
    return True


def _closed_meanwhile() -> ClientClosed:
    return ClientClosed("The client was closed while this call was running")


_open: set[Loop] = set()


def _end_all() -> None:
    ending = list(_open)
    for loop in ending:
        loop.stop()
    for loop in ending:
        loop.end()


# The exit concerns the whole process. Functions of `atexit` run after the executors of `concurrent.futures` have shut,
# and closing needs them; theirs is registered when their module is loaded, and the last one registered runs first.
getattr(threading, "_register_atexit", atexit.register)(_end_all)

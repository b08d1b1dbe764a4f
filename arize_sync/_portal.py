"""Blocking calls on an event loop of their own.

A client has one portal, and its resources share it. The event loop runs on a daemon thread that starts with the first
call and ends with the client. Any number of threads may call at the same time, also from inside a running event loop,
which then waits.

* Ctrl-C while a call runs cancels the coroutine, waits up to ``GRACE`` seconds for its cleanup and goes on as
  ``KeyboardInterrupt``; a second Ctrl-C gives up at once.
* A forked child gets an event loop of its own with its first call; what the parent opened stays the parent's.
* A client that was never closed is closed when it is collected, or when the interpreter exits.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import os
import threading
import weakref
from collections import deque
from collections.abc import Awaitable, Callable, Generator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from functools import partial
from typing import Any, Final, Generic, ParamSpec, Protocol, Self, TypeVar, cast

import anyio
from anyio.from_thread import BlockingPortal

from arize_async.errors import ClientClosed, WouldDeadlock

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
F = TypeVar("F")
W = TypeVar("W")
S = TypeVar("S", bound="_Service")
I = TypeVar("I", bound="_Source[object]")  # noqa: E741 - iterator
Farewell = Callable[[], Awaitable[None]]

GRACE: Final = 10.0
"""Seconds that an interrupted call has to clean up, and an unclosed client at exit."""

log = logging.getLogger("arize_sync")


class Portal:
    """Runs the coroutines of one client."""

    def __init__(self, farewell: Farewell) -> None:
        """Start nothing yet; ``farewell`` is awaited at the end, after what still ran was cancelled."""
        self._farewell = farewell
        self._closed = False
        self._making = threading.Lock()
        # One a process. A child keeps its parent's loop and leaves it alone: collecting it would take the parent's
        # sockets out of the selector that both share.
        self._loops: dict[int, _Loop] = {}
        weakref.finalize(self, _abandon, self._loops).atexit = False

    def call(self, function: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what ``await function(*args, **kwargs)`` gives.

        Raises:
            ClientClosed: The portal is closed, or was closed while the call ran.
            WouldDeadlock: This is the thread of the portal's own event loop.
        """
        call = _Call(partial(function, *args, **kwargs))
        loop = self._loop()
        loop.submit(call)
        loop.settle(call)
        try:
            return call.finished.result()
        finally:
            del call  # this frame is in the traceback of what is raised: no circle that waits for the collector

    def fetch(self, fetch: Callable[[str], Awaitable[T]], cursor: str, /) -> T:
        """Return the page that a cursor leads to; what a page is bound to."""
        return self.call(fetch, cursor)

    @contextmanager
    def enter(self, manager: AbstractAsyncContextManager[T], facade: Callable[[T, Portal], F]) -> Generator[F]:
        """Enter an asynchronous context manager; one task enters and leaves it.

        Args:
            manager: What to enter.
            facade: Makes the value of the ``with`` statement from that of the ``async with`` statement.
        """
        loop, stay = self._loop(), _Stay(manager)
        call = _Call(stay.run)
        loop.submit(call)
        loop.settle(call, stay.entered)
        if not stay.entered.done():
            call.finished.result()
        try:
            yield facade(stay.entered.result(), self)
        except BaseException as error:
            loop.soon(stay.leave, error)
            if not loop.can_wait:  # collected on the loop's thread, or in a child that must leave it to its parent
                raise
            loop.settle(call)
            if call.finished.exception() is error:
                raise
        else:
            loop.soon(stay.leave, None)
            loop.settle(call)
        call.finished.result()

    def exclusively(self, make: Callable[[], T]) -> T:
        """Return what ``make()`` gives; one thread at a time, for it may make what others then share."""
        with self._making:
            return make()

    def close(self) -> None:
        """Cancel what runs, say farewell and end the event loop; does nothing when that has been done.

        Raises:
            WouldDeadlock: This is the thread of the portal's own event loop.
        """
        if self._closed:
            return
        loop = self._loops.get(os.getpid()) if self._loops else self._loop()
        self._closed = True
        if loop is not None:
            loop.close()

    def _loop(self) -> _Loop:
        if self._closed:
            raise ClientClosed("The client is closed; make a new one")
        process = os.getpid()
        return (self._loops.get(process) or self._loops.setdefault(process, _Loop(self._farewell))).start()

    def __repr__(self) -> str:
        loop = self._loops.get(os.getpid())
        return f"<Portal [{'closed' if self._closed else 'idle' if loop is None else f'{loop.calls} running'}]>"


class _Service(Protocol):
    async def __aenter__(self) -> object: ...

    async def aclose(self) -> None: ...


class _Source(Protocol[T_co]):
    @property
    def ready(self) -> int: ...

    async def __anext__(self) -> T_co: ...


class Facade(Generic[W]):
    """A blocking view of an asynchronous service."""

    def __init__(self, wrapped: W, portal: Portal) -> None:
        """Take the service, and the portal that runs its coroutines."""
        self._wrapped = wrapped
        self._portal = portal

    def __repr__(self) -> str:
        return repr(self._wrapped)


class Owner(Facade[S]):
    """A facade with an event loop of its own."""

    def __init__(self, wrapped: S) -> None:
        """Take the service, and close it in the end."""
        super().__init__(wrapped, Portal(wrapped.aclose))

    @classmethod
    def _around(cls, wrapped: S) -> Self:
        owner = cls.__new__(cls)
        Owner.__init__(owner, wrapped)
        return owner

    def __enter__(self) -> Self:
        self._portal.call(self._wrapped.__aenter__)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._portal.close()


class Stream(Facade[I], Generic[I, T]):
    """A facade that iterates: it takes the items that are ready in one call, and nothing that was not asked for.

    Each call is a task of its own, so what is behind holds no cancel scope between items.
    """

    def __init__(self, wrapped: I, portal: Portal) -> None:
        """Take the iterator, and the portal that runs its coroutines."""
        super().__init__(wrapped, portal)
        self._taking = threading.Lock()
        self._taken: deque[T] = deque()
        self._end: Exception | None = None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        with self._taking:
            if not self._taken and self._end is None:
                self._portal.call(self._take)
            if self._taken:
                return self._taken.popleft()
            end, self._end = self._end, StopIteration()
            raise end or StopIteration

    async def _take(self) -> None:
        """Take what is ready; an error is kept until the items before it are given."""
        try:
            self._taken.append(cast("T", await anext(self._wrapped)))
            while self._wrapped.ready:
                self._taken.append(cast("T", await anext(self._wrapped)))
        except StopAsyncIteration:
            self._end = StopIteration()
        except Exception as error:  # noqa: BLE001 - raised by __next__
            self._end = error


class _Call(Generic[T]):
    """One coroutine on the loop."""

    def __init__(self, function: Callable[[], Awaitable[T]]) -> None:
        self.finished: Future[T] = Future()
        self._function = function
        self._task: asyncio.Task[Any] | None = None
        self._reason: Exception | None = None

    async def run(self, running: set[_Call[Any]]) -> None:
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
        finally:
            del self  # see Portal.call

    def cancel(self, reason: Exception) -> None:
        """Cancel the coroutine; only on the loop."""
        if self._task is not None:
            self._reason = reason
            self._task.cancel()
        elif not self.finished.done():
            self.finished.set_exception(reason)


class _Stay(Generic[T]):
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


class _Loop:
    """An event loop on a thread, in one process."""

    def __init__(self, farewell: Farewell) -> None:
        self._farewell = farewell
        self._process = os.getpid()
        self._starting = threading.Lock()
        self._thread = threading.Thread(target=self._serve, name="arize-sync", daemon=True)
        self._event_loop: asyncio.AbstractEventLoop | None = None
        self._ready: Future[BlockingPortal] = Future()
        self._stopping = asyncio.Event()
        self._stopped: Future[None] = Future()
        self._calls: set[_Call[Any]] = set()

    @property
    def calls(self) -> int:
        return len(self._calls)

    def start(self) -> Self:
        """Start the thread unless it runs; raise what kept the loop from starting."""
        with self._starting:
            if self._thread.ident is None:
                self._at_exit = weakref.finalize(self._thread, self._end)
                self._thread.start()
        self._ready.result()
        return self

    @property
    def can_wait(self) -> bool:
        """Whether this thread can wait for the loop."""
        return self._process == os.getpid() and threading.get_ident() != self._thread.ident

    def submit(self, call: _Call[Any]) -> None:
        """Start a coroutine with the context variables of this thread."""
        self._check_place()
        try:
            self._ready.result().start_task_soon(self._run, call)
        except RuntimeError as error:
            raise _closed_meanwhile() from error
        except BaseException:
            self.abort(call)
            raise

    def settle(self, call: _Call[Any], *milestones: Future[Any]) -> None:
        """Wait until a call has ended or a milestone is reached; what interrupts the wait cancels the call."""
        self._check_place()
        try:
            wait([call.finished, *milestones], return_when=FIRST_COMPLETED)
        except BaseException:
            self.abort(call)
            raise

    def abort(self, call: _Call[Any]) -> None:
        """Cancel a call and give it time to clean up."""
        self.soon(call.cancel, concurrent.futures.CancelledError())
        if wait([call.finished], timeout=GRACE).not_done:
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
        self._thread.join()
        self._stopped.result()

    def stop(self) -> None:
        """Ask the loop to end."""
        self.soon(self._stopping.set)

    def _end(self) -> None:
        self.stop()
        wait([self._stopped], timeout=GRACE if self._process == os.getpid() else 0)

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
            for future in (self._ready, self._stopped):
                if not future.done():
                    future.set_exception(error)
        else:
            self._stopped.set_result(None)
        finally:
            self._at_exit.detach()

    async def _main(self) -> None:
        async with BlockingPortal() as portal:
            self._event_loop = asyncio.get_running_loop()
            self._ready.set_result(portal)
            await self._stopping.wait()
            for call in self._calls:
                call.cancel(_closed_meanwhile())
        await self._farewell()

    async def _run(self, call: _Call[Any]) -> None:
        if self._stopping.is_set():
            call.cancel(_closed_meanwhile())
        await call.run(self._calls)


def _abandon(loops: dict[int, _Loop]) -> None:
    if loop := loops.get(os.getpid()):
        loop.stop()


def _closed_meanwhile() -> ClientClosed:
    return ClientClosed("The client was closed while this call was running")

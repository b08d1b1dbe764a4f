"""Blocking calls on an event loop of their own.

A client has one portal, and its resources share it. The event loop runs on a daemon thread that starts with the first
call and ends with the client. Any number of threads may call at the same time, also from inside a running event loop,
which then waits.

* Ctrl-C while a call runs cancels the coroutine, waits up to ten seconds for its cleanup and goes on as
  ``KeyboardInterrupt``; a second Ctrl-C gives up at once.
* A forked child gets an event loop of its own with its first call; what the parent opened stays the parent's.
* A client that was never closed is closed when it is collected, or when the interpreter exits.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections import deque
from contextlib import AbstractAsyncContextManager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Generic, ParamSpec, Protocol, Self, TypeVar, cast

from arize_async.errors import ClientClosed
from arize_async.pre_releases import announce
from arize_sync._loop import Call, Loop, Stay

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
F = TypeVar("F")
W = TypeVar("W")
S = TypeVar("S", bound="_Service")
I = TypeVar("I", bound="_Source[object]")  # noqa: E741 - iterator


class Portal:
    """Runs the coroutines of one client."""

    def __init__(self, farewell: Callable[[], Awaitable[None]]) -> None:
        """Start nothing yet; ``farewell`` is awaited at the end, after what still ran was cancelled."""
        self._farewell = farewell
        self._closed = False
        self._making = threading.Lock()
        # One a process. A child keeps its parent's loop and leaves it alone: collecting it would take the parent's
        # sockets out of the selector that both share.
        self._loops: dict[int, Loop] = {}
        weakref.finalize(self, _abandon, self._loops).atexit = False

    def call(self, function: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what ``await function(*args, **kwargs)`` gives.

        Raises:
            ClientClosed: The portal is closed, or was closed while the call ran.
            PreReleaseWarning: A filter makes errors of warnings.
            WouldDeadlock: This is the thread of the portal's own event loop.
        """
        announce(function, stacklevel=3)  # this line, the method of the facade, its caller
        call = Call(partial(function, *args, **kwargs))
        loop = self._loop()
        loop.submit(call)
        loop.settle(call)
        return call.result()

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
        loop, stay = self._loop(), Stay(manager)
        call = Call(stay.run)
        loop.submit(call)
        loop.settle(call, stay.entered)
        if not stay.entered.done():
            call.result()
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
        call.result()

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

    def _loop(self) -> Loop:
        if self._closed:
            raise ClientClosed("The client is closed; make a new one")
        process = os.getpid()
        return (self._loops.get(process) or self._loops.setdefault(process, Loop(self._farewell))).start()

    def __repr__(self) -> str:
        loop = self._loops.get(os.getpid())
        return f"<Portal [{'closed' if self._closed else 'idle' if loop is None else f'{loop.running} running'}]>"


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


def _abandon(loops: dict[int, Loop]) -> None:
    if loop := loops.get(os.getpid()):
        loop.stop()

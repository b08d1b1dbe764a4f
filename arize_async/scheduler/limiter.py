"""How many calls a provider takes: a rate that is given, and a number in flight that is learned."""

from __future__ import annotations

import asyncio
import math
import threading
from collections import deque
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from attrs import define, frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from arize_async.executors.clock import Clock

DECREASE = 0.75
GROWTH = 0.05
_HISTORY = 1000


@frozen
class LimitChange:
    """A change of the number of calls in flight.

    Attributes:
        at_ns: When, in nanoseconds since the epoch.
        limit: The new number; None when it no longer binds.
        reason: What it follows from.
    """

    at_ns: int
    limit: int | None
    reason: str


@define(eq=False)
class _Waiting:
    """A call that waits for its turn, perhaps in another event loop than the one that gives it."""

    turn: asyncio.Future[None]

    def wake(self) -> None:
        with suppress(RuntimeError):  # its loop is closed, so nobody waits any more
            self.turn.get_loop().call_soon_threadsafe(self._give)

    def _give(self) -> None:
        if not self.turn.done():
            self.turn.set_result(None)


class Limiter:
    """Lets calls begin: as many as its adaptive limit at a time, evenly spaced where a rate is given.

    There is no limit until the provider first complains. Then it is three quarters of what was in flight, and grows
    in each second by one or by a twentieth, whichever is more; slowly, because each step too far is a refused call.
    It goes down once for each time that the provider complains: calls that began before the last decrease say nothing
    new. It never falls below one, and waits are not part of it, so it cannot freeze. Safe between threads and loops.
    """

    def __init__(self, clock: Clock, *, requests_per_minute: float | None = None, adaptive: bool = True) -> None:
        """Start without a limit on the calls in flight."""
        self._clock = clock
        self._interval = 60 / requests_per_minute if requests_per_minute else 0.0
        self._adaptive = adaptive
        self._lock = threading.Lock()  # guards everything below
        self._limit = math.inf
        self._running = 0
        self._most = 0
        self._next = 0.0
        self._decreased = -math.inf
        self._grown = 0.0
        self._waiting: deque[_Waiting] = deque()
        self._history: deque[LimitChange] = deque(maxlen=_HISTORY)
        self._watchers: list[tuple[asyncio.AbstractEventLoop, Callable[[LimitChange], None]]] = []

    def __repr__(self) -> str:
        """Show what is going on."""
        return f"<Limiter [{self._running} running, {len(self._waiting)} waiting, limit {self.limit}]>"

    @property
    def limit(self) -> int | None:
        """The most calls in flight; None without a limit."""
        return None if math.isinf(self._limit) else int(self._limit)

    @property
    def history(self) -> Sequence[LimitChange]:
        """The last changes, 1,000 at most, oldest first."""
        return tuple(self._history)

    @contextmanager
    def watched(self, watcher: Callable[[LimitChange], None]) -> Generator[None]:
        """Tell of each change, on the running loop, for the time of the block."""
        watching = (asyncio.get_running_loop(), watcher)
        with self._lock:
            self._watchers.append(watching)
        try:
            yield
        finally:
            with self._lock:
                self._watchers.remove(watching)

    async def acquire(self) -> None:
        """Wait until a call may begin; ``release`` when it has ended."""
        if self._interval:
            await asyncio.sleep(self._pause())
        with self._lock:
            if self._running + 1 <= self._limit and not self._waiting:
                self._begin()
                return
            waiting = _Waiting(asyncio.get_running_loop().create_future())
            self._waiting.append(waiting)
        try:
            await waiting.turn
        except asyncio.CancelledError:
            self._leave(waiting)
            raise

    def release(self) -> None:
        """End a call; its turn goes to the next that waits."""
        with self._lock:
            self._running -= 1
            granted = self._grant()
        for waiting in granted:
            waiting.wake()

    def succeeded(self) -> None:
        """Learn from a call that was answered: the limit grows while it binds."""
        if math.isinf(self._limit):
            return
        with self._lock:
            now, before = self._clock.monotonic(), self.limit
            if self._running + 2 > self._limit:
                self._limit += max(1.0, GROWTH * self._limit) * min(1.0, now - self._grown)
            self._grown = now
            if self._limit > self._most:
                self._limit = math.inf
            if self.limit != before:
                self._note("calls succeed")
            granted = self._grant()
        for waiting in granted:
            waiting.wake()

    def congested(self, started: float) -> None:
        """Learn from a call that met a rate limit; ``started`` is when it began, in monotonic seconds."""
        with self._lock:
            if not self._adaptive or started <= self._decreased:
                return
            self._decreased = self._grown = self._clock.monotonic()
            self._limit = max(1.0, min(self._limit, self._running + 1) * DECREASE)
            self._note("the provider limits the rate")

    def _pause(self) -> float:
        """Reserve the next point in time of the rate and return the seconds until then."""
        with self._lock:
            now = self._clock.monotonic()
            self._next = max(now, self._next)
            pause, self._next = self._next - now, self._next + self._interval
            return pause

    def _begin(self) -> None:
        self._running += 1
        self._most = max(self._most, self._running)

    def _grant(self) -> list[_Waiting]:
        granted: list[_Waiting] = []
        while self._waiting and self._running + 1 <= self._limit:
            self._begin()
            granted.append(self._waiting.popleft())
        return granted

    def _leave(self, waiting: _Waiting) -> None:
        """Give up a turn, whether it has come or not."""
        with self._lock:
            came = waiting not in self._waiting
            if not came:
                self._waiting.remove(waiting)
        if came:
            self.release()

    def _note(self, reason: str) -> None:
        change = LimitChange(self._clock.now_ns(), self.limit, reason)
        self._history.append(change)
        for loop, watcher in self._watchers:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(watcher, change)

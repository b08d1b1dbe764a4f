"""How many calls a provider takes: a rate that is given, and a number in flight that is learned."""

from __future__ import annotations

import asyncio
import math
import threading
from collections import deque
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from attrs import define, frozen

from arize_async.scheduler.adaptive import AdaptiveLimit

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from arize_async.executors.clock import Clock

_CATCH_UP = 0.1
"""Seconds by which calls that waited may make up for timers that were late."""
_EARLY = 1e-4
"""Seconds that no timer is worth."""
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
    came: bool = False

    def wake(self) -> bool:
        """Give the turn; False when nobody waits any more because the loop is closed."""
        self.came = self._soon(self._give)
        return self.came

    def later(self, seconds: float, call: Callable[[], None]) -> bool:
        """Call back in the loop of this call."""
        return self._soon(lambda: self.turn.get_loop().call_later(seconds, call))

    def _soon(self, call: Callable[[], object]) -> bool:
        try:
            self.turn.get_loop().call_soon_threadsafe(call)
        except RuntimeError:
            return False
        return True

    def _give(self) -> None:
        if not self.turn.done():
            self.turn.set_result(None)


class Limiter:
    """Lets calls begin, in their order: as many at a time as the provider takes, evenly spaced.

    Waits are not part of what is limited, and one call can always begin, so it cannot freeze. Safe between threads and
    event loops.
    """

    def __init__(self, clock: Clock, *, requests_per_minute: float | None = None, adaptive: bool = True) -> None:
        """Start without a limit on the calls in flight."""
        self._clock = clock
        self._given = 60 / requests_per_minute if requests_per_minute else 0.0
        self._adaptive = adaptive
        self._lock = threading.RLock()  # guards everything below; a call may be collected while its thread holds it
        self._limit = AdaptiveLimit()
        self._running = 0
        self._next = -math.inf  # when another call may begin
        self._waiting: deque[_Waiting] = deque()
        self._alarm: _Waiting | None = None  # whose loop will call back
        self._history: deque[LimitChange] = deque(maxlen=_HISTORY)
        self._watchers: list[tuple[asyncio.AbstractEventLoop, Callable[[LimitChange], None]]] = []

    def __repr__(self) -> str:
        """Show what is going on."""
        return f"<Limiter [{self._running} running, {len(self._waiting)} waiting, limit {self.limit}]>"

    @property
    def limit(self) -> int | None:
        """The most calls in flight; None without a limit."""
        return self._limit.calls

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
        with self._lock:
            if not self._waiting:
                now = self._clock.monotonic()
                self._next = min(max(self._next, now), now + self._interval)
                if self._next == now and self._is_free:
                    self._begin(now)
                    return
            waiting = _Waiting(asyncio.get_running_loop().create_future())
            self._waiting.append(waiting)
            self._grant()
        try:
            await waiting.turn
        except BaseException:
            self._leave(waiting)
            raise

    def release(self) -> None:
        """End a call; its turn goes to the next that waits."""
        with self._lock:
            self._running -= 1
            self._grant()

    def succeeded(self, seconds: float) -> None:
        """Learn from a call that was answered after so many seconds."""
        if not self._adaptive:
            return
        with self._lock:
            before, bound = self.limit, bool(self._waiting) or not self._is_free
            self._limit.succeed(self._clock.monotonic(), seconds, bound=bound)
            if self.limit != before:
                self._note("calls succeed")
            self._grant()

    def congested(self, started: float, wait: float | None = None) -> None:
        """Learn from a call that met a rate limit.

        Args:
            started: When the call began, in monotonic seconds.
            wait: Seconds that the provider asked to wait, if it did.
        """
        with self._lock:
            if self._adaptive and self._limit.refuse(self._clock.monotonic(), started, wait, self._running):
                self._note("the provider limits the rate")

    @property
    def _is_free(self) -> bool:
        return self._running == 0 or self._running + 1 <= self._limit.exact

    @property
    def _interval(self) -> float:
        """Seconds between the beginnings of two calls."""
        return max(self._given, self._limit.interval)

    def _begin(self, now: float) -> None:
        self._running += 1
        self._limit.begin(now, self._running)
        self._next += self._interval

    def _grant(self) -> None:
        """Give turns to those who wait, as far as there are any; with the lock held."""
        while self._waiting and self._is_free:
            now = self._clock.monotonic()
            self._next = min(max(self._next, now - _CATCH_UP), now + self._interval)  # a clock may jump
            delay = self._next - now
            if delay > _EARLY:
                if self._alarmed(delay):
                    return
                self._waiting.popleft()
            elif self._waiting.popleft().wake():
                self._begin(now)

    def _alarmed(self, delay: float) -> bool:
        """Make sure that somebody calls back when the next call may begin."""
        if self._alarm is None or self._alarm.turn.get_loop().is_closed():
            head = self._waiting[0]
            self._alarm = head if head.later(delay, self._call_back) else None
        return self._alarm is not None

    def _call_back(self) -> None:
        with self._lock:
            self._alarm = None
            self._grant()

    def _leave(self, waiting: _Waiting) -> None:
        """Give up a turn, whether it has come or not."""
        with self._lock:
            if waiting.came:
                self._running -= 1
            elif waiting in self._waiting:
                self._waiting.remove(waiting)
            if waiting is self._alarm:
                self._alarm = None
            self._grant()

    def _note(self, reason: str) -> None:
        change = LimitChange(self._clock.now_ns(), self.limit, reason)
        self._history.append(change)
        for loop, watcher in self._watchers:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(watcher, change)

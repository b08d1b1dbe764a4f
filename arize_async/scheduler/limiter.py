"""When calls may begin: at a rate that is given, and at one that is learned."""

from __future__ import annotations

import asyncio
import math
import threading
from collections import deque
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from attrs import define, frozen

from arize_async.scheduler.pace import IDLE, Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from arize_async.executors.clock import Clock

_CATCH_UP = 0.1
"""Seconds by which calls that waited may make up for timers that were late."""
_EARLY = 1e-4
"""Seconds that no timer is worth."""
_HISTORY = 1000
_NOTABLE = 0.1
"""Smaller changes of a rate are not told."""


@frozen
class LimitChange:
    """A change of what the provider takes.

    Attributes:
        at_ns: When, in nanoseconds since the epoch.
        requests_per_minute: The calls that begin in a minute from then on; None without a limit.
        reason: What it follows from.
    """

    at_ns: int
    requests_per_minute: float | None
    reason: str


@define(eq=False)
class _Waiting:
    """A call that waits for its turn, perhaps in another event loop than the one that gives it."""

    turn: asyncio.Future[int]

    def wake(self, number: int) -> bool:
        """Give the turn; False when nobody waits any more because the loop is closed."""
        return self._soon(lambda: None if self.turn.done() else self.turn.set_result(number))

    def later(self, seconds: float, call: Callable[[], None]) -> bool:
        """Call back in the loop of this call."""
        return self._soon(lambda: self.turn.get_loop().call_later(seconds, call))

    def _soon(self, call: Callable[[], object]) -> bool:
        try:
            self.turn.get_loop().call_soon_threadsafe(call)
        except RuntimeError:
            return False
        return True


class Limiter:
    """Lets calls begin, in their order and evenly spaced, as fast as the provider takes them.

    A call can always begin within a minute, so it cannot freeze. Safe between threads and event loops.
    """

    def __init__(self, clock: Clock, *, requests_per_minute: float | None = None, adaptive: bool = True) -> None:
        """Start without a limit beside the one that is given."""
        self._clock = clock
        self._given = 60 / requests_per_minute if requests_per_minute else 0.0
        self._adaptive = adaptive
        self._lock = threading.RLock()  # guards everything below; a call may be collected while its thread holds it
        self._pace = Pace(clock.monotonic())
        self._is_open = not self._given  # whether every call may begin at once
        self._next = -math.inf  # when another call may begin
        self._waiting: deque[_Waiting] = deque()
        self._alarm: tuple[_Waiting, float] | None = None  # whose loop will call back, and when
        self._noted = math.inf
        self._history: deque[LimitChange] = deque(maxlen=_HISTORY)
        self._watchers: list[tuple[asyncio.AbstractEventLoop, Callable[[LimitChange], None]]] = []

    def __repr__(self) -> str:
        """Show what is going on."""
        rate = self.requests_per_minute
        limit = "no limit" if rate is None else f"{rate:.0f} a minute"
        return f"<Limiter [{self._pace.begun} begun, {len(self._waiting)} waiting, {limit}]>"

    @property
    def requests_per_minute(self) -> float | None:
        """The calls that the provider takes in a minute; None without a limit."""
        return None if math.isinf(self._noted) else self._noted * 60

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

    def begin(self, now: float) -> int:
        """Return the number of a call that may begin now, or 0 when it has to wait for its ``turn``.

        Without any limit this takes no lock: where threads count at once a number may be given twice, which harms
        nothing.
        """
        if self._is_open:
            pace = self._pace
            if now - pace.latest > IDLE:
                pace.restart(now)
            pace.latest = now
            pace.begun += 1
            return pace.begun
        with self._lock:
            if self._waiting:
                return 0
            self._next = min(max(self._next, now), now + self._interval(now))
            return self._begin(now) if self._next == now else 0

    async def turn(self) -> int:
        """Wait until a call may begin, and return its number."""
        with self._lock:
            waiting = _Waiting(asyncio.get_running_loop().create_future())
            self._waiting.append(waiting)
            self._grant()
        try:
            return await waiting.turn
        except BaseException:
            self._leave(waiting)
            raise

    def succeeded(self, number: int) -> None:
        """Learn from a call that was answered."""
        if self._is_open:
            return
        with self._lock:
            if self._pace.succeed(number):
                self._next = -math.inf
                self._grant()

    def congested(self, number: int, started: float, wait: float | None = None) -> None:
        """Learn from a call that met a rate limit.

        Args:
            number: The call; 0 for one that was not counted when it began.
            started: When it began, in monotonic seconds.
            wait: Seconds that the provider asked to wait, if it did.
        """
        if not self._adaptive:
            return
        with self._lock:
            now = self._clock.monotonic()
            self._is_open = False
            pause = self._pace.refuse(number or self._pace.begin(now), started, wait, now)
            self._next = max(self._next, now + pause)
            self._note(self._pace.rate(now), "the provider limits the rate")

    def _interval(self, now: float) -> float:
        """Return the seconds from the beginning of a call to that of the next one."""
        interval = max(self._given, self._pace.interval(now))
        self._is_open = not interval and not self._pace.limits
        self._note(self._pace.rate(now), "calls succeed")
        return interval

    def _begin(self, now: float) -> int:
        self._next += self._interval(now)
        return self._pace.begin(now)

    def _grant(self) -> None:
        """Give turns to those who wait, as far as there are any; with the lock held."""
        while self._waiting:
            now = self._clock.monotonic()
            interval = self._interval(now)
            self._next = min(max(self._next, now - _CATCH_UP), now + interval)  # a clock may jump
            delay = self._next - now
            if delay > _EARLY:
                if self._alarmed(self._next, delay):
                    return
                self._waiting.popleft()
            else:
                number = self._begin(now)
                self._waiting.popleft().wake(number)

    def _alarmed(self, at: float, delay: float) -> bool:
        """Make sure that somebody calls back when the next call may begin."""
        if self._alarm is None or at < self._alarm[1] - _EARLY or self._alarm[0].turn.get_loop().is_closed():
            head = self._waiting[0]
            self._alarm = (head, at) if head.later(delay, self._call_back) else None
        return self._alarm is not None

    def _call_back(self) -> None:
        with self._lock:
            self._alarm = None
            self._grant()

    def _leave(self, waiting: _Waiting) -> None:
        """Give up a turn, whether it has come or not."""
        with self._lock:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
            if self._alarm is not None and waiting is self._alarm[0]:
                self._alarm = None
            self._grant()

    def _note(self, rate: float, reason: str) -> None:
        """Tell of a rate that has changed notably."""
        if rate == self._noted or abs(rate - self._noted) < _NOTABLE * self._noted < math.inf:
            return
        self._noted = rate
        change = LimitChange(self._clock.now_ns(), self.requests_per_minute, reason)
        self._history.append(change)
        for loop, watcher in self._watchers:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(watcher, change)

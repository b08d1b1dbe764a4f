"""When calls may begin: at a rate that is given, and at one that is learned."""

from __future__ import annotations

import asyncio
import math
import threading
from collections import deque
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from attrs import define, frozen

from arize_async.scheduler.bound import Bound
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
        in_flight: The calls that are in flight at a time from then on, at most; None without a limit.
    """

    at_ns: int
    requests_per_minute: float | None
    reason: str
    in_flight: int | None = None


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
    """Lets calls begin, in their order, as fast as the provider takes them or as many at a time as it does.

    A call can always begin within a minute, so it cannot freeze. Safe between threads and event loops.
    """

    def __init__(self, clock: Clock, *, requests_per_minute: float | None = None, adaptive: bool = True) -> None:
        """Start without a limit beside the one that is given."""
        self._clock = clock
        self._given = 60 / requests_per_minute if requests_per_minute else 0.0
        self._adaptive = adaptive
        self._lock = threading.RLock()  # guards everything below; a call may be collected while its thread holds it
        self._pace = Pace(clock.monotonic())
        self._bound = Bound()
        self._is_open = not self._given  # whether every call may begin at once
        self._next = -math.inf  # when another call may begin
        self._waiting: deque[_Waiting] = deque()
        self._alarm: tuple[_Waiting, float] | None = None  # whose loop will call back, and when
        self._noted = self._noted_bound = math.inf
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
    def in_flight(self) -> int | None:
        """The calls that the provider takes at a time; None without a limit."""
        return None if math.isinf(self._noted_bound) else int(self._noted_bound)

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
            if self._waiting or self._bound.opens(now) > now:
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
            self._bound.succeed(number)
            self._ended(number)

    def ended(self, number: int) -> None:
        """Learn that a call ended in another way."""
        if self._is_open:
            return
        with self._lock:
            self._ended(number)

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
            now, pace = self._clock.monotonic(), self._pace
            self._is_open = False
            number = number or pace.begin(now)
            if self._bound.refuse(number, pace.begun, is_paced=pace.limits and not pace.has_grown(now)):
                if pace.limits:
                    pace.restart(now)
                    self._next = -math.inf
                self._note(now, "the provider limits the calls in flight")
            else:
                self._next = max(self._next, now + pace.refuse(number, started, wait, now))
                self._note(now, "the provider limits the rate")
            self._ended(number)

    def _ended(self, number: int) -> None:
        self._bound.end(number)
        self._grant()

    def _interval(self, now: float) -> float:
        """Return the seconds from the beginning of a call to that of the next one."""
        interval = max(self._given, self._pace.interval(now))
        self._is_open = not interval and not self._pace.limits and math.isinf(self._bound.limit)
        self._note(now, "calls succeed")
        return interval

    def _begin(self, now: float) -> int:
        self._next += self._interval(now)
        number = self._pace.begin(now)
        if not self._is_open:
            self._bound.begin(number, now)
        return number

    def _grant(self) -> None:
        """Give turns to those who wait, as far as there are any; with the lock held."""
        while self._waiting:
            now = self._clock.monotonic()
            interval = self._interval(now)
            self._next = min(max(self._next, now - _CATCH_UP), now + interval)  # a clock may jump
            at = max(self._next, self._bound.opens(now))
            if at - now > _EARLY:
                if self._alarmed(at, at - now):
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

    def _note(self, now: float, reason: str) -> None:
        """Tell of a limit that has changed notably."""
        rate, bound = self._pace.rate(now), self._bound.limit
        if not _differ(rate, self._noted) and not _differ(bound, self._noted_bound):
            return
        self._noted, self._noted_bound = rate, bound
        change = LimitChange(self._clock.now_ns(), self.requests_per_minute, reason, self.in_flight)
        self._history.append(change)
        for loop, watcher in self._watchers:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(watcher, change)


def _differ(new: float, old: float) -> bool:
    return new != old and not abs(new - old) < _NOTABLE * old < math.inf

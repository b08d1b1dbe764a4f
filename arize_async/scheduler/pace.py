"""How many calls a second a provider takes, learned from those that it refuses."""

from __future__ import annotations

import math
from collections import deque

from attrs import define

SURPLUS = 1.02
"""What is offered of what the provider takes: only who asks for a little more sees when it takes more."""
SAMPLE_CALLS, SAMPLE_SECONDS = 40, 0.25
"""What is measured, at least: so many calls that were taken, in so many seconds."""
SMALL_SAMPLE_CALLS, LONG_SAMPLE_SECONDS = 10, 10.0
"""Or fewer calls in a long time."""
ROWS = 128
IDLE = 5.0
"""Seconds without a call after which what was taken before says nothing."""
PATIENCE = 1.2
"""How much later than expected the next refusal has to be before the pace grows."""
DOUBLING = 1.5
"""Seconds in which it then doubles."""
SLOWEST_REACTION = 3
"""Calls that are made, at least, before it grows, and before it has doubled."""
DOUBLINGS = 4
"""After so many the provider is taken to have no limit any more."""
ROUNDED = 0.5
"""Seconds that calls may have waited for too long because ``Retry-After`` knows whole ones only."""
PROBES = 0.1
"""The space between two calls while all are refused, as a part of the time since the first of them."""
DECREASE = 0.8
"""What is left of the pace, at least, after calls that are refused at a time."""
LARGEST_DECREASE = 8
"""A provider that takes nothing may be closed for other reasons than calls that are too many."""
LONGEST_INTERVAL = 60.0


@define
class _Exhausted:
    """A time in which the provider took nothing: calls that it refused one after the other.

    Attributes:
        since: When the first of them began.
        rate: The calls that were allowed to begin in a second then.
        at: When the last of them began.
        number: Its number.
        taken: How many calls had been taken before.
        measured: Seconds over which the rate was measured that followed from it.
        is_over: Whether another call has begun since.
        is_start: Whether nothing was refused: that is where counting began.
    """

    since: float
    rate: float
    at: float
    number: int
    taken: int
    measured: float = 0.0
    is_over: bool = False
    is_start: bool = False


class Pace:
    """Seconds between the beginnings of two calls.

    Between two moments at which the provider took nothing more, it took just as many calls as it allows in that time,
    whether it counts in windows or fills a bucket. Slightly more than that are offered. While it refuses all calls,
    they become ever rarer; and when refusals stay away for longer than they should, the pace grows, ever faster.

    Calls are numbered in the order in which they begin. A call counts as taken until it is refused, so that nothing has
    to wait for its end. All times are monotonic seconds. Not safe between threads.
    """

    def __init__(self, now: float) -> None:
        """Start without a limit."""
        self.limits = False
        self.begun = 0
        self.latest = now  # when a call began without a limit
        self._refused = 0
        self._rate = math.inf
        self._set = 0.0  # when a call was refused last
        self._decided = 0  # calls up to this one began before the rate was set
        self._exhausted: deque[_Exhausted] = deque(maxlen=ROWS)
        self.restart(now)
        self._gap = 0.0  # between two calls while all are refused
        self._probes = 0  # that still keep to it

    def rate(self, now: float) -> float:
        """Return the calls that may begin in a second."""
        if not self._exhausted[-1].is_over:
            return self._rate
        self._set = min(self._set, now)  # a clock may jump
        late = now - self._set - max(PATIENCE * self._expected(), 0.5, SLOWEST_REACTION / self._rate)
        if late <= 0:
            return self._rate
        doublings = late / max(DOUBLING, SLOWEST_REACTION / self._rate)
        if doublings > DOUBLINGS:
            self._unlimit()
            return math.inf
        return self._rate * 2**doublings

    def has_grown(self, now: float) -> bool:
        """Return whether refusals stayed away for longer than expected."""
        return self.rate(now) > self._rate

    def interval(self, now: float) -> float:
        """Return the seconds from the beginning of a call now to that of the next one."""
        return min(max(1 / self.rate(now), self._gap), LONGEST_INTERVAL)

    def begin(self, now: float) -> int:
        """Count a call that begins, and return its number."""
        self.begun += 1
        self.latest = now
        last = self._exhausted[-1]
        if not last.is_over:
            last.is_over = True
            last.at = max(last.at, min(now, last.at + ROUNDED))
            self._set = now
        if self._probes:
            self._probes -= 1
            if not self._probes:
                self._gap = 0.0
        return self.begun

    def succeed(self, number: int) -> bool:
        """Learn that a call was answered; tell whether that ends a time in which all were refused."""
        if not self._gap or number <= self._exhausted[-1].number:
            return False
        self._gap, self._probes = 0.0, 0
        return True

    def refuse(self, number: int, started: float, wait: float | None, now: float) -> float:
        """Learn that a call was refused, and return the seconds until another one makes sense."""
        rate, self.limits = self.rate(now), True
        self._refused += 1
        self._set = now
        row = self._row(number, started, rate)
        if number > self._decided:
            self._decided = self.begun
            measured, seconds = self._measured()
            row.rate = row.rate if row.measured else min(row.rate, measured)
            row.measured = seconds
            least = max(row.rate / LARGEST_DECREASE, 0.0 if math.isinf(rate) else rate * DECREASE, 1 / LONGEST_INTERVAL)
            self._rate = min(rate, max(SURPLUS * measured, least))
        gap = PROBES * (row.at - row.since)
        self._gap, self._probes = gap if wait is None else min(gap, wait), 2
        return self._gap

    def _row(self, number: int, started: float, rate: float) -> _Exhausted:
        """Return the refused calls that this one belongs to, or begins."""
        exhausted = self._exhausted
        if number > exhausted[-1].number:
            exhausted.append(_Exhausted(started, rate, started, number, number - self._refused))
        else:  # calls may be refused in another order than they began in
            for each in reversed(exhausted):
                if each.number < number:
                    break
                each.taken -= 1
        if len(exhausted) > 1 and exhausted[-1].taken <= exhausted[-2].taken:
            last, row = exhausted.pop(), exhausted[-1]
            row.since = last.since if row.is_start else row.since
            row.at, row.number, row.is_over, row.is_start = last.at, last.number, False, False
        return exhausted[-1]

    def _measured(self) -> tuple[float, float]:
        """Return the calls that were taken in a second, and over how many seconds that was."""
        last = self._exhausted[-1]
        first = next((each for each in reversed(self._exhausted) if self._suffices(each)), self._exhausted[0])
        calls, seconds = last.taken - first.taken, last.at - first.at
        known = seconds > 0 and calls >= (SMALL_SAMPLE_CALLS if first.is_start else 1)
        return calls / seconds if known else math.inf, seconds

    def _suffices(self, first: _Exhausted) -> bool:
        last = self._exhausted[-1]
        calls = last.taken - first.taken
        return (calls >= SAMPLE_CALLS and last.at - first.at >= SAMPLE_SECONDS) or (
            calls >= SMALL_SAMPLE_CALLS and last.since - first.at >= LONG_SAMPLE_SECONDS
        )

    def _expected(self) -> float:
        """Return the seconds after which the provider is expected to refuse a call again."""
        return min(each.measured for each in list(self._exhausted)[-2:])

    def restart(self, now: float) -> None:
        """Forget everything but the numbers of calls."""
        self._unlimit()
        self._exhausted.clear()
        self._exhausted.append(_Exhausted(now, math.inf, now, self.begun, self.begun - self._refused, is_start=True))

    def _unlimit(self) -> None:
        self.limits = False
        self._rate, self._gap, self._probes = math.inf, 0.0, 0

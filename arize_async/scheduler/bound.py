"""How many calls a provider takes at a time, learned from those that it refuses."""

from __future__ import annotations

import math
from collections import deque

WINDOW, FEW = 32, 5
"""The calls that a refused one is compared with, and how many of them have to be new."""
DOUBTS = 3
"""How often refusals have to speak for a bound, one after the other, until there is one."""
CALLS, ROUNDS = 20, 2
"""What has to be answered before a bound is set or grows: so many calls, and so many for each in flight."""
DECREASES = (0.9, 0.7, 0.7)
"""What is left of a bound at which calls are refused that were taken before; then it is given up."""
LONGEST_WAIT = 60.0


class Bound:
    """The calls that may be in flight, for a provider that counts those and not the ones in a time.

    Such a provider refuses a call when more are in flight than with any that it takes. When that is so of three
    refusals one after the other, the bound is one less than were in flight. Then it grows by one, two, four and so on
    as long as nothing is refused, and falls back as soon as something is: once for all calls that began before, and no
    call begins until another one is answered. When calls are refused time and again though the bound has not grown, the
    provider counts something else, and the bound is given up.

    Only calls that it was told of when they began count. All times are monotonic seconds. Not safe between threads.
    """

    def __init__(self) -> None:
        """Start without a bound."""
        self.limit = math.inf
        self._running: dict[int, int] = {}  # how many were in flight when a call began, by its number
        self._recent: deque[tuple[int, int]] = deque(maxlen=WINDOW)  # the same of calls that were not refused
        self._latest = -math.inf  # when a call began
        self._decided = self._judged = self._set_at = 0  # calls that began before
        self._answered = 0  # since the bound was set or has grown
        self._doubts = 0
        self._step = 0  # by which the bound grew
        self._is_held = False

    def opens(self, now: float) -> float:
        """Return when a call may begin if none ends: calls that hang must not hold up all others."""
        is_full = len(self._running) >= self.limit or (self._is_held and self._running)
        return min(self._latest, now) + LONGEST_WAIT if is_full else now

    def begin(self, number: int, now: float) -> None:
        """Learn that a call begins."""
        self._latest = now
        self._running[number] = len(self._running) + 1
        self._recent.append((number, len(self._running)))

    def end(self, number: int) -> None:
        """Learn that a call ended, however it did, and after whatever else is said of it."""
        self._running.pop(number, None)

    def succeed(self, number: int) -> None:
        """Learn that a call was answered."""
        in_flight = self._running.get(number, 0)
        self._is_held = False
        if not in_flight or number <= self._set_at or math.inf > self.limit > in_flight + 1:
            return  # the bound held nothing back
        self._answered += 1
        if self._answered >= max(CALLS, ROUNDS * self.limit):
            self._answered = self._doubts = 0
            self._step = 2 * self._step or 1
            self.limit += self._step

    def refuse(self, number: int, begun: int, *, is_paced: bool) -> bool:
        """Learn that a call was refused.

        Args:
            number: The call.
            begun: The number of the last call that began.
            is_paced: Whether calls began no faster than the provider was seen to take them.

        Returns:
            Whether that is because of the calls in flight.
        """
        in_flight = self._running.get(number, 0)
        if (number, in_flight) in self._recent:
            self._recent.remove((number, in_flight))
        was_held, self._is_held = self._is_held, self.limit < math.inf
        if in_flight and number > self._decided and not was_held:
            self._decided = begun
            if self.limit < math.inf:
                self._shrink(number, in_flight)
            elif is_paced:
                self._suspect(number, in_flight)
        return self.limit < math.inf

    def _shrink(self, number: int, in_flight: int) -> None:
        if self._step and in_flight > self._most(number, self._set_at):
            self._set(min(in_flight, self.limit) - 1)
        elif self._doubts < len(DECREASES):
            self._set(min(self.limit - 1, self.limit * DECREASES[self._doubts]), self._doubts + 1)
        else:
            self._set(math.inf)

    def _suspect(self, number: int, in_flight: int) -> None:
        """Set a bound when there is reason to."""
        is_settled = self._answered >= max(CALLS, ROUNDS * in_flight)
        if not is_settled or sum(self._judged < each < number for each, _ in self._recent) < FEW:
            return
        self._judged = self._decided
        self._doubts = self._doubts + 1 if in_flight > self._most(number) else 0
        if self._doubts == DOUBTS:
            self._set(in_flight - 1)

    def _most(self, number: int, since: int = 0) -> int:
        """Return the most calls in flight with any that began before this one and was not refused."""
        return max((each for other, each in self._recent if since < other < number), default=0)

    def _set(self, limit: float, doubts: int = 0) -> None:
        self.limit = max(1, math.floor(limit)) if limit < math.inf else math.inf
        self._is_held = self.limit < math.inf
        self._set_at, self._answered, self._step, self._doubts = self._decided, 0, 0, doubts

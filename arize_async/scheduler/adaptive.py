"""How many calls a provider takes, learned from what it refuses."""

from __future__ import annotations

import math

DECREASE = 0.9
"""What is left of a limit that was hardly too high."""
LARGEST_DECREASE = 0.5
PLATEAU = 2.0
"""Seconds until a limit is back where it was refused; after as many again it is a tenth above, then it runs."""
EVENT, LONGEST_EVENT = 1.0, 5.0
"""Seconds in which refusals count as one: where the provider names no wait, and at most."""
HEADROOM = 1.25
"""How many calls may be in flight for each that begins while another one runs: calls do not all take the same time."""
LONGEST_INTERVAL = 60.0
_MEMORY = 1.0
_WEIGHT = 0.1


class AdaptiveLimit:
    """A number of calls in flight that follows the provider, and the pace that goes with it.

    There is no limit until the provider first refuses a call. Then it becomes what was taken lately, between a half and
    nine tenths of what it was; once for all refusals of calls that began before the wait was over. Until the next one
    it grows on a cubic curve: quickly to where it was, slowly around that, and ever faster beyond.

    Refused calls end early, so a limit alone would put ever more of them in their place. Therefore calls are also
    spread: as many begin in the time that one takes as the limit has, and fewer while they are refused. That is why the
    limit has fractions, and why it may be less than one.

    All times are monotonic seconds. Not safe between threads.
    """

    def __init__(self) -> None:
        """Start without a limit."""
        self.exact = math.inf
        self._refused_at = math.inf  # the limit that was too high
        self._since = -math.inf  # when the limit was set
        self._new = self._new_refused = 0  # calls since then
        self._event_end = -math.inf
        self._age = 0.0  # of the limit: seconds in which it bound calls that succeeded
        self._aged = 0.0
        self._most = 0
        self._seconds = 0.0  # that a call takes
        self._lately = self._lately_refused = 0.0  # calls, each of which fades within seconds
        self._faded = 0.0

    @property
    def calls(self) -> int | None:
        """The most calls in flight; None without a limit."""
        return None if math.isinf(self.exact) else max(1, min(int(self.exact), self._most))

    @property
    def interval(self) -> float:
        """Seconds between the beginnings of two calls."""
        if math.isinf(self.exact):
            return 0.0
        refusals = (self._lately + 1) / max(self._lately - self._lately_refused + 1, 1)
        return min(HEADROOM * (self._seconds or 1.0) / self.exact * refusals, LONGEST_INTERVAL)

    def begin(self, now: float, running: int) -> None:
        """Count a call that begins, the last of so many in flight."""
        self._most = max(self._most, running)
        self._new += 1
        self._fade(now)
        self._lately += 1

    def succeed(self, now: float, seconds: float, *, bound: bool) -> None:
        """Learn from a call that was answered after so many seconds; grow if the limit ``bound`` others."""
        self._seconds += (seconds - self._seconds) * (_WEIGHT if self._seconds else 1.0)
        if math.isinf(self.exact):
            return
        if bound or self.exact > self._most:
            self._age += min(1.0, max(0.0, now - self._aged))
            self.exact = self._refused_at * (1 + (1 - DECREASE) * (self._age / PLATEAU - 1) ** 3)
        self._aged = max(self._aged, now)
        if self.exact > 2 * HEADROOM * self._most:
            self.exact = math.inf

    def refuse(self, now: float, started: float, wait: float | None, running: int) -> bool:
        """Learn from a call that was refused; tell whether the limit has changed."""
        self._fade(now)
        self._lately_refused += 1
        self._new_refused += started > self._since
        if started <= self._event_end <= now + LONGEST_EVENT:
            return False
        self._event_end = self._aged = now + min(EVENT if wait is None else wait, LONGEST_EVENT)
        if self._is_shut(now, started):
            return False
        before = HEADROOM * (running + 1) if math.isinf(self.exact) else self.exact
        taken = (self._lately - self._lately_refused) / _MEMORY * self._seconds * HEADROOM
        self.exact = min(max(taken, before * LARGEST_DECREASE), before * DECREASE)
        self.exact = max(self.exact, self._seconds / LONGEST_INTERVAL)
        self._refused_at = self.exact / DECREASE
        self._age, self._since, self._new, self._new_refused = 0.0, now, 0, 0
        return True

    def _is_shut(self, now: float, started: float) -> bool:
        """Whether hardly a call was taken since the limit was set: the provider waits, and a lower one is no help."""
        if math.isinf(self.exact):
            return False
        before = self._new * (started - self._since) / max(now - self._since, 1e-9)
        return before < 1.1 * self._new_refused + 1

    def _fade(self, now: float) -> None:
        factor = math.exp(min(0.0, self._faded - now) / _MEMORY)
        self._lately, self._lately_refused, self._faded = self._lately * factor, self._lately_refused * factor, now

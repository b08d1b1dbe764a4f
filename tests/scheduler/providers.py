"""Ways in which providers limit their callers."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import deque


class Provider(ABC):
    """Takes calls or refuses them. Times are seconds from the first one on."""

    @abstractmethod
    def take(self, now: float) -> float | None:
        """Take a call, or return the seconds until another one makes sense."""

    def end(self) -> None:  # noqa: B027 - most count no ends
        """Learn that a call which was taken has ended."""

    @abstractmethod
    def change(self, factor: float) -> None:
        """Allow so many times more."""


class Rated(Provider):
    """Takes so many calls a second."""

    rate: float

    def change(self, factor: float) -> None:
        """Take more calls a second."""
        self.rate *= factor


class Bucket(Rated):
    """Fills at a rate a second, up to ``burst``; a call takes one out."""

    def __init__(self, rate: float, burst: float) -> None:
        """Begin with a full bucket."""
        self.rate = rate
        self._burst = self._tokens = max(1.0, burst)
        self._filled = 0.0

    def take(self, now: float) -> float | None:
        """Take a call that the bucket has a token for."""
        self._tokens = min(self._burst, self._tokens + (now - self._filled) * self.rate)
        self._filled = now
        if self._tokens < 1 - 1e-9:
            return (1 - self._tokens) / self.rate
        self._tokens -= 1
        return None


class Fixed(Rated):
    """Takes so many calls in each window, counted from its begin; callers come in the middle of one."""

    def __init__(self, rate: float, window: float) -> None:
        """Begin with nothing counted."""
        self.rate = rate
        self._window = window
        self._current, self._taken = -1, 0

    def take(self, now: float) -> float | None:
        """Take a call that fits into the window."""
        now += 0.3 * self._window
        current = math.floor(now / self._window + 1e-9)
        if current != self._current:
            self._current, self._taken = current, 0
        if self._taken >= round(self.rate * self._window):
            return (current + 1) * self._window - now
        self._taken += 1
        return None


class Log(Rated):
    """Takes so many calls in any window."""

    def __init__(self, rate: float, window: float) -> None:
        """Begin with nothing logged."""
        self.rate = rate
        self._window = window
        self._taken: deque[float] = deque()

    def take(self, now: float) -> float | None:
        """Take a call if those of the last window are fewer."""
        while self._taken and self._taken[0] <= now - self._window:
            self._taken.popleft()
        if len(self._taken) >= round(self.rate * self._window):
            return self._taken[0] + self._window - now
        self._taken.append(now)
        return None


class InFlight(Provider):
    """Takes so many calls at a time, and asks others to wait for a second."""

    def __init__(self, calls: float) -> None:
        """Begin with nothing in flight."""
        self._calls = calls
        self._running = 0

    def take(self, now: float) -> float | None:
        """Take a call if fewer are in flight."""
        if self._running >= max(1, round(self._calls)):
            return 1.0
        self._running += 1
        return None

    def end(self) -> None:
        """Give its place to another call."""
        self._running -= 1

    def change(self, factor: float) -> None:
        """Take more calls at a time."""
        self._calls *= factor

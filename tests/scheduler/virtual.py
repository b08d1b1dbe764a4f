"""Time that passes when everybody waits for it."""

from __future__ import annotations

import asyncio
import selectors
from typing import Any


class _Selector(selectors.DefaultSelector):
    """Moves the time of its loop instead of waiting."""

    now = 1000.0

    def select(self, timeout: float | None = None) -> Any:
        """Return what is ready; when nothing is, the wait is over at once."""
        events = super().select(0 if timeout is not None else None)
        if not events and timeout:
            self.now += timeout
        return events


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop, and a clock, in whose time an hour takes a moment."""

    jump = 0.0

    def __init__(self) -> None:
        """Start at a second that is not zero."""
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        """Return the time in seconds."""
        return self._virtual.now

    def monotonic(self) -> float:
        """Return the time of the clock, which a test may let jump."""
        return self.time() + self.jump

    def now_ns(self) -> int:
        """Return the time in nanoseconds."""
        return int(self.monotonic() * 1e9)


class TooManyRequests(Exception):
    """What clients of providers raise."""

    def __init__(self, retry_after: str | None) -> None:
        """Take the header."""
        super().__init__("slow down")
        self.status = 429
        self.headers = {} if retry_after is None else {"Retry-After": retry_after}

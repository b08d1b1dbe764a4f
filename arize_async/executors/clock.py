"""Time, injected: tests bring a clock of their own."""

from __future__ import annotations

import time
from typing import Protocol

from attrs import frozen


class Clock(Protocol):
    """Wall time for records, monotonic time for durations."""

    def now_ns(self) -> int:
        """Nanoseconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        ...


@frozen
class SystemClock:
    """The machine's clocks, without a function of ours around them: each call of user code asks a dozen times."""

    now_ns = staticmethod(time.time_ns)
    monotonic = staticmethod(time.perf_counter)

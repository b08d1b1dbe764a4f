"""Whether a collector takes spans, as far as its answers tell."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = Literal["taken", "busy", "large", "refused", "silence", "absent", "unsent"]
"""What a request met: success, a refusal that is worth another try, one for its size, any other, no answer, nobody who
could have answered; or that the spans could not even be written down."""

SILENT_SECONDS = 5.0
"""How long a collector may take nothing, be it silent or busy, before it counts as dead."""
LATE_SECONDS = 30.0
"""The same of one that has taken spans before, counted from the first deadline it missed: it may have much to do."""
BUSY_SECONDS = 60.0
"""The same of one that answers, has taken spans before, and takes none now."""


class Health:
    """What the requests of one run have met.

    Attributes:
        rejected: Spans of the last request that the collector did not take.
        last: What the spans that are offered now met.
        has_taken: Whether the collector has ever been there.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with a collector of which nothing is known; ``clock`` returns seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._began = clock()
        self._since: float | None = None
        self._answer: Answer = "unsent"
        self.has_taken = False
        self.rejected = 0
        self.last: Answer = "unsent"
        self.changed: Callable[[], None] = _nothing

    def __repr__(self) -> str:
        """Show the state."""
        return f"<Health {'dead' if self.is_dead else self._answer}>"

    def prepare(self) -> None:
        """Take notice of spans that are about to be offered."""
        self.last, self.rejected = "unsent", 0

    def begin(self) -> None:
        """Take notice of a request that is about to be sent."""
        with self._lock:
            self._began, self.rejected = self._clock(), 0
            is_first = self._since is None and not self.has_taken
            if is_first:  # one that has been there is given the time that a request may take
                self._since = self._began
        if is_first:
            self.changed()

    def met(self, answer: Answer, rejected: int = 0) -> None:
        """Take notice of what a request met."""
        with self._lock:
            self.last, self._answer, self.rejected = answer, answer, rejected
            if answer in {"taken", "large", "refused"}:  # either way it is there, and the next spans may be taken
                self._since = None
                self.has_taken = True
            elif self._since is None:
                self._since = self._clock() if answer == "silence" and self.has_taken else self._began
        self.changed()

    @property
    def is_dead(self) -> bool:
        """Whether spans need not wait for it: it has taken none for too long, or nobody has ever been there."""
        return self.patience <= 0

    @property
    def patience(self) -> float:
        """Seconds until it counts as dead if nothing changes; infinite while it does what it should."""
        since = self._since
        if since is None:
            return math.inf
        if self._answer == "absent" and not self.has_taken:
            return 0.0
        limits: dict[Answer, float] = {"busy": BUSY_SECONDS, "silence": LATE_SECONDS} if self.has_taken else {}
        return since + limits.get(self._answer, SILENT_SECONDS) - self._clock()


def _nothing() -> None:
    """Tell nobody."""

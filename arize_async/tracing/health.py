"""Whether a collector takes spans, as far as its answers tell."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = Literal["taken", "busy", "large", "refused", "silence"]
"""What a request met: success, a refusal that is worth another try, one for its size, any other, or no answer."""

SILENT_SECONDS = 5.0
"""How long a collector that was there may be silent before it counts as dead."""
BUSY_SECONDS = 60.0
"""The same of one that answers, and takes nothing."""
HOPELESS_SECONDS = 0.7
"""How long one that never took anything may be silent at the end of a run: the first retry comes after 0.8 s."""


class Health:
    """What the requests of one run have met.

    Attributes:
        rejected: Spans of the last request that the collector did not take.
        last: What the last request met.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with a collector of which nothing is known; ``clock`` returns seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._began = clock()
        self._since: float | None = None
        self._has_taken = False
        self.rejected = 0
        self.last: Answer = "taken"
        self.changed: Callable[[], None] = _nothing

    def __repr__(self) -> str:
        """Show the state."""
        return f"<Health {'dead' if self.is_dead else self.last}>"

    def begin(self) -> None:
        """Take notice of a request that is about to be sent."""
        self._began = self._clock()
        self.rejected = 0

    def met(self, answer: Answer, rejected: int = 0) -> None:
        """Take notice of what a request met."""
        with self._lock:
            self.last, self.rejected = answer, rejected
            if answer in {"taken", "large", "refused"}:  # either way it is there, and the next spans may be taken
                self._since = None
                self._has_taken = True
            elif self._since is None:
                self._since = self._began
        self.changed()

    @property
    def is_dead(self) -> bool:
        """Whether spans need not wait for it: it has not taken any for too long."""
        return self._failing > (BUSY_SECONDS if self.last == "busy" else SILENT_SECONDS)

    @property
    def is_hopeless(self) -> bool:
        """Whether it is not worth to wait at the end of a run."""
        if self.last == "busy":
            return self._failing > BUSY_SECONDS
        return self._failing > (SILENT_SECONDS if self._has_taken else HOPELESS_SECONDS)

    @property
    def _failing(self) -> float:
        since = self._since
        return 0.0 if since is None else self._clock() - since


def _nothing() -> None:
    """Tell nobody."""

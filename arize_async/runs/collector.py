"""The garbage collector of the process, which a run would keep busy with objects that it needs.

Calls in flight hold some dozens of objects each. Python looks through the young ones after every few hundred new ones,
and finds nothing: that was a third of the time that the event loop of a run worked. A look at all objects takes some
tens of milliseconds, and came while results were read for their upload.
"""

from __future__ import annotations

import gc
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Generator

PATIENCE: Final = 100_000
"""New objects after which the collector looks, for the time of a run."""


class PatientCollector:
    """Makes the collector look less often while there is at least one run, and then as often as before."""

    def __init__(self) -> None:
        """Change nothing yet."""
        self._lock = threading.Lock()
        self._runs = 0
        self._before = (0, 0, 0)

    @contextmanager
    def patient(self) -> Generator[None]:
        """Hold for the time of the block; a process that has set itself more patience keeps it."""
        with self._lock:
            self._runs += 1
            if self._runs == 1:
                self._begin()
        try:
            yield
        finally:
            with self._lock:
                self._runs -= 1
                if not self._runs:
                    self._end()

    def _begin(self) -> None:
        self._before = gc.get_threshold()
        if 0 < self._before[0] < PATIENCE:
            gc.set_threshold(PATIENCE, *self._before[1:])

    def _end(self) -> None:
        if gc.get_threshold() == (PATIENCE, *self._before[1:]):  # nobody has changed it meanwhile
            gc.set_threshold(*self._before)


COLLECTOR: Final = PatientCollector()
"""There is one collector in a process, so there is one of these."""

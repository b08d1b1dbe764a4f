"""What came through, in the order of its arrival."""

from __future__ import annotations

from threading import Lock


class Journal:
    """Collects entries from all threads.

    Attributes:
        entries: JSON objects with a ``kind``: ``step``, ``outcome``, ``rest``, ``flight`` or ``otlp``.
    """

    def __init__(self) -> None:
        """Hold nothing yet."""
        self.entries: list[dict[str, object]] = []
        self._lock = Lock()

    def add(self, kind: str, **fields: object) -> None:
        """Add an entry."""
        with self._lock:
            self.entries.append({"kind": kind, **fields})

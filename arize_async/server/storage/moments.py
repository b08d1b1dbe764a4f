"""Moments as they are stored: microseconds since the epoch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CHANGED = "CASE WHEN created_us = $1 AND updated_us = $1 THEN $1 ELSE greatest($1, updated_us + 1000000) END"
"""SQL for the moment of a change of a row, where ``$1`` is now: now, and at least a second after the one before.

Clients cache by ``updated_at`` with a resolution of one second (wire contract 6.4). What the transaction that made a
resource does to it is part of making it.
"""


def to_datetime(microseconds: int) -> datetime:
    """Return the moment in UTC.

    >>> to_datetime(1_500_000).isoformat()
    '1970-01-01T00:00:01.500000+00:00'
    """
    return _EPOCH + timedelta(microseconds=microseconds)

"""Moments as they are stored: microseconds since the epoch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000


def to_datetime(microseconds: int) -> datetime:
    """Return the moment in UTC.

    >>> to_datetime(1_500_000).isoformat()
    '1970-01-01T00:00:01.500000+00:00'
    """
    return _EPOCH + timedelta(microseconds=microseconds)


def after(created: int, updated: int, now: int) -> int:
    """Return the moment of a change: now, and at least a second after the one before.

    Clients cache by ``updated_at`` with a resolution of one second (wire contract 6.4). What the transaction that made
    a resource does to it is part of making it.
    """
    return now if created == updated == now else max(now, updated + SECOND)

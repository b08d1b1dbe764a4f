"""Ids that the server gives."""

from __future__ import annotations

import secrets
import string

from arize_async.wire.ids import resource_id

_ALPHABET = string.ascii_letters + string.digits
_COUNTER_BITS = 48


def new_resource_id(kind: str, number: int) -> str:
    """Return a global id; its random suffix differs after a reset, so that nobody takes stale data for current."""
    return resource_id(kind, number, "".join(secrets.choice(_ALPHABET) for _ in range(4)))


def run_id_block(milliseconds: int) -> tuple[str, int]:
    """Return prefix and first counter of a block of UUIDv7: ids are the prefix and the counter as 12 hex digits.

    Within a block the counter orders the ids (RFC 9562, 6.2, method 2); between blocks the time does.
    """
    time_bits = f"{milliseconds:012x}"
    prefix = f"{time_bits[:8]}-{time_bits[8:]}-7{secrets.randbits(12):03x}-{0x8000 | secrets.randbits(14):04x}-"
    return prefix, secrets.randbits(_COUNTER_BITS - 1)

"""Global ids (wire contract 3.1)."""

from __future__ import annotations

import base64
import binascii


def is_resource_id(value: str) -> bool:
    """Tell an id from a name: padded standard base64 of UTF-8 text that contains a colon.

    >>> is_resource_id("U3BhY2U6MTpBYkNk"), is_resource_id("my-dataset")
    (True, False)
    """
    try:
        return ":" in base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeError, ValueError):
        return False


def resource_id(kind: str, number: int, suffix: str) -> str:
    """Build an id from the type word, a number and a short suffix.

    >>> resource_id("Space", 1, "AbCd")
    'U3BhY2U6MTpBYkNk'
    """
    return base64.b64encode(f"{kind}:{number}:{suffix}".encode()).decode()

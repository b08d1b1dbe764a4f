"""Global ids (wire contract 3.1)."""

from __future__ import annotations

import base64
import binascii
import re

_ID = re.compile(rb"[A-Za-z_]\w*:[!-~]+")


def is_resource_id(value: str) -> bool:
    """Tell an id from a name: padded standard base64 of a word, a colon and something visible.

    The official SDK takes any text with a colon, and so names such as ``Zm86`` for ids (wire contract 12, 30).

    >>> is_resource_id("U3BhY2U6MTpBYkNk"), is_resource_id("my-dataset"), is_resource_id("Zm86")
    (True, False, False)
    """
    try:
        return _ID.fullmatch(base64.b64decode(value, validate=True)) is not None
    except (binascii.Error, ValueError):
        return False


def resource_id(kind: str, number: int, suffix: str) -> str:
    """Build an id from the type word, a number and a short suffix.

    >>> resource_id("Space", 1, "AbCd")
    'U3BhY2U6MTpBYkNk'
    """
    return base64.b64encode(f"{kind}:{number}:{suffix}".encode()).decode()

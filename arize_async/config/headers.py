"""Rules for the headers that a user adds to every request (wire contract 1.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from arize_async.errors import InvalidDefaultHeadersError

RESERVED = frozenset(
    {
        "authorization",
        "sdk-language",
        "language-version",
        "sdk-version",
        "sdk-package-name",
        "origin",
        "auth-token-bin",
    }
)
FRAMING = frozenset({"content-length", "transfer-encoding"})
"""What says where a body ends: a constant one would tear requests apart."""

_PREFIX = "grpc-metadata-"


def check_default_headers(headers: object) -> dict[str, str]:
    """Return a copy of ``headers`` when each of them can be sent.

    Raises:
        InvalidDefaultHeadersError: A key or a value is not text that fits a header, or the key is the SDK's own.
    """
    if not isinstance(headers, Mapping):
        raise InvalidDefaultHeadersError(
            f"default_headers is a mapping of names to values, got {type(headers).__name__}"
        )
    given = dict(cast("Mapping[str, str]", headers))
    for key, value in given.items():
        problem = _problem(key, value)
        if problem:
            raise InvalidDefaultHeadersError(f"default_headers[{key!r}]: {problem}")
    return given


def _problem(key: object, value: object) -> str:
    if not isinstance(key, str) or not isinstance(value, str):
        return f"keys and values are strings, got {type(key).__name__} and {type(value).__name__}"
    if not key:
        return "the key is empty"
    if any(character in "\r\n\0" for character in key + value):
        return "a line break or NUL cannot be part of a header"
    if not key.isascii() or any(character.isspace() or character == ":" for character in key):
        return "a key is ASCII without white space and colons"
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return "a value is Latin-1 text"
    lowered = key.lower()
    if lowered.startswith(_PREFIX) or lowered in RESERVED | FRAMING:
        return "this header is set by the SDK itself"
    return ""

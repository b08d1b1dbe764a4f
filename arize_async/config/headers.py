"""Rules for the headers that a user adds to every request (wire contract 1.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.errors import InvalidDefaultHeadersError

if TYPE_CHECKING:
    from collections.abc import Mapping

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
_PREFIX = "grpc-metadata-"


def check_default_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return a copy of ``headers`` when each of them can be sent.

    Raises:
        InvalidDefaultHeadersError: A key or a value is not text that fits a header, or the key is the SDK's own.
    """
    for key, value in headers.items():
        problem = _problem(key, value)
        if problem:
            raise InvalidDefaultHeadersError(f"default_headers[{key!r}]: {problem}")
    return dict(headers)


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
    if lowered.startswith(_PREFIX) or lowered in RESERVED:
        return "this header is set by the SDK itself"
    return ""

"""What differs between any two sessions, made equal: ids, times, cursors and versions."""

from __future__ import annotations

import base64
import json
import re
from typing import Any
from urllib.parse import quote, unquote

_GLOBAL_ID = re.compile(r"(?<![A-Za-z0-9%])[A-Za-z0-9]{12,}(?:=|%3D){0,2}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TRACE = re.compile(r"\b[0-9a-f]{32}\b")
_DECODED = re.compile(r"(?P<word>[A-Za-z]+):\d+:\w+")
_CURSOR = re.compile(r"(?<=\bcursor=)[^&]+")
_VERSION = re.compile(r"\b\d+\.\d+[.\w]*\b")
_TIME = re.compile(r"(^|\.)(latency|timestamp|created_at|updated_at)$")
_VERSIONED = {"user-agent", "sdk-version", "language-version"}
_OF_THE_CONNECTION = {"host", "content-length", "connection"}
_OF_THE_PROCESS = {"cursor": "<cursor>", "exception.stacktrace": "<stacktrace>"}


class Normal:
    """Replaces what differs, numbering ids in the order of their first appearance."""

    def __init__(self) -> None:
        """Know no id yet."""
        self._numbers: dict[str, dict[str, int]] = {}
        self._uuids: dict[str, int] = {}

    def of_step(self) -> Normal:
        """Return one for a step: UUIDs are numbered anew, as one session may have met some that the other has not."""
        step = Normal()
        step._numbers = self._numbers
        return step

    def text(self, text: str) -> str:
        """Replace ids inside a text."""
        found = _GLOBAL_ID.sub(lambda match: self._global_id(match[0]), text)
        found = _UUID.sub(lambda match: f"<uuid {self._uuids.setdefault(match[0], len(self._uuids) + 1)}>", found)
        return _TRACE.sub("<trace>", found)

    def query(self, text: str) -> str:
        """Replace ids and the cursor inside a query."""
        return self.text(_CURSOR.sub("<cursor>", text))

    def value(self, value: Any, name: str = "") -> Any:
        """Replace ids, times and the cursor inside a JSON value; JSON text inside of it is parsed."""
        if isinstance(value, dict):
            return {self.text(key): self.value(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [self.value(item, name) for item in value]
        if _TIME.search(name) and value is not None:
            return f"<{type(value).__name__}>"
        if isinstance(value, str):
            return _OF_THE_PROCESS.get(name) or self._inside(value)
        return value

    def headers(self, headers: list[list[str]]) -> dict[str, str]:
        """Replace versions and ids; a header that comes twice shows both values."""
        found: dict[str, str] = {}
        for name, given in headers:
            value = _VERSION.sub("<version>", given) if name in _VERSIONED else self.text(given)
            if name not in _OF_THE_CONNECTION:
                found[name] = f"{found[name]}, {value}" if name in found else value
        return found

    def _inside(self, text: str) -> Any:
        parsed = parsed_object(text)
        return self.text(text) if parsed is None else {"<JSON text>": self.value(parsed)}

    def _global_id(self, text: str) -> str:
        plain = unquote(text)
        try:
            decoded = _DECODED.fullmatch(base64.b64decode(plain, validate=True).decode())
        except ValueError:
            return text
        if decoded is None or text not in {plain, quote(plain, safe="")}:
            return text
        return self._numbered(decoded["word"], plain)

    def _numbered(self, word: str, text: str) -> str:
        numbers = self._numbers.setdefault(word, {})
        return f"<{word} {numbers.setdefault(text, len(numbers) + 1)}>"


def parsed_object(text: str) -> Any:
    """Return the object or list that a text is the JSON of, or None."""
    if text[:1] not in {"{", "["}:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def style(text: str) -> str | None:
    """Tell whether JSON text has spaces, or None when there is no place for any."""
    parsed = json.loads(text)
    spaced = {json.dumps(parsed, ensure_ascii=ascii_only) for ascii_only in (True, False)}
    dense = {json.dumps(parsed, separators=(",", ":"), ensure_ascii=ascii_only) for ascii_only in (True, False)}
    if spaced & dense:
        return None
    return "with spaces" if text in spaced else "without spaces" if text in dense else "in another way"


def escapes(text: str) -> str | None:
    """Tell how JSON text has the characters beyond ASCII, or None when it has none."""
    if not text.isascii():
        return "UTF-8"
    return "escaped" if "\\u" in text else None


def styles(value: Any) -> list[str]:
    """Tell how the JSON texts inside of a value are written."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return sorted({found for item in value for found in styles(item)})
    if not isinstance(value, str) or parsed_object(value) is None:
        return []
    found = style(value)
    return [found] if found else []

"""How large spans are, and smaller ones for collectors that do not take them whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from opentelemetry.trace import Status

from arize_async.tracing.content import copied_span

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.util.types import AttributeValue

TRUNCATED = "arize.truncated"
"""An attribute of spans whose texts were cut because the collector did not take them whole."""
_EMPTY_SPAN, _EMPTY_VALUE, _MOST_TEXT, _MOST_BYTES = 500, 8, 10_000, 1024 * 1024


def size_of(span: ReadableSpan) -> int:
    """Estimate the bytes of a span: its texts, and something for the rest."""
    size = _EMPTY_SPAN
    for value in (span.attributes or {}).values():
        size += len(value) if isinstance(value, str) and value.isascii() else _size(value)
    for event in span.events:
        size += _size(event.attributes)
    return size if span.status.description is None else size + _size(span.status.description)


def cut(span: ReadableSpan) -> ReadableSpan | None:
    """Return a span without the most of its texts, or None when it is that already."""
    attributes = span.attributes or {}
    if attributes.get(TRUNCATED):
        return None
    left, kept = _MOST_BYTES, dict[str, "AttributeValue"]()
    for key, value in attributes.items():
        short = value[:_MOST_TEXT] if isinstance(value, (str, bytes, tuple)) else value
        size = len(key) + _size(short)
        if size <= left:
            kept[key] = cast("AttributeValue", short)
            left -= size
    description = span.status.description
    status = Status(span.status.status_code, description and description[:_MOST_TEXT])
    return copied_span(span, attributes={**kept, TRUNCATED: True}, events=(), status=status)


def _size(value: object) -> int:
    if isinstance(value, str):
        return len(value) if value.isascii() else 4 * len(value)
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value)
        return sum(_size(key) + _size(item) for key, item in items.items())
    if isinstance(value, Sequence):
        return sum(_EMPTY_VALUE + _size(item) for item in cast("Sequence[object]", value))
    return _EMPTY_VALUE

"""The spans of traces as rows of a waterfall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import orjson
from attrs import frozen

from arize_async.server.storage.traces import StoredSpan

if TYPE_CHECKING:
    from collections.abc import Iterable


_KIND = "openinference.span.kind"
_LEVELS = 12


@frozen
class Row:
    """A span.

    Attributes:
        level: How deep it stands below the root; deep ones count as 12.
        x: Where it begins, in percent of the whole.
        width: How long it took, in percent of the whole.
        milliseconds: How long it took.
        kind: Of OpenInference, or the span's own.
    """

    span: StoredSpan
    level: int
    x: float
    width: float
    milliseconds: float
    kind: str
    attributes: Mapping[str, object]
    events: Sequence[Mapping[str, object]]

    @property
    def has_failed(self) -> bool:
        """Whether the span says so."""
        return self.span.status == "ERROR"


def waterfall(spans: Iterable[StoredSpan]) -> list[Row]:
    """Return the spans of one trace, each below its parent; one whose parent is not there stands at the root."""
    by_id = {span.span_id: span for span in spans}
    if not by_id:
        return []
    start = min(span.start_ns for span in by_id.values())
    whole = max(max(span.end_ns for span in by_id.values()) - start, 1)
    children: dict[str | None, list[StoredSpan]] = {}
    for span in by_id.values():
        children.setdefault(span.parent_id if span.parent_id in by_id else None, []).append(span)
    rows: list[Row] = []
    waiting = [(span, 0) for span in reversed(children.pop(None, []))]
    while waiting:
        span, level = waiting.pop()
        rows.append(_row(span, level, start, whole))
        waiting += [(child, level + 1) for child in reversed(children.pop(span.span_id, []))]
    # spans that are each other's parents are below no root
    rows += [_row(span, 0, start, whole) for group in children.values() for span in group]
    return rows


def _row(span: StoredSpan, level: int, start: int, whole: int) -> Row:
    attributes: Mapping[str, object] = orjson.loads(span.attributes)
    length = max(span.end_ns - span.start_ns, 0)
    return Row(
        span=span,
        level=min(level, _LEVELS),
        x=100 * (span.start_ns - start) / whole,
        width=max(100 * length / whole, 0.3),
        milliseconds=length / 1e6,
        kind=str(attributes.get(_KIND) or span.kind),
        attributes=attributes,
        events=orjson.loads(span.events),
    )

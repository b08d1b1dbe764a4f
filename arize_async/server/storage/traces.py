"""Spans, by project.

A span that an exporter sends twice is stored twice: who reads takes one row per span id.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

import attrs
import pyarrow as pa
from attrs import frozen

from arize_async.server.storage import spaces
from arize_async.server.storage.ids import new_resource_id
from arize_async.server.storage.refusals import missing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from arize_async.server.storage.transaction import Transaction

_SIGNED_64_BITS = 2**63 - 1


@frozen(kw_only=True)
class StoredSpan:
    """A span; ids are lower-case hex, times are nanoseconds since the epoch, the last four are JSON."""

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    kind: str
    start_ns: int = attrs.field(converter=lambda moment: min(moment, _SIGNED_64_BITS))
    end_ns: int = attrs.field(converter=lambda moment: min(moment, _SIGNED_64_BITS))
    status: str
    status_message: str | None
    scope: str
    attributes: str
    events: str
    links: str
    resource: str


_NAMES = tuple(attrs.fields_dict(StoredSpan))
_VALUES = attrgetter(*_NAMES)
_SCHEMA = pa.schema(
    [
        ("owner_no", pa.int64()),
        ("seq", pa.int64()),
        *((name, pa.int64() if name.endswith("_ns") else pa.string()) for name in _NAMES),
    ]
)


def add(transaction: Transaction, space_id: str, spans: Mapping[str, Sequence[StoredSpan]]) -> None:
    """Store spans by the name of their project; a project that is new is made.

    Args:
        transaction: Where to write.
        space_id: The space; empty means the oldest one.
        spans: Project name to spans.

    Raises:
        NotFound: The space is not known.
    """
    space = _space(transaction, space_id)
    projects = {name: _project(transaction, space, name) for name, group in spans.items() if group}
    rows = [(projects[name], span) for name, group in spans.items() for span in group]
    if not rows:
        return
    first = transaction.take("row", len(rows))
    values = zip(*((project, seq, *_VALUES(span)) for seq, (project, span) in enumerate(rows, first)), strict=True)
    transaction.append("spans", pa.table(dict(zip(_SCHEMA.names, values, strict=True)), schema=_SCHEMA))


def of_traces(transaction: Transaction, space: int, traces: Sequence[str], limit: int) -> list[StoredSpan]:
    """Return spans of some traces of a space, by their start, each once."""
    names = ", ".join(_NAMES)
    sql = (
        f"SELECT {names} FROM spans WHERE list_contains(?::VARCHAR[], trace_id)"  # noqa: S608 - our own names
        " AND owner_no IN (SELECT no FROM projects WHERE space_no = ?)"
        " QUALIFY row_number() OVER (PARTITION BY trace_id, span_id ORDER BY seq) = 1"
        " ORDER BY start_ns, seq LIMIT ?"
    )
    rows = transaction.all(sql, list(traces), space, limit)
    return [StoredSpan(**dict(zip(_NAMES, row, strict=True))) for row in rows]


def _space(transaction: Transaction, space_id: str) -> int:
    if space_id:
        return spaces.number_of(transaction, space_id)
    row = transaction.one("SELECT no FROM spaces ORDER BY no LIMIT 1")
    if row is None:
        raise missing("a space")
    return row[0]


def _project(transaction: Transaction, space: int, name: str) -> int:
    row = transaction.one("SELECT no FROM projects WHERE space_no = ? AND name = ?", space, name)
    if row:
        return row[0]
    number = transaction.take("number")
    transaction.insert(
        "projects",
        no=number,
        id=new_resource_id("Project", number),
        space_no=space,
        name=name,
        created_us=transaction.now,
    )
    return number

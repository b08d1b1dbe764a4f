"""All pages of a search as one Arrow table, as Flight gives all rows: its only way to take a filter is REST."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa

from arize_async.errors import InvalidResponse, InvalidRows
from arize_async.resources.cells import reader_of_rows
from arize_async.resources.columns import Column
from arize_async.resources.portable import portable_batch
from arize_async.wire.arrow import text_column
from arize_async.wire.codec import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

_PARTS = ("score", "label", "text")
_MOMENTS = ("created_at", "updated_at")


class GatheredRows:
    """Rows of JSON that become Arrow data page by page, so that only one page of them is ever made of objects."""

    def __init__(self, fixed: Sequence[str]) -> None:
        """Begin with the columns that are there without any row."""
        self._fixed = tuple(fixed)
        self._batches: list[pa.RecordBatch] = []

    def add(self, items: object) -> int:
        """Take the items of a page and return how many they are.

        Raises:
            InvalidResponse: They are no list of objects.
        """
        try:
            rows = [_flat(item) for item in decode(list[dict[str, object]], items)]
        except ValueError as error:
            raise InvalidResponse(f"the items of a page: {error}") from None
        names = dict.fromkeys(self._fixed) | dict.fromkeys(name for row in rows for name in row)
        reader = reader_of_rows(rows, [Column(name, name) for name in names])
        self._batches += [batch for batch in reader if batch.num_rows]
        return len(rows)

    def table(self) -> pa.Table:
        """Return all rows; a column whose pages have no type in common is text, JSON where it was not text."""
        names = dict.fromkeys(self._fixed) | dict.fromkeys(
            name for batch in self._batches for name in batch.schema.names
        )
        return pa.table(cast("Any", {name: self._column(name) for name in names}))

    def _column(self, name: str) -> pa.ChunkedArray[Any]:
        parts: list[pa.Array[Any]] = [
            batch.column(name) if name in batch.schema.names else pa.nulls(batch.num_rows) for batch in self._batches
        ]
        if name in _MOMENTS:
            return _moments(parts)
        kind = _common([part.type for part in parts] + [pa.string()] * (name in self._fixed))
        try:
            return pa.chunked_array([_cast(part, kind) for part in parts], cast("Any", kind))
        except InvalidRows:
            return pa.chunked_array([text_column(part) for part in parts], pa.string())


def _flat(item: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its human annotations as columns, as Flight names them."""
    row = {name: value for name, value in item.items() if name != "annotations"}
    for note in decode(list[dict[str, object]], item.get("annotations") or []):
        values = {part: note.get(part) for part in _PARTS if note.get("name")}
        row |= {f"annotation.{note['name']}.{part}": value for part, value in values.items() if value is not None}
    return row


def _common(kinds: list[pa.DataType]) -> pa.DataType:
    schemas = [pa.schema([("column", kind)]) for kind in dict.fromkeys(kinds)]
    try:
        return pa.unify_schemas(schemas, promote_options="permissive").field(0).type
    except pa.ArrowException:
        return pa.string()


def _cast(part: pa.Array[Any], kind: pa.DataType) -> pa.Array[Any]:
    if kind == pa.string():
        return text_column(part)
    batch = pa.RecordBatch.from_arrays([part], ["column"])
    return portable_batch(batch, pa.schema([("column", kind)])).column(0)


def _moments(parts: list[pa.Array[Any]]) -> pa.ChunkedArray[Any]:
    """Return dates as Flight gives them: milliseconds since the epoch."""
    texts: Any = pa.chunked_array(parts, pa.string())
    try:
        return texts.cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("ms", "UTC"), safe=False).cast(pa.int64())
    except pa.ArrowException:
        return texts

"""Rows given as dicts, as Arrow data: one type for each column, found by looking at every cell first."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
from attrs import frozen

from arize_async.errors import InvalidRows
from arize_async.resources.columns import text_of
from arize_async.resources.portable import portable, portable_batch, portable_schema
from arize_async.wire.arrow import is_json_text_column

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from arize_async.resources.columns import Column

Cells = list[Any]

_BATCH_ROWS = 10_000
_NONE = type(None)
_FLAT = frozenset({str, bool, int, float, _NONE})
_EXACT_AS_DOUBLE = 2**53
_FAILURES = (pa.ArrowException, OverflowError, TypeError, ValueError)


@frozen
class _ArrowColumn:
    """How the cells of one column become Arrow data, any part of them alone."""

    source: str
    kind: pa.DataType
    part: Callable[[Cells, int], pa.Array[Any]]


def reader_of_rows(rows: Sequence[Mapping[str, object]], columns: Sequence[Column]) -> pa.RecordBatchReader:
    """Return the columns of rows as Arrow data, converted as it is read; a missing key is null.

    A column whose values Arrow cannot hold together becomes text, JSON where a value is not text.

    Raises:
        InvalidRows: A column holds bytes.
    """
    planned = [_planned(column, cells_of(rows, column.source)) for column in columns]
    schema = pa.schema([(column.target, plan.kind) for column, plan in zip(columns, planned, strict=True)])

    def batches() -> Iterator[pa.RecordBatch]:
        for start in range(0, len(rows), _BATCH_ROWS):
            some = rows[start : start + _BATCH_ROWS]
            arrays = [plan.part(cells_of(some, plan.source), start) for plan in planned]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    return pa.RecordBatchReader.from_batches(schema, batches())


def cells_of(rows: Sequence[Mapping[str, object]], name: str) -> Cells:
    """Return one cell of each row; a missing key is None."""
    try:
        return list(map(itemgetter(name), rows))
    except KeyError:
        return [row.get(name) for row in rows]


def _planned(column: Column, cells: Cells) -> _ArrowColumn:
    name, kinds = column.source, set(map(type, cells))
    if any(issubclass(kind, (bytes, bytearray, memoryview)) for kind in kinds):
        raise InvalidRows(f"columns of bytes cannot be stored: {name}; decode them to text first")
    if column.text == "always":
        return _text(name, is_output=True)
    nested = column.text == "nested" and not kinds <= _FLAT
    if nested or (is_json_text_column(column.target) and kinds & {dict, list}):
        return _text(name)
    kind = _flat_type(kinds, cells)
    if kind is not None:
        return _text(name) if kind == pa.string() else _ArrowColumn(name, kind, lambda some, _: _array(some, kind))
    return _whole(name, cells) or _text(name)


def _flat_type(kinds: set[type], cells: Cells) -> pa.DataType | None:
    """Return the type of a column for which a look at the Python types is enough."""
    for known, kind in _SIMPLE:
        if kinds <= known:
            return kind
    if kinds <= {int, _NONE}:
        low, high = _extent(cells)
        return pa.int64() if low >= -(2**63) and high < 2**63 else None
    if kinds <= {int, float, _NONE}:
        low, high = _extent([cell for cell in cells if type(cell) is int])
        return pa.float64() if max(-low, high) <= _EXACT_AS_DOUBLE else pa.string()
    return None


_SIMPLE: tuple[tuple[set[type], pa.DataType], ...] = (
    ({_NONE}, pa.null()),
    ({str, _NONE}, pa.string()),
    ({float, _NONE}, pa.float64()),
    ({bool, _NONE}, pa.bool_()),
)


def _extent(cells: Cells) -> tuple[int, int]:
    known = [cell for cell in cells if cell is not None]
    return min(known, default=0), max(known, default=0)


def _whole(name: str, cells: Cells) -> _ArrowColumn | None:
    """Convert a column at once, when Arrow can hold it: only then is its type known."""
    try:
        array = cast("pa.Array[Any]", pa.array(cells, from_pandas=True))
    except _FAILURES:
        return None
    schema = portable_schema(pa.schema([(name, array.type)]))
    if not _is_writable(schema.field(0).type):
        return None
    plain = portable_batch(pa.RecordBatch.from_arrays([array], [name]), schema).column(0)
    return _ArrowColumn(name, plain.type, lambda some, start: plain.slice(start, len(some)))


def _is_writable(kind: pa.DataType) -> bool:
    # Arrow has a type for objects without properties, and hardly anything that reads it
    if isinstance(kind, pa.StructType):
        return kind.num_fields > 0 and all(_is_writable(field.type) for field in kind.fields)
    return _is_writable(kind.value_type) if isinstance(kind, pa.ListType) else portable(kind) == kind


def _array(cells: Cells, kind: pa.DataType) -> pa.Array[Any]:
    return cast("pa.Array[Any]", pa.array(cells, kind, from_pandas=True))


def _text(name: str, *, is_output: bool = False) -> _ArrowColumn:
    def part(cells: Cells, start: int) -> pa.Array[Any]:
        del start
        try:
            return cast("pa.Array[Any]", pa.array(cells, pa.string()))
        except _FAILURES:  # not all of it is text, or some of it no valid Unicode
            known = cells if is_output else [None if cell != cell else cell for cell in cells]  # noqa: PLR0124 - NaN
            return pa.array([text_of(cell) for cell in known], pa.string())

    return _ArrowColumn(name, pa.string(), part)

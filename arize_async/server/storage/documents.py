"""Rows as JSON documents, and back to typed Arrow columns.

What a row has beyond the fixed columns is one JSON document: a row of REST comes back exactly as it came. The types
that the columns had are remembered beside it (``columns``), so that Flight gets typed columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from arize_async.server.storage.inference import DEPTH
from arize_async.wire.arrow import is_text
from arize_async.wire.text import jsonify, output_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from arize_async.server.storage.columns import Column


def encode(batch: pa.RecordBatch) -> pa.Array[Any]:
    """Return one JSON document per row of a batch whose columns are plain; NaN and infinities become null."""
    if not batch.num_columns:
        return pa.array(["{}"] * batch.num_rows, pa.string())
    # polars has names of its own for a column without one, so the names come in at the end
    numbered = batch.rename_columns([str(index) for index in range(batch.num_columns)])
    frame = cast("pl.DataFrame", pl.from_arrow(numbered))
    named = pl.struct(pl.all()).struct.rename_fields(batch.schema.names)
    documents = frame.select(named.struct.json_encode().alias("doc"))["doc"]
    return documents.to_arrow().cast(pa.string())


def plain(column: pa.Array[Any]) -> pa.Array[Any]:
    """Return a column of a type that has one JSON form: numbers, booleans, text, lists and structs of these."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return plain(cast("pa.DictionaryArray[Any, Any]", column).dictionary_decode())
    if pa.types.is_timestamp(kind):
        return _timestamps(column)
    if pa.types.is_date(kind) or pa.types.is_time(kind):
        return column.cast(pa.string())
    if is_text(kind):
        return column.cast(pa.string())
    return column if is_plain(kind) else _by_value(column)


def is_plain(kind: pa.DataType, depth: int = DEPTH) -> bool:
    """Whether a type has one JSON form that reads back as the same type; one that is nested too deep has not."""
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return depth > 0 and is_plain(cast("pa.ListType[Any]", kind).value_type, depth - 1)
    if pa.types.is_struct(kind):
        return depth > 0 and kind.num_fields > 0 and all(is_plain(field.type, depth - 1) for field in kind)
    numeric = pa.types.is_integer(kind) or pa.types.is_float32(kind) or pa.types.is_float64(kind)
    return numeric or pa.types.is_boolean(kind) or pa.types.is_null(kind) or kind == pa.string()


def _timestamps(column: pa.Array[Any]) -> pa.Array[Any]:
    kind = cast("pa.TimestampType[Any, Any]", column.type)
    in_utc = column.cast(pa.timestamp(kind.unit, "UTC")) if kind.tz else column
    return pc.replace_substring(in_utc.cast(pa.string()), " ", "T", max_replacements=1)


def _by_value(column: pa.Array[Any]) -> pa.Array[Any]:
    values: list[Any] = [jsonify(value) for value in column.to_pylist()]
    try:
        found = pa.array(values)
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        found = None
    if found is not None and is_plain(found.type):
        return found
    return pa.array([output_text(value) for value in values], pa.string())


def decode(documents: pa.Array[Any], columns: Sequence[Column]) -> list[pa.Array[Any]]:
    """Return the typed columns of some documents, which are text; what a document lacks is null."""
    if not columns or not documents:
        return [pa.array([None] * len(documents), column.kind) for column in columns]
    typed = [column for column in columns if not column.mixed]
    found = _parse(documents, typed)
    if len(typed) < len(columns):
        found |= _texts(cast("list[str]", documents.to_pylist()), [column.name for column in columns if column.mixed])
    return [found[column.name] for column in columns]


def _parse(documents: pa.Array[Any], columns: Sequence[Column]) -> dict[str, pa.Array[Any]]:
    if not columns:
        return {}
    body = _body(documents)
    schema = pa.schema([(column.name, _json_kind(column.kind)) for column in columns])
    table = pyarrow.json.read_json(
        cast("Any", pa.BufferReader(body)),
        read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=body.size + 1),
        parse_options=pyarrow.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
    ).combine_chunks()
    arrays = [cast("pa.Array[Any]", chunked.chunk(0)) for chunked in table.columns]
    return {column.name: typed(array, column.kind) for column, array in zip(columns, arrays, strict=True)}


def _body(documents: pa.Array[Any]) -> pa.Buffer:
    """Return the documents as they lie in memory, one behind the other, which the parser takes without copying."""
    _, offsets, data = documents.buffers()
    assert offsets is not None
    assert data is not None
    places = pa.Array.from_buffers(pa.int32(), len(documents) + 1, [None, offsets], offset=documents.offset)
    first, last = places[0].as_py(), places[-1].as_py()
    return data.slice(first, last - first)


def _json_kind(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_temporal(kind) else _without_null(kind)


def _without_null(kind: pa.DataType) -> pa.DataType:
    # pyarrow's reader of JSON makes invalid arrays of lists of nulls; as lists of text they are right
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        of = cast("pa.ListType[Any]", kind).value_type
        inner = pa.string() if pa.types.is_null(of) else _without_null(of)
        return pa.list_(inner) if pa.types.is_list(kind) else pa.large_list(inner)
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(field.name, _without_null(field.type)) for field in kind])
    return kind


def typed(column: pa.Array[Any], kind: pa.DataType) -> pa.Array[Any]:
    """Return a column that was read from JSON as the type that it had.

    Raises:
        ArrowException: A value is none of this type.
    """
    if pa.types.is_time(kind):
        moments = pc.replace_substring_regex(column, "^", "1970-01-01T")
        return moments.cast(pa.timestamp(kind.unit)).cast(kind)
    if pa.types.is_nested(kind) and column.type != kind:
        return pa.array(column.to_pylist(), kind)
    if not pa.types.is_timestamp(kind):
        return column if column.type == kind else column.cast(kind)
    unit: Literal["s", "ms", "us", "ns"] = kind.unit
    return column.cast(pa.timestamp(unit, "UTC") if kind.tz else pa.timestamp(unit)).cast(kind)


def _texts(documents: Sequence[str], names: Sequence[str]) -> dict[str, pa.Array[Any]]:
    rows: list[Mapping[str, object]] = [orjson.loads(document) for document in documents]
    return {name: pa.array([output_text(row.get(name)) for row in rows], pa.string()) for name in names}

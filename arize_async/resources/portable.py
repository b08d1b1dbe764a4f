"""Arrow data with types that every server reads (wire contract 4.4 and 4.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from arize_async.errors import InvalidRows
from arize_async.wire.text import json_text

if TYPE_CHECKING:
    from collections.abc import Callable

_UUID = "arrow.uuid"


def portable_schema(schema: pa.Schema) -> pa.Schema:
    """Return a schema of plain types without metadata.

    Raises:
        InvalidRows: A name is given twice, or a column holds bytes, which no JSON can.
    """
    names = schema.names
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidRows(f"columns given twice: {', '.join(twice)}")
    fields = [pa.field(field.name, portable(field.type)) for field in schema]
    binary = [field.name for field in fields if _holds_bytes(field.type)]
    if binary:
        raise InvalidRows(f"columns of bytes cannot be stored: {', '.join(binary)}; decode them to text first")
    return pa.schema(fields)


def portable(kind: pa.DataType) -> pa.DataType:
    """Return the plain type for a view, a dictionary, a map or an extension, also inside lists and structs."""
    for applies, plain in _PLAIN:
        if applies(kind):
            return plain(kind)
    return kind


def portable_batch(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch with the columns and the types of a schema; a column that the batch lacks is null.

    Raises:
        InvalidRows: A value does not fit its column's type; the message names the column.
    """
    places = {name: place for place, name in enumerate(batch.schema.names)}
    arrays = [
        _converted(batch.column(places[field.name]), field)
        if field.name in places
        else pa.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _converted(array: pa.Array[Any], field: pa.Field[Any]) -> pa.Array[Any]:
    try:
        return array if array.type == field.type else _plain(array).cast(field.type)
    except (pa.ArrowException, ValueError) as error:
        raise InvalidRows(f"column {field.name!r}: {array.type} cannot become {field.type}: {error}") from error


def _plain(array: pa.Array[Any]) -> pa.Array[Any]:
    """Write out what pyarrow has no cast for."""
    kind = array.type
    if isinstance(kind, pa.DictionaryType):
        coded = cast("pa.DictionaryArray[Any, Any]", array)
        return _plain(coded.dictionary).cast(portable(kind.value_type)).take(coded.indices)
    if isinstance(kind, pa.RunEndEncodedType):
        return _plain(cast("Any", pc).run_end_decode(array))
    if isinstance(kind, pa.BaseExtensionType):
        if kind.extension_name == _UUID:
            return pa.array([None if cell is None else str(cell) for cell in array.to_pylist()], pa.string())
        return _plain(cast("Any", array).storage)
    if pa.types.is_map(kind):
        pairs = cast("list[list[tuple[object, object]] | None]", array.to_pylist())
        return pa.array([None if cell is None else json_text(dict(cell)) for cell in pairs], pa.string())
    return array


def _extension(kind: Any) -> pa.DataType:
    return pa.string() if kind.extension_name == _UUID else portable(kind.storage_type)


def _values(kind: Any) -> pa.DataType:
    return portable(kind.value_type)


_PLAIN: tuple[tuple[Callable[[pa.DataType], bool], Callable[[Any], pa.DataType]], ...] = (
    (lambda kind: pa.types.is_string_view(kind) or pa.types.is_large_string(kind), lambda _: pa.string()),
    (lambda kind: pa.types.is_binary_view(kind) or pa.types.is_large_binary(kind), lambda _: pa.binary()),
    (pa.types.is_map, lambda _: pa.string()),
    (pa.types.is_dictionary, _values),
    (pa.types.is_run_end_encoded, _values),
    (lambda kind: isinstance(kind, pa.BaseExtensionType), _extension),
    (
        pa.types.is_struct,
        lambda kind: pa.struct([pa.field(field.name, portable(field.type)) for field in kind.fields]),
    ),
    (lambda kind: _is_list(kind), lambda kind: pa.list_(portable(kind.value_type))),  # noqa: PLW0108 - defined below
)


def _is_list(kind: pa.DataType) -> bool:
    types = pa.types
    return any(
        test(kind)
        for test in (
            types.is_list,
            types.is_large_list,
            types.is_fixed_size_list,
            types.is_list_view,
            types.is_large_list_view,
        )
    )


def _holds_bytes(kind: pa.DataType) -> bool:
    if isinstance(kind, pa.StructType):
        return any(_holds_bytes(field.type) for field in kind.fields)
    if isinstance(kind, pa.ListType):
        return _holds_bytes(kind.value_type)
    return pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind)

"""Rules for Arrow data on the wire (wire contract 4.4 to 4.8), shared by both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from arize_async.wire.flight import MAX_BATCH_BYTES
from arize_async.wire.text import json_text, output_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

JSON_TEXT_COLUMNS = frozenset(
    {
        "document.metadata",
        "llm.function_call",
        "llm.invocation_parameters",
        "llm.prompt_template.variables",
        "message.function_call_arguments_json",
        "metadata",
        "tool.parameters",
        "tool_call.function.arguments",
        "result",
        "output",
    }
)


def is_json_text_column(name: str) -> bool:
    """Whether dicts in this column travel as JSON text (wire contract 4.6)."""
    return name in JSON_TEXT_COLUMNS or (name.startswith("eval.") and name.endswith(".metadata"))


def is_text(kind: pa.DataType) -> bool:
    """Whether values of this type are text."""
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def text_column(column: pa.Array[Any]) -> pa.Array[Any]:
    """Return a column of outputs as text: numbers, booleans, lists and structs become JSON."""
    if is_text(column.type):
        return column.cast(pa.string()) if column.type != pa.string() else column
    if pa.types.is_null(column.type):
        return pa.nulls(len(column), pa.string())
    if pa.types.is_integer(column.type):
        return column.cast(pa.string())
    return pa.array((output_text(value) for value in column.to_pylist()), pa.string())


def cut(batches: Iterable[pa.RecordBatch], max_rows: int, max_bytes: int = MAX_BATCH_BYTES) -> Iterator[pa.RecordBatch]:
    """Cut batches so that each has at most so many rows and, where it has several rows, so many bytes."""
    for batch in batches:
        rows = _rows_that_fit(batch, max_rows, max_bytes)
        for start in range(0, batch.num_rows, rows):
            part = batch.slice(start, rows)
            yield from cut([part], max(1, part.num_rows // 2), max_bytes) if _is_too_large(part, max_bytes) else [part]


def _is_too_large(batch: pa.RecordBatch, max_bytes: int) -> bool:
    return batch.num_rows > 1 and batch.nbytes > max_bytes


def _rows_that_fit(batch: pa.RecordBatch, max_rows: int, max_bytes: int) -> int:
    by_size = max_bytes * batch.num_rows // max(batch.nbytes, 1)
    return max(1, min(max_rows, by_size))


def rows_from_batch(batch: pa.RecordBatch) -> list[dict[str, object]]:
    """Return dicts; timestamps become RFC 3339 text and NaN becomes None, as the REST path gives them."""
    columns = {name: _cells(batch.column(index)) for index, name in enumerate(batch.schema.names)}
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def _cells(column: pa.Array[Any]) -> list[object]:
    if pa.types.is_floating(column.type):
        return list(pc.if_else(pc.is_nan(column), None, column).to_pylist())
    cells: list[object] = list(column.to_pylist())
    if pa.types.is_temporal(column.type):
        return [None if cell is None else _text(cell) for cell in cells]
    return cells


def _text(value: object) -> str:
    return json_text(value).strip('"')

"""Uploaded batches as rows of the store (wire contract 4.4 and 4.5)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from arize_async.models.example import MANAGED
from arize_async.server.storage import columns, documents, examples, runs
from arize_async.server.storage.refusals import malformed
from arize_async.wire.arrow import text_column

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from arize_async.server.flight.spool import Spool

_MICROSECONDS = 1000


def check_names(schema: pa.Schema, required: Sequence[str]) -> None:
    """Refuse a schema with a column missing or twice.

    Raises:
        BadRequest: It has.
    """
    names = schema.names
    twice = sorted({name for name in names if names.count(name) > 1})
    absent = [name for name in required if name not in names]
    if twice or absent:
        problems = [f"columns given twice: {', '.join(twice)}"] * bool(twice)
        problems += [f"columns missing: {', '.join(absent)}"] * bool(absent)
        raise malformed("; ".join(problems))


def add_runs(spool: Spool, batch: pa.RecordBatch) -> None:
    """Put a batch of runs into a spool."""
    taken = {
        "place": _places(spool, batch),
        "example_id": _ids(_column(batch, "example_id")),
        "output": text_column(_column(batch, "output")),
        "error": text_column(_column(batch, "error")),
    }
    _add(spool, batch, taken, runs.FIXED, runs.SCHEMA)


def add_examples(spool: Spool, batch: pa.RecordBatch, now: int) -> None:
    """Put a batch of examples into a spool; ids and moments that are missing are made."""
    given = _ids(_column(batch, "id"))
    stamps = pa.array(range(now + spool.rows, now + spool.rows + batch.num_rows), pa.int64())
    taken = {
        "place": _places(spool, batch),
        "id": given if given.null_count == 0 else pa.array([text or str(uuid.uuid4()) for text in given.to_pylist()]),
        "created_us": _moments(_column(batch, "created_at"), stamps),
        "updated_us": _moments(_column(batch, "updated_at"), stamps),
    }
    _add(spool, batch, taken, MANAGED, examples.SCHEMA)


def _add(
    spool: Spool, batch: pa.RecordBatch, taken: dict[str, pa.Array[Any]], fixed: Sequence[str], schema: pa.Schema
) -> None:
    extra = batch.select([name for name in batch.schema.names if name not in fixed])
    plain = pa.RecordBatch.from_arrays([documents.plain(column) for column in extra.columns], names=extra.schema.names)
    _require_readable(extra, plain)
    taken["doc"] = documents.encode(plain) if plain.num_columns else pa.array(["{}"] * batch.num_rows, pa.string())
    rows = pa.RecordBatch.from_arrays([taken[name] for name in schema.names], schema=schema)
    spool.add(rows, columns.of_schema(extra.schema, plain.schema))


def _require_readable(batch: pa.RecordBatch, plain: pa.RecordBatch) -> None:
    # Arrow writes moments beyond its calendar, and cannot read them back
    for field, text in zip(batch.schema, plain.columns, strict=True):
        if pa.types.is_temporal(field.type) and pa.types.is_string(text.type):
            try:
                documents.typed(text, field.type)
            except pa.ArrowException:
                raise malformed(f"column {field.name!r} has a moment out of range") from None


def _places(spool: Spool, batch: pa.RecordBatch) -> pa.Array[Any]:
    return pa.array(range(spool.rows, spool.rows + batch.num_rows), pa.int64())


def _column(batch: pa.RecordBatch, name: str) -> pa.Array[Any]:
    return batch.column(name) if name in batch.schema.names else pa.nulls(batch.num_rows)


def _ids(column: pa.Array[Any]) -> pa.Array[Any]:
    # pandas makes whole numbers floats where some are missing
    if pa.types.is_floating(column.type):
        known = pc.if_else(pc.is_nan(column), None, column)
        if pc.all(pc.equal(known, pc.round(known))).as_py() is not False:
            return known.cast(pa.int64()).cast(pa.string())
    return text_column(column)


def _moments(column: pa.Array[Any], default: pa.Array[Any]) -> pa.Array[Any]:
    convert = _converter(column.type)
    return pc.coalesce(convert(column), default) if convert else default


def _converter(kind: pa.DataType) -> Callable[[pa.Array[Any]], pa.Array[Any]] | None:
    if pa.types.is_integer(kind):
        return lambda column: pc.multiply(column.cast(pa.int64()), _MICROSECONDS)
    if pa.types.is_timestamp(kind):
        return lambda column: column.cast(pa.timestamp("us", "UTC"), safe=False).cast(pa.int64())
    return None

"""DoGet: rows as typed columns, batch by batch.

Human annotations come as columns ``annotation.<name>.score``, ``.label`` and ``.text``, as far as they say something.

Each query gives some messages, so a slow reader holds no transaction open. Rows that are added meanwhile are left
out, and when rows disappear meanwhile the stream fails instead of ending early.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from arize_async.server.flight.named import dataset_of, experiment_of
from arize_async.server.storage import columns, datasets, documents, examples, record_annotations, runs
from arize_async.server.storage.columns import Column
from arize_async.server.storage.refusals import unprocessable
from arize_async.server.storage.transaction import Transaction
from arize_async.wire.arrow import cut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arize_async.server.storage.store import Store

_FIRST_ROWS = 200
_FEW_ROWS = 1000
_MOST_ROWS = 10_000
_BATCH_BYTES = 8 * 1024 * 1024
_MESSAGE_BYTES = 1024 * 1024
"""A reader's gRPC has a message in one piece, and its allocator keeps as much as the largest pieces took."""
_RUN_FIELDS = [("id", pa.string()), ("example_id", pa.string()), ("output", pa.string()), ("error", pa.string())]
_EXAMPLE_FIELDS = [("id", pa.string()), ("created_at", pa.int64()), ("updated_at", pa.int64())]


@frozen
class Source:
    """Rows to send: those of an owner up to the last one that existed at the start.

    Attributes:
        owner: Number of the experiment or the dataset version.
        annotated: Number of the experiment or the dataset that the annotations belong to.
        columns: The open columns.
        notes: Name and part of each column of annotations.
        rows: How many rows.
        before: Behind which key the first one is.
        last: Key of the last one.
        at_once: How many rows to read first.
        fetch: Reads rows: ``seq``, ``id`` and the fixed columns, and the document ``doc``.
        arrays: Makes the columns of some rows.
        schema: The schema without the columns of annotations.
    """

    owner: int
    annotated: int
    columns: Sequence[Column]
    notes: Sequence[tuple[str, str]]
    rows: int
    before: int
    last: int
    at_once: int
    fetch: Callable[[Transaction, int, int, int, int], pa.Table]
    arrays: Callable[[pa.Table, Sequence[Column]], list[pa.Array[Any]]]
    schema: pa.Schema


def experiment_source(transaction: Transaction, fields: dict[str, str]) -> Source:
    """Find the runs of an experiment.

    Raises:
        NotFound: The experiment is not known.
    """
    found = experiment_of(transaction, fields)
    known = columns.read(transaction, found.number)
    notes = _notes(transaction, found.number, known)
    extent = _extent(transaction, "runs", found.number, "output, error, doc")
    schema = pa.schema([*_RUN_FIELDS, *((column.name, column.kind) for column in known)])
    return Source(found.number, found.number, known, notes, *extent, runs.stored_table, _run_arrays, schema)


def dataset_source(transaction: Transaction, fields: dict[str, str]) -> Source:
    """Find the examples of a dataset version.

    Raises:
        NotFound: The dataset or the version is not known.
    """
    found = dataset_of(transaction, fields)
    number = datasets.version(transaction, found, fields["dataset_version"]).number
    known = columns.read(transaction, number)
    notes = _notes(transaction, found.number, known)
    extent = _extent(transaction, "examples", number, "doc")
    schema = pa.schema([*((column.name, column.kind) for column in known), *_EXAMPLE_FIELDS])
    return Source(number, found.number, known, notes, *extent, examples.stored_table, _example_arrays, schema)


def full_schema(source: Source) -> pa.Schema:
    """Return the schema of the batches."""
    return pa.schema([*source.schema, *(pa.field(_note_name(*note), _note_kind(note[1])) for note in source.notes)])


def batches(store: Store, source: Source) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a source.

    Raises:
        UnprocessableEntity: Rows were deleted meanwhile.
    """
    sent, after, limit = 0, source.before, source.at_once
    while sent < source.rows:
        # all that is left is in one range, however far apart the rows are
        rows, notes = store.read_here(
            _read, source, after, limit if sent + limit < source.rows else source.last - after
        )
        if not rows.num_rows:
            raise unprocessable("the rows were deleted while they were read")
        arrays = [*source.arrays(rows, source.columns), *notes]
        batch = pa.RecordBatch.from_arrays(arrays, schema=full_schema(source))
        yield from cut([batch], _MOST_ROWS, _MESSAGE_BYTES)
        sent, after = sent + rows.num_rows, rows["seq"][-1].as_py()
        limit = max(1, min(_MOST_ROWS, limit * 4, _BATCH_BYTES * rows.num_rows // max(batch.nbytes, 1)))


def _read(transaction: Transaction, source: Source, after: int, limit: int) -> tuple[pa.Table, list[pa.Array[Any]]]:
    rows = source.fetch(transaction, source.owner, after, source.last, limit)
    if not source.notes:
        return rows, []
    ids = cast("list[str]", rows["id"].to_pylist())
    found = record_annotations.of_records(transaction, source.annotated, ids)
    by_name = [{note.name: note for note in found.get(record, [])} for record in ids]
    return rows, [
        pa.array([getattr(notes.get(name), part, None) for notes in by_name], _note_kind(part))
        for name, part in source.notes
    ]


def _notes(transaction: Transaction, owner: int, known: Sequence[Column]) -> list[tuple[str, str]]:
    names = {column.name for column in known}
    used = record_annotations.parts_used(transaction, owner)
    return [(name, part) for name, part in used if _note_name(name, part) not in names]


def _note_name(name: str, part: str) -> str:
    return f"annotation.{name}.{part}"


def _note_kind(part: str) -> pa.DataType:
    return pa.float64() if part == "score" else pa.string()


def _extent(transaction: Transaction, table: str, owner: int, texts: str) -> tuple[int, int, int, int]:
    whose = f"FROM {table} WHERE owner_no = ?"
    ((rows, first, last),) = transaction.all(f"SELECT count(*), min(seq), max(seq) {whose}", owner)
    if not rows:
        return 0, -1, -1, _FIRST_ROWS
    # rows can be large: only those that are small together are read at once
    is_small = _FIRST_ROWS < rows <= _FEW_ROWS and (
        transaction.scalar(f"SELECT sum(strlen(concat({texts}))) {whose}", owner) <= _BATCH_BYTES
    )
    return rows, first - 1, last, rows if is_small else _FIRST_ROWS


def _run_arrays(rows: pa.Table, known: Sequence[Column]) -> list[pa.Array[Any]]:
    fixed = [_texts(rows, name) for name, _ in _RUN_FIELDS]
    return [*fixed, *documents.decode(_texts(rows, "doc"), known)]


def _example_arrays(rows: pa.Table, known: Sequence[Column]) -> list[pa.Array[Any]]:
    moments = [pc.divide(_whole(rows[name]), 1000) for name in ("created_us", "updated_us")]
    return [*documents.decode(_texts(rows, "doc"), known), _texts(rows, "id"), *moments]


def _texts(rows: pa.Table, name: str) -> pa.Array[Any]:
    return _whole(rows[name]).cast(pa.string())


def _whole(column: pa.ChunkedArray[Any]) -> pa.Array[Any]:
    return column.combine_chunks()

"""DoGet: rows as typed columns, batch by batch.

Each batch is a query of its own, so a slow reader holds no transaction open. Rows that are added meanwhile are left
out, and when rows disappear meanwhile the stream fails instead of ending early.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from attrs import frozen

from arize_async.server.storage import columns, datasets, documents, examples, experiments, runs
from arize_async.server.storage.columns import Column
from arize_async.server.storage.refusals import unprocessable
from arize_async.server.storage.transaction import Row, Transaction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arize_async.server.storage.store import Store

_FIRST_ROWS = 200
_MOST_ROWS = 10_000
_BATCH_BYTES = 8 * 1024 * 1024
_RUN_FIELDS = [("id", pa.string()), ("example_id", pa.string()), ("output", pa.string()), ("error", pa.string())]
_EXAMPLE_FIELDS = [("id", pa.string()), ("created_at", pa.int64()), ("updated_at", pa.int64())]


@frozen
class Source:
    """Rows to send: those of an owner up to the last one that existed at the start."""

    owner: int
    columns: Sequence[Column]
    rows: int
    last: int
    fetch: Callable[[Transaction, int, int, int], list[Row]]
    arrays: Callable[[Sequence[Row], Sequence[Column]], list[pa.Array[Any]]]
    schema: pa.Schema


def experiment_source(transaction: Transaction, fields: dict[str, str]) -> Source:
    """Find the runs of an experiment.

    Raises:
        NotFound: The experiment is not known.
    """
    if fields["experiment_id"]:
        found = experiments.get(transaction, fields["experiment_id"])
    else:
        dataset = datasets.get_by_name(transaction, fields["space_id"], fields["dataset_name"])
        found = experiments.get_by_name(transaction, dataset, fields["experiment_name"])
    known = columns.read(transaction, found.number)
    rows, last = _extent(transaction, "runs", found.number)
    schema = pa.schema([*_RUN_FIELDS, *((column.name, column.kind) for column in known)])
    return Source(found.number, known, rows, last, runs.stored_batch, _run_arrays, schema)


def dataset_source(transaction: Transaction, fields: dict[str, str]) -> Source:
    """Find the examples of a dataset version.

    Raises:
        NotFound: The dataset or the version is not known.
    """
    if fields["dataset_id"]:
        found = datasets.get(transaction, fields["dataset_id"])
    else:
        found = datasets.get_by_name(transaction, fields["space_id"], fields["dataset_name"])
    number = datasets.version(transaction, found, fields["dataset_version"]).number
    known = columns.read(transaction, number)
    rows, last = _extent(transaction, "examples", number)
    schema = pa.schema([*((column.name, column.kind) for column in known), *_EXAMPLE_FIELDS])
    return Source(number, known, rows, last, examples.stored_batch, _example_arrays, schema)


def batches(store: Store, source: Source) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a source.

    Raises:
        UnprocessableEntity: Rows were deleted meanwhile.
    """
    sent, after, limit = 0, -1, _FIRST_ROWS
    while sent < source.rows:
        rows = [row for row in store.read_here(source.fetch, source.owner, after, limit) if row[0] <= source.last]
        if not rows:
            raise unprocessable("the rows were deleted while they were read")
        batch = pa.RecordBatch.from_arrays(source.arrays(rows, source.columns), schema=source.schema)
        yield batch
        sent, after = sent + len(rows), rows[-1][0]
        limit = max(1, min(_MOST_ROWS, limit * 4, _BATCH_BYTES * len(rows) // max(batch.nbytes, 1)))


def _extent(transaction: Transaction, table: str, owner: int) -> tuple[int, int]:
    row = transaction.one(f"SELECT count(*), max(seq) FROM {table} WHERE owner_no = ?", owner)  # noqa: S608 - our own names
    assert row is not None
    return row[0], row[1] if row[1] is not None else -1


def _run_arrays(rows: Sequence[Row], known: Sequence[Column]) -> list[pa.Array[Any]]:
    _, ids, example_ids, outputs, errors, docs = zip(*rows, strict=True)
    fixed = [pa.array(cells, pa.string()) for cells in (ids, example_ids, outputs, errors)]
    return [*fixed, *documents.decode(docs, known)]


def _example_arrays(rows: Sequence[Row], known: Sequence[Column]) -> list[pa.Array[Any]]:
    _, ids, created, updated, docs = zip(*rows, strict=True)
    moments = [pa.array([cell // 1000 for cell in cells], pa.int64()) for cells in (created, updated)]
    return [*documents.decode(docs, known), pa.array(ids, pa.string()), *moments]

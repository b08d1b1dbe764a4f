"""Examples: the rows of a dataset version.

Their order is the order in which they came, which is ascending ``created_at`` for rows that the server stamps.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa

from arize_async.models.example import MANAGED, DatasetExample
from arize_async.server.storage import annotation_configs, columns, datasets, record_annotations
from arize_async.server.storage.filters.compile import compile_filter
from arize_async.server.storage.filters.fields import Scope
from arize_async.server.storage.filters.parse import parse
from arize_async.server.storage.moments import to_datetime
from arize_async.server.storage.pages import Page, PageRequest, decode_cursor, filtered, page_of
from arize_async.server.storage.refusals import unprocessable
from arize_async.server.storage.windows import rows_after, rows_that_fit, table_between
from arize_async.wire.text import json_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from arize_async.models.annotation import Annotation
    from arize_async.server.storage.datasets import StoredDataset, StoredVersion
    from arize_async.server.storage.transaction import Row, Transaction

_SELECT = "SELECT seq, id, created_us, updated_us, doc FROM examples t"
SCHEMA = pa.schema(
    [
        ("place", pa.int64()),
        ("id", pa.string()),
        ("created_us", pa.int64()),
        ("updated_us", pa.int64()),
        ("doc", pa.string()),
    ]
)


def page(
    transaction: Transaction,
    dataset: StoredDataset,
    version: StoredVersion,
    request: PageRequest,
    only: str | None = None,
) -> Page[DatasetExample]:
    """Return examples in order; ``only`` is a filter.

    Raises:
        BadRequest: The filter is blank.
        UnprocessableEntity: The filter is none.
    """
    scope = filtered(f"examples:{version.version.id}", only)
    after = decode_cursor(scope, request.cursor)
    behind = -1 if after is None else after
    if only is None:
        rows = stored_batch(transaction, version.number, behind, request.limit + 1)
    else:
        condition = compile_filter(parse(only), _scope(transaction, dataset, version))
        rows = rows_that_fit(transaction, _SELECT, condition, version.number, behind, request.limit + 1)
    notes = record_annotations.of_records(transaction, version.dataset_number, [row[1] for row in rows])
    return page_of(rows, request.limit, scope, lambda row: _build(row, notes.get(row[1], [])))


def some(transaction: Transaction, version: int, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the rows of some examples by id; one that is not there is left out."""
    sql = "SELECT id, doc FROM examples WHERE owner_no = ? AND list_contains(?::VARCHAR[], id)"
    return {row[0]: orjson.loads(row[1]) for row in transaction.all(sql, version, list(ids))}


def add_rows(transaction: Transaction, version: StoredVersion, rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Store JSON rows and return the ids that they got, in order.

    Raises:
        UnprocessableEntity: A row is empty or sets what the server manages.
    """
    for index, row in enumerate(rows):
        _check(index, row)
    ids = [str(uuid.uuid4()) for _ in rows]
    data: dict[str, list[Any]] = {
        "place": list(range(len(rows))),
        "id": ids,
        # a microsecond apart, so that ordering by created_at is the order of the rows
        "created_us": [transaction.now + index for index in range(len(rows))],
        "updated_us": [transaction.now + index for index in range(len(rows))],
        "doc": [json_bytes(row).decode() for row in rows],
    }
    columns.add(transaction, version.number, columns.of_rows(rows))
    insert(transaction, version, pa.table(data, schema=SCHEMA), len(rows))
    return ids


def insert(transaction: Transaction, version: StoredVersion, data: pa.RecordBatchReader | pa.Table, count: int) -> None:
    """Store rows that have the columns of ``SCHEMA``."""
    first = transaction.take("row", count)
    transaction.receive(data)
    transaction.run(
        "INSERT INTO examples SELECT ?, ? + place, id, created_us, updated_us, doc FROM incoming",
        version.number,
        first,
    )
    datasets.touch(transaction, version)


def require_unique_ids(transaction: Transaction, version: StoredVersion) -> None:
    """Refuse two examples of one id.

    Raises:
        UnprocessableEntity: There are.
    """
    sql = "SELECT id FROM examples WHERE owner_no = ? GROUP BY id HAVING count(*) > 1 LIMIT 1"
    found = transaction.one(sql, version.number)
    if found:
        raise unprocessable(f"two examples have the id {found[0]!r}")


def stored_batch(transaction: Transaction, version: int, after: int, limit: int) -> list[Row]:
    """Return number, id, created, updated and document of the next rows."""
    return rows_after(transaction, _SELECT, version, after, limit)


def stored_table(transaction: Transaction, version: int, after: int, last: int, limit: int) -> pa.Table:
    """Return what ``stored_batch`` does, up to the number ``last``, as Arrow data."""
    return table_between(transaction, _SELECT, version, after, last, limit)


def _scope(transaction: Transaction, dataset: StoredDataset, version: StoredVersion) -> Scope:
    return Scope(
        texts={"id"},
        moments={"created_at": "created_us", "updated_at": "updated_us"},
        columns=columns.read(transaction, version.number),
        annotated=dataset.number,
        annotations=annotation_configs.names(transaction, dataset.space_number),
    )


def _check(index: int, row: Mapping[str, object]) -> None:
    managed = [name for name in MANAGED if name in row]
    if managed:
        raise unprocessable(f"$.examples[{index}]: {', '.join(managed)} is set by the server and cannot be given")
    if not row:
        raise unprocessable(f"$.examples[{index}]: an example has at least one property")


def _build(row: Row, notes: list[Annotation]) -> DatasetExample:
    _, example_id, created, updated, document = row
    return DatasetExample(
        id=example_id,
        created_at=to_datetime(created),
        updated_at=to_datetime(updated),
        annotations=notes,
        additional_properties=orjson.loads(document),
    )

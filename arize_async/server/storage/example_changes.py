"""Changing, deleting and annotating examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import orjson
import pyarrow as pa
from attrs import frozen

from arize_async.models.example import MANAGED
from arize_async.server.storage import columns, datasets, record_annotations
from arize_async.server.storage.datasets import StoredVersion
from arize_async.server.storage.refusals import malformed, unprocessable
from arize_async.wire.text import json_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from arize_async.models.annotation import AnnotateRecordInput
    from arize_async.server.storage.datasets import StoredDataset
    from arize_async.server.storage.transaction import Transaction

_IDS = "SELECT id FROM examples WHERE owner_no = ? AND list_contains(?::VARCHAR[], id)"


@frozen
class Changed:
    """The version that was changed, and the ids of the examples that were."""

    version: StoredVersion
    ids: Sequence[str]


def update(
    transaction: Transaction,
    dataset: StoredDataset,
    version: StoredVersion,
    rows: Sequence[Mapping[str, object]],
    new_version: str | None = None,
) -> Changed:
    """Put the columns of rows into the examples of the same id; unknown ids are ignored.

    Args:
        transaction: Where to write.
        dataset: The dataset.
        version: The version to change, or to begin the new version with.
        rows: Each with an ``id``.
        new_version: The name of a version that gets the changes, a copy of ``version``; None changes in place.

    Raises:
        BadRequest: A row has no id.
        UnprocessableEntity: A row sets what the server manages.
        Conflict: The dataset has a version of the new name.
    """
    for index, row in enumerate(rows):
        _check(index, row)
    target = _copy(transaction, dataset, version, new_version) if new_version else version
    sql = "SELECT id, doc FROM examples WHERE owner_no = ? AND list_contains(?::VARCHAR[], id)"
    found = transaction.all(sql, target.number, sorted({str(row["id"]) for row in rows}))
    documents: dict[str, dict[str, object]] = {example: orjson.loads(document) for example, document in found}
    changes = [(str(row["id"]), {key: row[key] for key in row if key != "id"}) for row in rows]
    known = [(example, change) for example, change in changes if example in documents]
    for example, change in known:
        documents[example] |= change
    if known:
        columns.add(transaction, target.number, columns.of_rows([change for _, change in known]))
        _write(transaction, target, documents)
    return Changed(target, list(dict.fromkeys(example for example, _ in known)))


def delete(transaction: Transaction, version: StoredVersion, examples: Sequence[str]) -> set[str]:
    """Delete examples of a version and return the ids of those that existed."""
    found = {row[0] for row in transaction.all(_IDS, version.number, list(examples))}
    if found:
        sql = "DELETE FROM examples WHERE owner_no = ? AND list_contains(?::VARCHAR[], id)"
        transaction.run(sql, version.number, sorted(found))
        datasets.touch(transaction, version)
    return found


def annotate(transaction: Transaction, dataset: StoredDataset, inputs: Sequence[AnnotateRecordInput]) -> None:
    """Write annotations of examples, which all versions share; unknown examples are ignored.

    Raises:
        UnprocessableEntity: A name is no annotation config of the space, or a value does not fit it.
    """
    wanted = sorted({record.record_id for record in inputs})
    sql = (
        "SELECT DISTINCT e.id FROM examples e JOIN dataset_versions v ON v.no = e.owner_no"
        " WHERE v.dataset_no = ? AND list_contains(?::VARCHAR[], e.id)"
    )
    known = {row[0] for row in transaction.all(sql, dataset.number, wanted)}
    if record_annotations.annotate(transaction, dataset.space_number, dataset.number, inputs, known):
        datasets.touch(transaction, datasets.version(transaction, dataset))


def _copy(transaction: Transaction, dataset: StoredDataset, source: StoredVersion, name: str) -> StoredVersion:
    target = datasets.add_version(transaction, dataset, name)
    transaction.run(
        "INSERT INTO examples SELECT ?, seq, id, created_us, updated_us, doc FROM examples WHERE owner_no = ?",
        target.number,
        source.number,
    )
    columns.copy(transaction, source.number, target.number)
    datasets.touch(transaction, target)
    return target


def _write(transaction: Transaction, version: StoredVersion, documents: Mapping[str, Mapping[str, object]]) -> None:
    texts = [json_bytes(document).decode() for document in documents.values()]
    transaction.receive(pa.table({"id": list(documents), "doc": texts}))
    transaction.run(
        "UPDATE examples SET doc = incoming.doc, updated_us = greatest(updated_us + 1, ?) FROM incoming"
        " WHERE examples.owner_no = ? AND examples.id = incoming.id",
        transaction.now,
        version.number,
    )
    datasets.touch(transaction, version)


def _check(index: int, row: Mapping[str, object]) -> None:
    path = f"$.examples[{index}]"
    if not isinstance(row.get("id"), str) or not row["id"]:
        raise malformed(f"{path}.id: expected the id of an example")
    managed = [name for name in MANAGED if name in row and name != "id"]
    if managed:
        raise unprocessable(f"{path}: {', '.join(managed)} is set by the server and cannot be given")

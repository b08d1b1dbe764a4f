"""Datasets and their versions.

A version owns its examples; a change happens in the newest version unless another one is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from arize_async.models.dataset import Dataset, DatasetVersion
from arize_async.server.storage import spaces
from arize_async.server.storage.ids import new_resource_id
from arize_async.server.storage.moments import after, to_datetime
from arize_async.server.storage.pages import Page, PageRequest, newest_first
from arize_async.server.storage.refusals import missing, taken

if TYPE_CHECKING:
    from arize_async.server.storage.transaction import Row, Transaction

_SELECT = (
    "SELECT t.no, t.id, t.name, s.id, t.created_us, t.updated_us, t.space_no"
    " FROM datasets t JOIN spaces s ON s.no = t.space_no"
)
_VERSIONS = (
    "SELECT v.no, v.id, v.name, d.id, v.created_us, v.updated_us, v.dataset_no"
    " FROM dataset_versions v JOIN datasets d ON d.no = v.dataset_no"
)


@frozen
class StoredDataset:
    """A dataset and its numbers."""

    number: int
    space_number: int
    dataset: Dataset


@frozen
class StoredVersion:
    """A version of a dataset and its numbers."""

    number: int
    dataset_number: int
    version: DatasetVersion


def page(
    transaction: Transaction,
    request: PageRequest,
    *,
    space_id: str | None = None,
    space_name: str | None = None,
    name: str | None = None,
) -> Page[StoredDataset]:
    """Return datasets without their versions, the newest first; names are parts of names in any case."""
    space = spaces.get(transaction, space_id).number if space_id else None
    conditions = [
        ("t.space_no = ?", space),
        ("contains(lower(s.name), lower(?))", space_name or None),
        ("contains(lower(t.name), lower(?))", name or None),
    ]
    return newest_first(transaction, _SELECT, conditions, request, scope="datasets", build=_build)


def get(transaction: Transaction, dataset_id: str) -> StoredDataset:
    """Return a dataset by id, without its versions.

    Raises:
        NotFound: No dataset has this id.
    """
    row = transaction.one(f"{_SELECT} WHERE t.id = ?", dataset_id)
    if row is None:
        raise missing(f"dataset {dataset_id!r}")
    return _build(row)


def get_by_name(transaction: Transaction, space_id: str, name: str) -> StoredDataset:
    """Return the dataset of a name in a space.

    Raises:
        NotFound: The space is not known, or has no such dataset.
    """
    number = spaces.get(transaction, space_id).number
    row = transaction.one(f"{_SELECT} WHERE t.space_no = ? AND t.name = ?", number, name)
    if row is None:
        raise missing(f"dataset {name!r}")
    return _build(row)


def create(transaction: Transaction, space_id: str, name: str) -> StoredDataset:
    """Make a dataset with one version that has no examples yet.

    Raises:
        NotFound: The space is not known.
        Conflict: A dataset of the space has this name.
    """
    space = spaces.get(transaction, space_id)
    require_free_name(transaction, space.number, name)
    number = transaction.take("number")
    dataset_id = new_resource_id("Dataset", number)
    transaction.insert(
        "datasets",
        no=number,
        id=dataset_id,
        space_no=space.number,
        name=name,
        created_us=transaction.now,
        updated_us=transaction.now,
    )
    add_version(transaction, number, "v1")
    return get(transaction, dataset_id)


def rename(transaction: Transaction, dataset_id: str, name: str) -> None:
    """Give a dataset another name.

    Raises:
        NotFound: No dataset has this id.
        Conflict: Another dataset of the space has this name.
    """
    found = get(transaction, dataset_id)
    if name != found.dataset.name:
        require_free_name(transaction, found.space_number, name)
        transaction.run("UPDATE datasets SET name = ? WHERE no = ?", name, found.number)
        touch_row(transaction, "datasets", found.number)


def require_free_name(transaction: Transaction, space: int, name: str) -> None:
    """Refuse a name that another dataset of the space has."""
    if transaction.one("SELECT 1 FROM datasets WHERE space_no = ? AND name = ?", space, name):
        raise taken("dataset", name)


def touch(transaction: Transaction, version: StoredVersion) -> None:
    """Note that the examples of a version changed."""
    for table, number in (("datasets", version.dataset_number), ("dataset_versions", version.number)):
        touch_row(transaction, table, number)


def touch_row(transaction: Transaction, table: str, number: int) -> None:
    """Move ``updated_us`` of a row on."""
    row = transaction.one(f"SELECT created_us, updated_us FROM {table} WHERE no = ?", number)  # noqa: S608 - our own names
    assert row is not None
    created, updated = row
    moment = after(created, updated, transaction.now)
    transaction.run(f"UPDATE {table} SET updated_us = ? WHERE no = ?", moment, number)  # noqa: S608 - our own names


def delete(transaction: Transaction, dataset_id: str) -> None:
    """Delete a dataset with its versions and examples; its experiments are the caller's."""
    number = get(transaction, dataset_id).number
    for table in ("examples", "columns"):
        owners = "SELECT no FROM dataset_versions WHERE dataset_no = ?"
        transaction.run(f"DELETE FROM {table} WHERE owner_no IN ({owners})", number)  # noqa: S608 - our own names
    for table in ("annotations", "resource_tags"):
        transaction.run(f"DELETE FROM {table} WHERE owner_no = ?", number)  # noqa: S608 - our own names
    transaction.run("DELETE FROM dataset_versions WHERE dataset_no = ?", number)
    transaction.run("DELETE FROM datasets WHERE no = ?", number)


def versions(transaction: Transaction, dataset: int) -> list[DatasetVersion]:
    """Return the versions of a dataset, the newest first."""
    rows = transaction.all(f"{_VERSIONS} WHERE v.dataset_no = ? ORDER BY v.no DESC", dataset)
    return [_build_version(row).version for row in rows]


def version(transaction: Transaction, dataset: StoredDataset, version_id: str | None = None) -> StoredVersion:
    """Return a version of a dataset by id; without one, or with an empty one, the newest.

    Raises:
        NotFound: The dataset has no such version.
    """
    sql = f"{_VERSIONS} WHERE v.dataset_no = ? AND (? = '' OR v.id = ?) ORDER BY v.no DESC LIMIT 1"
    row = transaction.one(sql, dataset.number, version_id or "", version_id or "")
    if row is None:
        raise missing(f"version {version_id!r} of dataset {dataset.dataset.id!r}")
    return _build_version(row)


def add_version(transaction: Transaction, dataset: int, name: str) -> StoredVersion:
    """Make an empty version, which is the newest from now on.

    Raises:
        Conflict: A version of the dataset has this name.
    """
    if transaction.one("SELECT 1 FROM dataset_versions WHERE dataset_no = ? AND name = ?", dataset, name):
        raise taken("version", name)
    number = transaction.take("number")
    transaction.insert(
        "dataset_versions",
        no=number,
        id=new_resource_id("DatasetVersion", number),
        dataset_no=dataset,
        name=name,
        created_us=transaction.now,
        updated_us=transaction.now,
    )
    row = transaction.one(f"{_VERSIONS} WHERE v.no = ?", number)
    assert row is not None
    return _build_version(row)


def _build(row: Row) -> StoredDataset:
    number, dataset_id, name, space_id, created, updated, space = row
    dataset = Dataset(
        id=dataset_id,
        name=name,
        space_id=space_id,
        created_at=to_datetime(created),
        updated_at=to_datetime(updated),
    )
    return StoredDataset(number, space, dataset)


def _build_version(row: Row) -> StoredVersion:
    number, version_id, name, dataset_id, created, updated, dataset = row
    found = DatasetVersion(
        id=version_id,
        name=name,
        dataset_id=dataset_id,
        created_at=to_datetime(created),
        updated_at=to_datetime(updated),
    )
    return StoredVersion(number, dataset, found)

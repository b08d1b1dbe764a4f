"""Datasets and their versions.

A version owns its examples; a change happens in the newest version unless another one is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from arize_async.models.dataset import Dataset, DatasetVersion
from arize_async.server.storage import spaces
from arize_async.server.storage.ids import new_resource_id
from arize_async.server.storage.moments import CHANGED, to_datetime
from arize_async.server.storage.pages import Page, PageRequest, newest_first
from arize_async.server.storage.refusals import missing, taken

if TYPE_CHECKING:
    from arize_async.server.storage.transaction import Row, Transaction

_SELECT = (
    "SELECT t.no, t.id, t.name, s.id, t.created_us, t.updated_us, t.space_no"
    " FROM datasets t JOIN spaces s ON s.no = t.space_no"
)
# without ORDER BY, which takes the database longer than the rest of such a statement
_VERSIONS = "SELECT no, id, name, created_us, updated_us FROM dataset_versions"


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
    space = spaces.number_of(transaction, space_id) if space_id else None
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
    row = transaction.one(f"{_SELECT} WHERE s.id = ? AND t.name = ?", space_id, name)
    if row is None:
        spaces.number_of(transaction, space_id)
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
    row = (number, dataset_id, name, space.space.id, transaction.now, transaction.now, space.number)
    made = _build(row)
    add_version(transaction, made, "v1")
    return made


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
    transaction.run(f"UPDATE {table} SET updated_us = {CHANGED} WHERE no = $2", transaction.now, number)  # noqa: S608 - our own names


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


def versions(transaction: Transaction, dataset: StoredDataset) -> list[DatasetVersion]:
    """Return the versions of a dataset, the newest first."""
    rows = transaction.all(f"{_VERSIONS} WHERE dataset_no = ?", dataset.number)
    return [_build_version(row, dataset).version for row in sorted(rows, reverse=True)]


def version(transaction: Transaction, dataset: StoredDataset, version_id: str | None = None) -> StoredVersion:
    """Return a version of a dataset by id; without one, or with an empty one, the newest.

    Raises:
        NotFound: The dataset has no such version.
    """
    rows = transaction.all(f"{_VERSIONS} WHERE dataset_no = ?", dataset.number)
    row = max((row for row in rows if not version_id or row[1] == version_id), default=None)
    if row is None:
        raise missing(f"version {version_id!r} of dataset {dataset.dataset.id!r}")
    return _build_version(row, dataset)


def add_version(transaction: Transaction, dataset: StoredDataset, name: str) -> StoredVersion:
    """Make an empty version, which is the newest from now on.

    Raises:
        Conflict: A version of the dataset has this name.
    """
    if transaction.one("SELECT 1 FROM dataset_versions WHERE dataset_no = ? AND name = ?", dataset.number, name):
        raise taken("version", name)
    number = transaction.take("number")
    version_id = new_resource_id("DatasetVersion", number)
    transaction.insert(
        "dataset_versions",
        no=number,
        id=version_id,
        dataset_no=dataset.number,
        name=name,
        created_us=transaction.now,
        updated_us=transaction.now,
    )
    return _build_version((number, version_id, name, transaction.now, transaction.now), dataset)


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


def _build_version(row: Row, dataset: StoredDataset) -> StoredVersion:
    number, version_id, name, created, updated = row
    found = DatasetVersion(
        id=version_id,
        name=name,
        dataset_id=dataset.dataset.id,
        created_at=to_datetime(created),
        updated_at=to_datetime(updated),
    )
    return StoredVersion(number, dataset.number, found)

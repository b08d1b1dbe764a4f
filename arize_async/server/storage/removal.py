"""Deleting what owns other things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.server.storage import datasets, experiments, spaces

if TYPE_CHECKING:
    from arize_async.server.storage.transaction import Transaction


def delete_dataset(transaction: Transaction, dataset_id: str) -> None:
    """Delete a dataset with its versions, its examples and the experiments on it.

    Raises:
        NotFound: No dataset has this id.
    """
    number = datasets.get(transaction, dataset_id).number
    for row in transaction.all("SELECT id FROM experiments WHERE dataset_no = ?", number):
        experiments.delete(transaction, row[0])
    datasets.delete(transaction, dataset_id)


def delete_space(transaction: Transaction, space_id: str) -> None:
    """Delete a space with everything in it.

    Raises:
        NotFound: No space has this id.
    """
    number = spaces.number_of(transaction, space_id)
    for row in transaction.all("SELECT id FROM datasets WHERE space_no = ?", number):
        delete_dataset(transaction, row[0])
    for row in transaction.all("SELECT id FROM experiments WHERE space_no = ?", number):
        experiments.delete(transaction, row[0])
    transaction.run("DELETE FROM spans WHERE owner_no IN (SELECT no FROM projects WHERE space_no = ?)", number)
    transaction.run("DELETE FROM projects WHERE space_no = ?", number)
    transaction.run("DELETE FROM resource_tags WHERE tag_no IN (SELECT no FROM tags WHERE space_no = ?)", number)
    for table in ("tags", "annotation_configs", "space_members"):
        transaction.run(f"DELETE FROM {table} WHERE space_no = ?", number)  # noqa: S608 - our own names
    transaction.run("DELETE FROM spaces WHERE no = ?", number)

"""Which tags an experiment, a dataset or an annotation config has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from arize_async.models.tag import RemoveTagsResponse
from arize_async.server.storage.refusals import missing, unprocessable
from arize_async.server.storage.tags import SELECT, build

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arize_async.models.tag import Tag
    from arize_async.server.storage.transaction import Transaction

Table = Literal["annotation_configs", "datasets", "experiments"]
_WORDS: dict[Table, str] = {
    "annotation_configs": "annotation config",
    "datasets": "dataset",
    "experiments": "experiment",
}


def of(transaction: Transaction, table: Table, resource_id: str) -> list[Tag]:
    """Return the tags of a resource, the one that changed last first.

    Raises:
        NotFound: No resource of this kind has the id.
    """
    owner, _ = _owner(transaction, table, resource_id)
    return _tags(transaction, owner)


def add(transaction: Transaction, table: Table, resource_id: str, tag_ids: Sequence[str]) -> list[Tag]:
    """Give tags to a resource and return all that it has; those that it had already stay.

    Raises:
        NotFound: No resource of this kind has the id.
        UnprocessableEntity: One of the tags is not in the resource's space; then none is added.
    """
    owner, space = _owner(transaction, table, resource_id)
    had = {tag.id for tag in _tags(transaction, owner)}
    for tag_id in dict.fromkeys(tag_ids):
        row = transaction.one("SELECT no FROM tags WHERE id = ? AND space_no = ?", tag_id, space)
        if row is None:
            raise unprocessable(f"no tag {tag_id!r} in the {_WORDS[table]}'s space")
        if tag_id not in had:
            transaction.insert("resource_tags", owner_no=owner, tag_no=row[0])
    return _tags(transaction, owner)


def remove(transaction: Transaction, table: Table, resource_id: str, tag_ids: Sequence[str]) -> RemoveTagsResponse:
    """Take tags from a resource; those that it does not have are named.

    Raises:
        NotFound: No resource of this kind has the id.
    """
    owner, _ = _owner(transaction, table, resource_id)
    had = {tag.id for tag in _tags(transaction, owner)}
    asked = list(dict.fromkeys(tag_ids))
    deleted = [tag_id for tag_id in asked if tag_id in had]
    sql = "DELETE FROM resource_tags WHERE owner_no = ? AND tag_no IN (SELECT no FROM tags WHERE list_contains(?, id))"
    transaction.run(sql, owner, deleted)
    kept = [tag_id for tag_id in asked if tag_id not in had]
    return RemoveTagsResponse(completed=not kept, deleted=deleted, not_deleted=kept)


def _owner(transaction: Transaction, table: Table, resource_id: str) -> tuple[int, int]:
    row = transaction.one(f"SELECT no, space_no FROM {table} WHERE id = ?", resource_id)  # noqa: S608 - our own names
    if row is None:
        raise missing(f"{_WORDS[table]} {resource_id!r}")
    return row[0], row[1]


def _tags(transaction: Transaction, owner: int) -> list[Tag]:
    sql = f"{SELECT} JOIN resource_tags r ON r.tag_no = t.no WHERE r.owner_no = ? ORDER BY t.updated_us DESC, t.no DESC"
    return [build(row).tag for row in transaction.all(sql, owner)]

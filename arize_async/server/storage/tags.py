"""Tags of spaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from arize_async.models.tag import Tag, TagColor
from arize_async.server.storage import spaces
from arize_async.server.storage.datasets import touch_row
from arize_async.server.storage.ids import new_resource_id
from arize_async.server.storage.moments import to_datetime
from arize_async.server.storage.pages import Page, PageRequest, newest_first
from arize_async.server.storage.refusals import missing, taken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from arize_async.server.storage.transaction import Row, Transaction

SELECT = (
    "SELECT t.no, t.id, t.name, s.id, t.description, t.color, t.created_us, t.updated_us, t.space_no"
    " FROM tags t JOIN spaces s ON s.no = t.space_no"
)


@frozen
class StoredTag:
    """A tag and its numbers."""

    number: int
    space_number: int
    tag: Tag


def page(
    transaction: Transaction,
    request: PageRequest,
    *,
    space_id: str | None = None,
    space_name: str | None = None,
    name: str | None = None,
) -> Page[StoredTag]:
    """Return tags, the newest first; names are parts of names in any case."""
    space = spaces.number_of(transaction, space_id) if space_id else None
    conditions = [
        ("t.space_no = ?", space),
        ("contains(lower(s.name), lower(?))", space_name or None),
        ("contains(lower(t.name), lower(?))", name or None),
    ]
    return newest_first(transaction, SELECT, conditions, request, scope="tags", build=build)


def get(transaction: Transaction, tag_id: str) -> StoredTag:
    """Return a tag by id.

    Raises:
        NotFound: No tag has this id.
    """
    row = transaction.one(f"{SELECT} WHERE t.id = ?", tag_id)
    if row is None:
        raise missing(f"tag {tag_id!r}")
    return build(row)


def create(transaction: Transaction, space_id: str, name: str, description: str | None, color: str | None) -> StoredTag:
    """Make a tag.

    Raises:
        NotFound: The space is not known.
        Conflict: A tag of the space has this name, in any case.
    """
    space = spaces.number_of(transaction, space_id)
    _require_free_name(transaction, space, name)
    number = transaction.take("number")
    tag_id = new_resource_id("Tag", number)
    transaction.insert(
        "tags",
        no=number,
        id=tag_id,
        space_no=space,
        name=name,
        description=description,
        color=color,
        created_us=transaction.now,
        updated_us=transaction.now,
    )
    return get(transaction, tag_id)


def update(transaction: Transaction, tag_id: str, changes: Mapping[str, object]) -> StoredTag:
    """Change the name, the description or the colour of a tag, wherever it is used; None clears the latter two.

    Raises:
        NotFound: No tag has this id.
        Conflict: Another tag of the space has the new name, in any case.
    """
    found = get(transaction, tag_id)
    changed = {"name": found.tag.name, "description": found.tag.description, "color": found.tag.color, **changes}
    _require_free_name(transaction, found.space_number, str(changed["name"]), except_number=found.number)
    sql = "UPDATE tags SET name = ?, description = ?, color = ? WHERE no = ?"
    transaction.run(sql, changed["name"], changed["description"], changed["color"], found.number)
    touch_row(transaction, "tags", found.number)
    return get(transaction, tag_id)


def delete(transaction: Transaction, tag_id: str) -> None:
    """Delete a tag, and take it from everything that has it.

    Raises:
        NotFound: No tag has this id.
    """
    number = get(transaction, tag_id).number
    transaction.run("DELETE FROM resource_tags WHERE tag_no = ?", number)
    transaction.run("DELETE FROM tags WHERE no = ?", number)


def build(row: Row) -> StoredTag:
    """Build a tag from a row of ``SELECT``."""
    number, tag_id, name, space_id, description, color, created, updated, space = row
    tag = Tag(
        id=tag_id,
        name=name,
        space_id=space_id,
        description=description,
        color=None if color is None else TagColor(color),
        created_at=to_datetime(created),
        updated_at=to_datetime(updated),
    )
    return StoredTag(number, space, tag)


def _require_free_name(transaction: Transaction, space: int, name: str, *, except_number: int = -1) -> None:
    sql = "SELECT 1 FROM tags WHERE space_no = ? AND lower(name) = lower(?) AND no <> ?"
    if transaction.one(sql, space, name, except_number):
        raise taken("tag", name)

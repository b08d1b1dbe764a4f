"""Spaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from attrs import frozen

from arize_async.models.space import Space
from arize_async.server.storage.ids import new_resource_id
from arize_async.server.storage.moments import to_datetime
from arize_async.server.storage.pages import Page, PageRequest, newest_first
from arize_async.server.storage.refusals import missing, taken
from arize_async.wire.codec import decode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from arize_async.server.storage.transaction import Row, Transaction

_SELECT = "SELECT t.no, t.id, t.name, t.organization_id, t.settings, t.created_us FROM spaces t"
ORGANIZATION_NUMBER = 0
DEFAULT = "default"
_DEFAULTS = {"description": "", "is_private": False, "ml_models_enabled": False}


@frozen
class StoredSpace:
    """A space and its number."""

    number: int
    space: Space


def page(
    transaction: Transaction, request: PageRequest, *, name: str | None = None, organization_id: str | None = None
) -> Page[StoredSpace]:
    """Return spaces, the newest first; ``name`` is a part of the name in any case."""
    conditions = [("contains(lower(t.name), lower(?))", name or None), ("t.organization_id = ?", organization_id)]
    return newest_first(transaction, _SELECT, conditions, request, scope="spaces", build=_build)


def get(transaction: Transaction, space_id: str) -> StoredSpace:
    """Return a space by id.

    Raises:
        NotFound: No space has this id.
    """
    row = transaction.one(f"{_SELECT} WHERE t.id = ?", space_id)
    if row is None:
        raise missing(f"space {space_id!r}")
    return _build(row)


def number_of(transaction: Transaction, space_id: str) -> int:
    """Return the number of a space.

    Raises:
        NotFound: No space has this id.
    """
    row = transaction.one("SELECT no FROM spaces WHERE id = ?", space_id)
    if row is None:
        raise missing(f"space {space_id!r}")
    return row[0]


def create(
    transaction: Transaction,
    name: str,
    organization_id: str | None = None,
    settings: Mapping[str, object] | None = None,
) -> StoredSpace:
    """Make a space; ``settings`` are further fields of ``Space``.

    Raises:
        Conflict: A space has this name.
    """
    require_free_name(transaction, name)
    number = transaction.take("number")
    space_id = new_resource_id("Space", number)
    transaction.insert(
        "spaces",
        no=number,
        id=space_id,
        name=name,
        organization_id=organization_id or _organization(transaction),
        settings=orjson.dumps(settings or {}).decode(),
        created_us=transaction.now,
    )
    return get(transaction, space_id)


def update(transaction: Transaction, space_id: str, changes: Mapping[str, object]) -> StoredSpace:
    """Change fields of a space; a field that is None goes back to its default.

    Raises:
        NotFound: No space has this id.
        Conflict: Another space has the new name.
    """
    found = get(transaction, space_id)
    name = str(changes.get("name", found.space.name))
    require_free_name(transaction, name, except_number=found.number)
    settings = orjson.loads(transaction.scalar("SELECT settings FROM spaces WHERE no = ?", found.number))
    settings |= {key: value for key, value in changes.items() if key != "name"}
    kept = {key: value for key, value in settings.items() if value is not None}
    sql = "UPDATE spaces SET name = ?, settings = ? WHERE no = ?"
    transaction.run(sql, name, orjson.dumps(kept).decode(), found.number)
    return get(transaction, space_id)


def ensure_default(transaction: Transaction) -> None:
    """Make the space ``default`` in a new store."""
    if not transaction.scalar("SELECT count(*) FROM spaces") and not transaction.scalar(
        "SELECT value FROM counters WHERE name = 'number'"
    ):
        create(transaction, DEFAULT)


def require_free_name(transaction: Transaction, name: str, *, except_number: int = -1) -> None:
    """Refuse a name that another space has."""
    if transaction.one("SELECT 1 FROM spaces WHERE name = ? AND no <> ?", name, except_number):
        raise taken("space", name)


def _organization(transaction: Transaction) -> str:
    row = transaction.one("SELECT organization_id FROM spaces ORDER BY no LIMIT 1")
    return row[0] if row else new_resource_id("Organization", ORGANIZATION_NUMBER)


def _build(row: Row) -> StoredSpace:
    number, space_id, name, organization_id, settings, created = row
    known = {"id": space_id, "name": name, "organization_id": organization_id, "created_at": to_datetime(created)}
    return StoredSpace(number, decode(Space, {**_DEFAULTS, **orjson.loads(settings), **known}))

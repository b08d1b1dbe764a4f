"""Users of spaces.

The store has no accounts, so it knows of a user, and of a custom role, no more than the id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.models.membership import CustomSpaceRole, PredefinedSpaceRole, SpaceMembership
from arize_async.server.storage import spaces
from arize_async.server.storage.ids import new_resource_id
from arize_async.server.storage.refusals import missing

if TYPE_CHECKING:
    from arize_async.models.membership import SpaceRole
    from arize_async.server.storage.transaction import Row, Transaction

_SELECT = (
    "SELECT m.id, m.user_id, s.id, m.role_type, m.role FROM space_members m JOIN spaces s ON s.no = m.space_no"
    " WHERE s.no = ? AND m.user_id = ?"
)


def put(transaction: Transaction, space_id: str, user_id: str, role: SpaceRole) -> SpaceMembership:
    """Give a user a role in a space, instead of the one before if there was one.

    Raises:
        NotFound: The space is not known.
    """
    space = spaces.number_of(transaction, space_id)
    value = role.name if isinstance(role, PredefinedSpaceRole) else role.id
    if transaction.one(_SELECT, space, user_id):
        sql = "UPDATE space_members SET role_type = ?, role = ? WHERE space_no = ? AND user_id = ?"
        transaction.run(sql, role.type, value, space, user_id)
    else:
        number = transaction.take("number")
        member_id = new_resource_id("SpaceMembership", number)
        transaction.insert(
            "space_members",
            no=number,
            id=member_id,
            space_no=space,
            user_id=user_id,
            role_type=role.type,
            role=value,
        )
    return _get(transaction, space, user_id)


def remove(transaction: Transaction, space_id: str, user_id: str) -> None:
    """Take a user out of a space.

    Raises:
        NotFound: The space is not known, or the user is not in it.
    """
    space = spaces.number_of(transaction, space_id)
    _get(transaction, space, user_id)
    transaction.run("DELETE FROM space_members WHERE space_no = ? AND user_id = ?", space, user_id)


def _get(transaction: Transaction, space: int, user_id: str) -> SpaceMembership:
    row = transaction.one(_SELECT, space, user_id)
    if row is None:
        raise missing(f"member {user_id!r} of the space")
    return _build(row)


def _build(row: Row) -> SpaceMembership:
    member_id, user_id, space_id, kind, value = row
    role = PredefinedSpaceRole(name=value) if kind == "PREDEFINED" else CustomSpaceRole(id=value)
    return SpaceMembership(id=member_id, user_id=user_id, space_id=space_id, role=role)

"""Who may do what in a space (wire contract 2.3)."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from attrs import field, frozen

from arize_async.models.base import Model
from arize_async.models.rules import characters


class UserSpaceRole(StrEnum):
    """The roles that every space has."""

    ADMIN = "ADMIN"
    MEMBER = "MEMBER"
    READ_ONLY = "READ_ONLY"
    ANNOTATOR = "ANNOTATOR"


def _known(name: UserSpaceRole | str) -> UserSpaceRole:
    try:
        return UserSpaceRole(name)
    except ValueError:
        raise ValueError(f"expected one of {', '.join(UserSpaceRole)}, got {name!r:.40}") from None


@frozen(kw_only=True, repr=False)
class PredefinedSpaceRole(Model):
    """One of the roles that every space has.

    Attributes:
        name: ``ADMIN``, ``MEMBER``, ``READ_ONLY`` or ``ANNOTATOR``.

    >>> print(PredefinedSpaceRole(name="MEMBER"))
    MEMBER
    """

    type: Literal["PREDEFINED"] = "PREDEFINED"
    name: UserSpaceRole = field(converter=_known)

    def __str__(self) -> str:
        """Return the name."""
        return self.name.value


@frozen(kw_only=True, repr=False)
class CustomSpaceRole(Model):
    """A role that an account made.

    Attributes:
        id: Id of the role.
        name: What it is called; only in answers, and only where the server knows it.

    >>> print(CustomSpaceRole(id="Um9sZToxOlY0S2E="))
    Um9sZToxOlY0S2E=
    """

    type: Literal["CUSTOM"] = "CUSTOM"
    id: str = field(validator=characters(1))
    name: str | None = None

    def __str__(self) -> str:
        """Return the name, or the id where there is none."""
        return self.id if self.name is None else self.name


SpaceRole = PredefinedSpaceRole | CustomSpaceRole


@frozen(kw_only=True, repr=False)
class SpaceMembership(Model):
    """A user in a space."""

    id: str
    user_id: str
    space_id: str
    role: SpaceRole

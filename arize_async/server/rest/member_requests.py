"""Body of the operation that adds a user to a space (wire contract 2.3)."""

from __future__ import annotations

import re
from typing import Literal

from attrs import field, frozen

from arize_async.models.base import Request
from arize_async.models.membership import UserSpaceRole
from arize_async.models.rules import MAX_NAME, Rule

_ANY = "[A-Za-z0-9+/]"
_REST = f"{_ANY}(?:{_ANY}{{4}})*(?:{_ANY}{{2}}==|{_ANY}{{3}}=)?"


def _ids(kind: str, start: str) -> Rule:
    """Make the rule for ids of a kind; ``start`` is what the kind and a colon are in base64."""
    pattern = start + _REST

    def check(value: str) -> None:
        if not re.fullmatch(pattern, value) or len(value) > MAX_NAME:
            raise ValueError(f"expected the id of a {kind}, which is base64 text, got {value!r:.80}")

    return Rule({"pattern": f"^{pattern}$", "maxLength": MAX_NAME}, check)


_USER_ID = _ids("user", "VXNlcj[o-r]")
_ROLE_ID = _ids("role", "Um9sZT[o-r]")


@frozen(kw_only=True)
class PredefinedRole(Request):
    """One of the roles that every space has."""

    type: Literal["PREDEFINED"]
    name: UserSpaceRole


@frozen(kw_only=True)
class CustomRole(Request):
    """A role by its id."""

    type: Literal["CUSTOM"]
    id: str = field(validator=_ROLE_ID)


@frozen(kw_only=True)
class AddSpaceUser(Request):
    """Body of ``POST /v2/spaces/{id}/users``."""

    user_id: str = field(validator=_USER_ID)
    role: PredefinedRole | CustomRole

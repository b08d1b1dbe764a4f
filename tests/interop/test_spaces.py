"""The spaces client of the official SDK."""

from __future__ import annotations

from typing import Any

from arize_sync.spaces.types import CustomSpaceRole, PredefinedSpaceRole

NOTHING = "U3BhY2U6OTk6QWJDZA=="
USER = "VXNlcjo0MjphQmNE"
ROLE = "Um9sZToxOlY0S2E="


def test_list(official: Any, ours: Any, agree: Any, fresh: Any) -> None:
    """By a part of the name, by pages and by organization; both clients see the same fields in the same order."""
    stem = fresh("listed")
    for number in range(3):
        ours.spaces.create(name=f"{stem}/{number}")
    page = official("spaces.list", name=stem.upper(), limit=2)
    assert [found["name"] for found in page["spaces"]] == [f"{stem}/2", f"{stem}/1"]
    rest = official("spaces.list", name=stem.upper(), limit=2, cursor=page["pagination"]["next_cursor"])
    assert rest["pagination"] == {"has_more": False, "next_cursor": None}
    agree(page["spaces"] + rest["spaces"], list(ours.spaces.list(name=stem)))
    organization = page["spaces"][0]["organization_id"]
    assert len(official("spaces.list", name=stem, organization_id=organization)["spaces"]) == 3
    assert official("spaces.list", name=stem, organization_id="other")["spaces"] == []


def test_get(official: Any, space: Any, agree: Any) -> None:
    """By id and by name; a name that is not there is the SDK's own error, an id is a 404."""
    for key in (space.id, space.name):
        agree(official("spaces.get", space=key), space)
    assert official.refusal("spaces.get", space="no such space").name == "NotFoundError"
    assert official.refusal("spaces.get", space=NOTHING).status == 404


def test_create(official: Any, ours: Any, agree: Any, fresh: Any) -> None:
    """Every field is stored; a name that is taken is a conflict."""
    fields = {"name": fresh("made"), "organization_id": "T3JnYW5pemF0aW9uOjE6QWJDZA=="}
    made = official("spaces.create", **fields, description="words", is_private=True)
    assert (made["description"], made["is_private"]) == ("words", True)
    agree(made, ours.spaces.get(space=made["id"]))
    assert official.refusal("spaces.create", **fields).name == "ConflictException"


def test_update(official: Any, ours: Any, agree: Any, space: Any, fresh: Any) -> None:
    """Given fields change, None clears, others stay; nothing to change is the SDK's own error."""
    changes = {"name": fresh("renamed"), "description": "words", "is_private": True, "gradient_start_color": "#fff"}
    changed = official("spaces.update", space=space.name, **changes)
    assert {key: changed[key] for key in changes} == changes
    agree(changed, ours.spaces.get(space=space.id))
    cleared = official("spaces.update", space=space.id, description=None)
    assert not cleared["description"]
    assert cleared["name"] == changes["name"]
    assert "ValueError" in official.refusal("spaces.update", space=space.id).classes[0]
    assert official.refusal("spaces.update", space=space.id, name="default").name == "ConflictException"


def test_delete(official: Any, ours: Any, space: Any, dataset: Any) -> None:
    """Everything in it goes along; the second time it is not found."""
    assert official("spaces.delete", space=space.name) is None
    assert space.name not in [found.name for found in ours.spaces.list()]
    assert official.refusal("datasets.get", dataset=dataset.id).status == 404
    assert official.refusal("spaces.delete", space=space.id).name == "NotFoundException"


def test_add_user(official: Any, ours: Any, make: Any, agree: Any, space: Any) -> None:
    """A user gets every role there is, by the space's id and name; the last counts, and the membership stays."""
    roles = {name: made_role(make, name=name) for name in ("ADMIN", "MEMBER", "READ_ONLY", "ANNOTATOR")}
    roles[ROLE] = made_role(make, id=ROLE)
    first = official("spaces.add_user", space=space.name, user_id=USER, role=roles["MEMBER"])
    assert (first["user_id"], first["space_id"]) == (USER, space.id)
    for name, role in roles.items():
        added = official("spaces.add_user", space=space.id, user_id=USER, role=role)
        assert {**added, "role": None} == {**first, "role": None}
        assert name in added["role"].values()
        mine = CustomSpaceRole(id=ROLE) if name == ROLE else PredefinedSpaceRole(name=name)
        agree(added, ours.spaces.add_user(space=space.id, user_id=USER, role=mine))


def test_add_user_refuses(official: Any, make: Any, space: Any) -> None:
    """What is no user id or no role id is a 400, a space that is not there a 404; nobody is added by that."""
    role = made_role(make, name="MEMBER")
    for user, given in (("", role), ("me@example.com", role), (ROLE, role), (USER, made_role(make, id="reviewer"))):
        refused = official.refusal("spaces.add_user", space=space.id, user_id=user, role=given)
        assert (refused.name, refused.data["status"]) == ("BadRequestException", 400)
    assert official.refusal("spaces.add_user", space=NOTHING, user_id=USER, role=role).name == "NotFoundException"
    assert official.refusal("spaces.add_user", space="no such", user_id=USER, role=role).name == "NotFoundError"
    unknown = official.refusal("spaces.add_user", space=space.id, user_id=USER, role=made_role(make, name="OWNER"))
    assert "ValidationError" in unknown.name
    assert official.refusal("spaces.remove_user", space=space.id, user_id=USER).name == "NotFoundException"


def test_remove_user(official: Any, ours: Any, make: Any, space: Any) -> None:
    """By the space's id and name, also one whom this package added; who is not in the space is not found."""
    for key in (space.id, space.name):
        ours.spaces.add_user(space=space.id, user_id=USER, role=PredefinedSpaceRole(name="MEMBER"))
        assert official("spaces.remove_user", space=key, user_id=USER) is None
        refused = official.refusal("spaces.remove_user", space=key, user_id=USER)
        assert (refused.name, refused.data["status"]) == ("NotFoundException", 404)
    official("spaces.add_user", space=space.id, user_id=USER, role=made_role(make, name="ADMIN"))
    ours.spaces.remove_user(space=space.id, user_id=USER)
    assert official.refusal("spaces.remove_user", space=space.id, user_id=USER).name == "NotFoundException"


def made_role(make: Any, **fields: str) -> Any:
    """Stand for a role of the official SDK."""
    return make(f"arize.spaces.types.{'CustomSpaceRole' if 'id' in fields else 'PredefinedSpaceRole'}", **fields)

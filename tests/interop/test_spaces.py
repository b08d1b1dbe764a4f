"""The spaces client of the official SDK."""

from __future__ import annotations

from typing import Any

NOTHING = "U3BhY2U6OTk6QWJDZA=="


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


def test_users_are_not_offered(official: Any, make: Any, space: Any) -> None:
    """The server has no users: adding and removing them is a 404 and changes nothing."""
    role = make("arize.spaces.types.PredefinedSpaceRole", name="MEMBER")
    added = official.refusal("spaces.add_user", space=space.id, user_id="VXNlcjox", role=role)
    removed = official.refusal("spaces.remove_user", space=space.id, user_id="VXNlcjox")
    assert [added.name, removed.name] == ["NotFoundException"] * 2
    assert "no such path" in str(added)

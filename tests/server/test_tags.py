"""Tags of spaces, and what has them."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from arize_async.models.tag import TagColor

if TYPE_CHECKING:
    from arize_async.server import LocalServer

HOSTILE = ["'; DROP TABLE tags; --", "<script>alert(1)</script>", "a\u0000b", "%_\\", '"quoted"', "\u202e\U0001f600"]


async def make(rest: Any, space: str, name: str, **fields: Any) -> dict[str, Any]:
    """Make a tag."""
    answer = await rest("POST", "/v2/tags", json={"name": name, "space_id": space, **fields})
    assert answer.status == 201, answer.body
    return answer.body


@pytest.fixture
async def elsewhere(rest: Any) -> str:
    """Id of another space."""
    return (await rest("POST", "/v2/spaces", json={"name": "elsewhere"})).body["id"]


@pytest.fixture
async def config(rest: Any, space: str) -> str:
    """Id of an annotation config."""
    body = {"name": "note", "annotation_config_type": "FREEFORM", "space_id": space}
    return (await rest("POST", "/v2/annotation-configs", json=body)).body["id"]


@pytest.fixture
def resources(dataset: str, experiment: str, config: str) -> list[str]:
    """The paths of the tags of one resource of each kind."""
    kinds = {"datasets": dataset, "experiments": experiment, "annotation-configs": config}
    return [f"/v2/{kind}/{quote(resource, safe='')}/tags" for kind, resource in kinds.items()]


async def test_a_tag_is_made_with_what_is_given(rest: Any, space: str) -> None:
    """What is not given is null, and it was last changed when it was made."""
    plain = await make(rest, space, "plain")
    assert (plain["name"], plain["space_id"], plain["description"], plain["color"]) == ("plain", space, None, None)
    assert plain["updated_at"] == plain["created_at"]
    for color in TagColor:
        made = await make(rest, space, f"in {color}", description="words", color=color)
        assert (made["color"], made["description"]) == (color, "words")


async def test_names_are_unique_in_a_space_in_any_case(rest: Any, space: str, elsewhere: str) -> None:
    """A name that differs only in case is a conflict, also for a change; a tag's own name is none."""
    made = await make(rest, space, "Produktion Ä")
    other = await make(rest, space, "other")
    await make(rest, elsewhere, "produktion ä")
    taken = {"name": "PRODUKTION ä", "space_id": space}
    assert (await rest("POST", "/v2/tags", json=taken)).status == 409
    assert (await rest("PATCH", f"/v2/tags/{other['id']}", json={"name": "produktion Ä"})).status == 409
    changed = await rest("PATCH", f"/v2/tags/{made['id']}", json={"name": "produktion ä"})
    assert (changed.status, changed.body["name"]) == (200, "produktion ä")


async def test_many_requests_at_once(rest: Any, space: str, resources: list[str]) -> None:
    """One of them makes the tag, and all of them put it on a resource once."""
    body = {"name": "t", "space_id": space}
    made = await asyncio.gather(*(rest("POST", "/v2/tags", json=body) for _ in range(10)))
    assert sorted(answer.status for answer in made) == [201] + [409] * 9
    (tag,) = await rest.walk("/v2/tags", "tags")
    ids = {"tag_ids": [tag["id"]]}
    added = await asyncio.gather(*(rest("POST", path, json=ids) for path in resources for _ in range(5)))
    assert all(answer.body["tags"] == [tag] for answer in added)


async def test_a_change_shows_wherever_the_tag_is(rest: Any, space: str, resources: list[str]) -> None:
    """Absent fields stay, null clears, and the tag that changed last comes first."""
    first, second = await make(rest, space, "first", description="d", color="RED"), await make(rest, space, "second")
    for path in resources:
        await rest("POST", path, json={"tag_ids": [first["id"], second["id"]]})
        assert [tag["name"] for tag in (await rest("GET", path)).body["tags"]] == ["second", "first"]
    renamed = (await rest("PATCH", f"/v2/tags/{first['id']}", json={"name": "1st"})).body
    assert renamed == {**first, "name": "1st", "updated_at": renamed["updated_at"]}
    moments = [datetime.fromisoformat(tag["updated_at"]) for tag in (first, renamed)]
    assert moments[1] - moments[0] >= timedelta(seconds=1)
    cleared = (await rest("PATCH", f"/v2/tags/{first['id']}", json={"description": None, "color": None})).body
    assert (cleared["name"], cleared["description"], cleared["color"]) == ("1st", None, None)
    for path in resources:
        assert (await rest("GET", path)).body == {"tags": [cleared, second], "pagination": {"has_more": False}}


async def test_the_list_of_tags(rest: Any, space: str, elsewhere: str) -> None:
    """By space and by a part of the name in any case, newest first, in pages whose cursors belong to their filter."""
    made = [await make(rest, space, f"tag {number}") for number in range(5)]
    other = await make(rest, elsewhere, "TAG of another space")
    assert await rest.walk("/v2/tags", "tags", limit="2") == [other, *reversed(made)]
    assert await rest.walk("/v2/tags", "tags", space_id=space, name="AG", limit="2") == made[::-1]
    assert await rest.walk("/v2/tags", "tags", space_name="ELSE") == [other]
    assert await rest.walk("/v2/tags", "tags", name="%") == []
    page = (await rest("GET", "/v2/tags", params={"space_id": space, "limit": "2"})).body
    cursor = page["pagination"]["next_cursor"]
    await rest("DELETE", f"/v2/tags/{page['tags'][-1]['id']}")
    rest_of = await rest("GET", "/v2/tags", params={"space_id": space, "cursor": cursor})
    assert rest_of.body["tags"] == made[2::-1]
    refused = ({"cursor": cursor}, {"limit": "101"}, {"limit": "0"})
    assert [(await rest("GET", "/v2/tags", params=query)).status for query in refused] == [400] * 3
    assert (await rest("GET", "/v2/tags", params={"space_id": "nowhere"})).status == 404


async def test_resources_have_tags(rest: Any, space: str, resources: list[str]) -> None:
    """Adding is idempotent and answers all that a resource has; one resource's tags are not another's."""
    tags = [(await make(rest, space, f"t{number}"))["id"] for number in range(3)]
    for path in resources:
        assert (await rest("GET", path)).body == {"tags": [], "pagination": {"has_more": False}}
        for ids in (tags[:1], [tags[0], tags[0], tags[1]]):
            added = await rest("POST", path, json={"tag_ids": ids})
        assert added.status == 200
        assert [tag["id"] for tag in added.body["tags"]] == tags[1::-1]
        assert (await rest("GET", path)).body == added.body


async def test_a_resource_may_have_more_than_a_page_of_tags(rest: Any, space: str, resources: list[str]) -> None:
    """A request adds at most 100; a list shows all, without pages."""
    tags = [(await make(rest, space, f"t{number}"))["id"] for number in range(101)]
    for path in resources:
        assert (await rest("POST", path, json={"tag_ids": tags})).status == 422
        assert (await rest("POST", path, json={"tag_ids": tags[:100]})).status == 200
        answer = await rest("POST", path, json={"tag_ids": tags[100:]})
        assert [tag["id"] for tag in answer.body["tags"]] == tags[::-1]
        assert answer.body["pagination"] == {"has_more": False}


async def test_tags_are_taken_away(rest: Any, space: str, dataset: str) -> None:
    """The answer says which were there; the tags themselves stay."""
    path = f"/v2/datasets/{quote(dataset, safe='')}/tags"
    tags = [(await make(rest, space, f"t{number}"))["id"] for number in range(3)]
    await rest("POST", path, json={"tag_ids": tags})
    removed = await rest("DELETE", path, json={"tag_ids": [tags[0], tags[0], tags[1]]})
    assert (removed.status, removed.body) == (200, {"completed": True, "deleted": tags[:2], "not_deleted": []})
    again = await rest("DELETE", path, json={"tag_ids": ["none", tags[2], tags[0]]})
    assert again.body == {"completed": False, "deleted": [tags[2]], "not_deleted": ["none", tags[0]]}
    assert (await rest("GET", path)).body["tags"] == []
    assert len(await rest.walk("/v2/tags", "tags")) == 3


async def test_what_cannot_be_added_adds_nothing(rest: Any, space: str, elsewhere: str, resources: list[str]) -> None:
    """A tag that is not there, one of another space, no tags and too many are a 422; other tags of the request too."""
    good, foreign = (await make(rest, space, "t"))["id"], (await make(rest, elsewhere, "t"))["id"]
    for path in resources:
        for ids in ([good, "none"], [good, foreign], [good, space], [], [good] * 101):
            answer = await rest("POST", path, json={"tag_ids": ids})
            assert (answer.status, answer.body["title"]) == (422, "Unprocessable Entity")
        for body in ({"tag_ids": good}, {"tag_ids": [1]}, {"tag_ids": None}, {}, {"tag_ids": [good], "more": 1}):
            assert (await rest("POST", path, json=body)).status == 400
        assert (await rest("GET", path)).body["tags"] == []
    for kind in ("datasets", "experiments", "annotation-configs"):
        assert (await rest("GET", f"/v2/{kind}/nope/tags")).status == 404
        assert (await rest("POST", f"/v2/{kind}/nope/tags", json={"tag_ids": [good]})).status == 404
    removed = await rest("DELETE", "/v2/datasets/nope/tags", json={"tag_ids": [good]})
    assert removed.status == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"name": ""}, 400),
        ({"name": " \t\u3000"}, 400),
        ({"name": "x" * 101}, 400),
        ({"name": None}, 400),
        ({"color": "MAUVE"}, 400),
        ({"color": "red"}, 400),
        ({"description": 1}, 400),
        ({"id": "mine"}, 400),
        ({"space_id": "nowhere"}, 404),
        ({"space_id": None}, 400),
    ],
)
async def test_a_tag_that_cannot_be_made(rest: Any, space: str, change: dict[str, Any], status: int) -> None:
    """It is refused with a reason, and there is none afterwards."""
    answer = await rest("POST", "/v2/tags", json={"name": "n", "space_id": space, **change})
    assert answer.status == status
    assert answer.body["detail"]
    assert await rest.walk("/v2/tags", "tags") == []


async def test_a_change_that_cannot_be_made(rest: Any, space: str) -> None:
    """The tag stays as it is, and does not count as changed."""
    made = await make(rest, space, "n")
    for body in ({}, {"name": None}, {"name": " "}, {"name": "x" * 101}, {"color": "MAUVE"}, {"space_id": space}):
        assert (await rest("PATCH", f"/v2/tags/{made['id']}", json=body)).status == 400
    assert (await rest("PATCH", "/v2/tags/none", json={"name": "m"})).status == 404
    assert await rest.walk("/v2/tags", "tags") == [made]


async def test_hostile_text_is_text(rest: Any, space: str, dataset: str) -> None:
    """Names and descriptions come back as they went in, and are found again."""
    path = f"/v2/datasets/{quote(dataset, safe='')}/tags"
    for text in HOSTILE:
        made = await make(rest, space, text, description=text)
        assert (made["name"], made["description"]) == (text, text)
        assert await rest.walk("/v2/tags", "tags", name=text) == [made]
        assert (await rest("POST", path, json={"tag_ids": [text]})).status == 422
        assert (await rest("POST", path, json={"tag_ids": [made["id"]]})).body["tags"][0] == made
    assert len((await rest("GET", path)).body["tags"]) == len(HOSTILE)


async def test_a_deleted_tag_is_gone_everywhere(rest: Any, space: str, resources: list[str]) -> None:
    """What had it stays; its name is free, and a new tag of that name is on nothing."""
    tag = (await make(rest, space, "t"))["id"]
    for path in resources:
        await rest("POST", path, json={"tag_ids": [tag]})
    deleted = await rest("DELETE", f"/v2/tags/{tag}")
    assert (deleted.status, deleted.body) == (204, "")
    assert (await rest("DELETE", f"/v2/tags/{tag}")).status == 404
    await make(rest, space, "t")
    for path in resources:
        assert (await rest("GET", path)).body["tags"] == []
        assert (await rest("POST", path, json={"tag_ids": [tag]})).status == 422


async def test_tags_end_with_what_has_them(server: LocalServer, rest: Any, space: str, resources: list[str]) -> None:
    """Neither a deleted resource nor a deleted space leaves a row behind."""
    tag = await make(rest, space, "t")
    for path in resources:
        await rest("POST", path, json={"tag_ids": [tag["id"]]})
    for path in reversed(resources):
        assert (await rest("DELETE", path.removesuffix("/tags"))).status == 204
    assert await rest.walk("/v2/tags", "tags") == [tag]
    assert _rows(server) == {"tags": 1, "resource_tags": 0, "space_members": 0}


async def test_a_deleted_space_leaves_nothing(server: LocalServer, rest: Any, space: str, resources: list[str]) -> None:
    """Tags, what they were on and members go with it."""
    tag = await make(rest, space, "t")
    for path in resources:
        await rest("POST", path, json={"tag_ids": [tag["id"]]})
    role = {"type": "PREDEFINED", "name": "ADMIN"}
    await rest("POST", f"/v2/spaces/{quote(space)}/users", json={"user_id": "VXNlcjox", "role": role})
    assert _rows(server) == {"tags": 1, "resource_tags": 3, "space_members": 1}
    assert (await rest("DELETE", f"/v2/spaces/{quote(space)}")).status == 204
    assert _rows(server) == {"tags": 0, "resource_tags": 0, "space_members": 0}


def _rows(server: LocalServer) -> dict[str, int]:
    """Count rows that no list shows."""
    tables = ("tags", "resource_tags", "space_members")
    store = server._running.store
    with store.database.read() as transaction:
        return {
            table: transaction.scalar(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own names
            for table in tables
        }

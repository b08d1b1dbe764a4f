"""Users of spaces."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

import pytest

from arize_async.server import LocalServer

USER = "VXNlcjo0MjphQmNE"
OTHER = "VXNlcjoxOmxQZzI="
ROLE = "Um9sZToxOlY0S2E="
MEMBER = {"type": "PREDEFINED", "name": "MEMBER"}
LONG = "VXNlcjox" + "AAAA" * 62


def users(space: str, user: str = "") -> str:
    """Return the path of a space's users, or of one of them."""
    return f"/v2/spaces/{quote(space, safe='')}/users" + (f"/{quote(user, safe='')}" if user else "")


async def test_a_user_is_added_once_and_gets_the_last_role(rest: Any, space: str) -> None:
    """The membership stays the same one, whatever the role becomes; another user has another."""
    first = await rest("POST", users(space), json={"user_id": USER, "role": MEMBER})
    assert first.status == 200
    assert first.body == {"id": first.body["id"], "user_id": USER, "space_id": space, "role": MEMBER}
    for role in ({"type": "CUSTOM", "id": ROLE}, {"type": "PREDEFINED", "name": "ADMIN"}):
        again = await rest("POST", users(space), json={"user_id": USER, "role": role})
        assert (again.status, again.body) == (200, {**first.body, "role": role})
    other = await rest("POST", users(space), json={"user_id": OTHER, "role": MEMBER})
    assert other.body["id"] != first.body["id"]


async def test_a_user_is_removed_once(rest: Any, space: str) -> None:
    """The second time, a user of another space, and one who never was there are not found."""
    elsewhere = (await rest("POST", "/v2/spaces", json={"name": "elsewhere"})).body["id"]
    for place, user in ((space, USER), (space, OTHER), (elsewhere, USER)):
        await rest("POST", users(place), json={"user_id": user, "role": MEMBER})
    removed = await rest("DELETE", users(space, USER))
    assert (removed.status, removed.body) == (204, "")
    for path in (users(space, USER), users(elsewhere, OTHER), users(space, "nobody"), users("nowhere", USER)):
        answer = await rest("DELETE", path)
        assert (answer.status, answer.body["title"]) == (404, "Resource not found")
    assert (await rest("DELETE", users(space, OTHER))).status == 204
    assert (await rest("DELETE", users(elsewhere, USER))).status == 204


@pytest.mark.parametrize(
    "change",
    [
        *(
            {"user_id": user}
            for user in ("", " ", "me", "VXNlcjo=", "VXNlcjoxOmxQZzI", ROLE, f"{USER}\n", LONG, None, 1)
        ),
        {"role": None},
        {"role": "MEMBER"},
        {"role": {}},
        {"role": {"name": "MEMBER"}},
        {"role": {"type": "PREDEFINED"}},
        {"role": {"type": "PREDEFINED", "name": "OWNER"}},
        {"role": {"type": "PREDEFINED", "name": "member"}},
        {"role": {"type": "PREDEFINED", "name": "MEMBER", "id": ROLE}},
        {"role": {"type": "CUSTOM"}},
        {"role": {"type": "CUSTOM", "name": "MEMBER"}},
        {"role": {"type": "CUSTOM", "id": ""}},
        {"role": {"type": "CUSTOM", "id": "Um9sZTo="}},
        {"role": {"type": "CUSTOM", "id": USER}},
        {"role": {"type": ["CUSTOM"], "id": ROLE}},
        {"role": {"type": "OTHER", "id": ROLE}},
        {"more": 1},
    ],
)
async def test_what_is_no_user_or_no_role_is_refused(rest: Any, space: str, change: dict[str, Any]) -> None:
    """Status 400 with a reason, and nobody was added."""
    answer = await rest("POST", users(space), json={"user_id": USER, "role": MEMBER, **change})
    assert answer.status == 400
    assert answer.body["detail"]
    assert (await rest("DELETE", users(space, USER))).status == 404


async def test_a_user_who_is_added_many_times_at_once_is_there_once(rest: Any, space: str) -> None:
    """Every request answers the same membership, and one removal ends it."""
    body = {"user_id": USER, "role": MEMBER}
    answers = await asyncio.gather(*(rest("POST", users(space), json=body) for _ in range(20)))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body["id"] for answer in answers}) == 1
    assert (await rest("DELETE", users(space, USER))).status == 204
    assert (await rest("DELETE", users(space, USER))).status == 404


async def test_an_unknown_space_has_no_users(rest: Any) -> None:
    """It is not found, as everywhere."""
    assert (await rest("POST", users("nowhere"), json={"user_id": USER, "role": MEMBER})).status == 404


async def test_users_go_with_their_space_and_stay_over_a_restart(tmp_path: Any, connect: Any) -> None:
    """Nobody is left of a deleted space; in another space the membership is the same after a restart."""
    async with LocalServer(tmp_path) as server:
        rest = await connect(server)
        kept, gone = [(await rest("POST", "/v2/spaces", json={"name": name})).body["id"] for name in "ab"]
        before = await rest("POST", users(kept), json={"user_id": USER, "role": MEMBER})
        await rest("POST", users(gone), json={"user_id": USER, "role": MEMBER})
        assert (await rest("DELETE", f"/v2/spaces/{quote(gone)}")).status == 204
        assert (await rest("DELETE", users(gone, USER))).status == 404
    async with LocalServer(tmp_path) as server:
        rest = await connect(server)
        after = await rest("POST", users(kept), json={"user_id": USER, "role": MEMBER})
        assert after.body == before.body

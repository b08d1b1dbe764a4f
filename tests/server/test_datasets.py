"""Datasets, their examples, and spaces over REST."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest


async def test_a_dataset_is_made_with_its_examples(rest: Any, space: str) -> None:
    """Status 201, one version, and rows that come back exactly as they went in."""
    rows = [
        {"text": "é \u2028\U0001f600", "whole": 2**53 + 1, "part": 0.1, "yes": True, "none": None},
        {"text": "", "list": [1, "a", None, {"b": []}], "Text": {"dots.in.name": {}}, 'q"/~': 1},
    ]
    made = await rest("POST", "/v2/datasets", json={"name": "a", "space_id": space, "examples": rows})
    assert made.status == 201
    assert made.body["space_id"] == space
    assert len(made.body["versions"]) == 1
    examples = await rest.walk(f"/v2/datasets/{made.body['id']}/examples", "examples")
    fixed = {"id", "created_at", "updated_at", "annotations"}
    assert [{name: value for name, value in row.items() if name not in fixed} for row in examples] == rows
    assert all(fixed <= set(row) for row in examples)
    assert examples[0]["created_at"] < examples[1]["created_at"]


async def test_names_are_unique_in_a_space(rest: Any, space: str, dataset: str) -> None:
    """A second dataset of a name is a conflict; another space may have it; a deleted name is free."""
    body = {"name": "three", "space_id": space, "examples": [{"a": 1}]}
    assert (await rest("POST", "/v2/datasets", json=body)).status == 409
    other = await rest("POST", "/v2/spaces", json={"name": "other", "organization_id": "o"})
    assert other.status == 201
    assert (await rest("POST", "/v2/datasets", json={**body, "space_id": other.body["id"]})).status == 201
    assert (await rest("DELETE", f"/v2/datasets/{dataset}")).status == 204
    assert (await rest("POST", "/v2/datasets", json=body)).status == 201


async def test_a_refused_create_leaves_nothing(rest: Any, space: str) -> None:
    """A dataset whose rows are refused does not exist afterwards."""
    for row in ({"id": "x"}, {"created_at": 1}, {}):
        body = {"name": "a", "space_id": space, "examples": [{"a": 1}, row]}
        answer = await rest("POST", "/v2/datasets", json=body)
        assert answer.status == 422
        assert "$.examples[1]" in answer.body["detail"]
    assert await rest.walk("/v2/datasets", "datasets") == []


async def test_lists_filter_by_parts_of_names(rest: Any, space: str) -> None:
    """``name`` is a part in any case, taken literally; lists have no versions and begin with the newest."""
    for name in ("Alpha", "beta", "ALPHABET", "100%", "a_b"):
        body = {"name": name, "space_id": space, "examples": [{"a": 1}]}
        assert (await rest("POST", "/v2/datasets", json=body)).status == 201

    async def names(**query: str) -> list[str]:
        return [item["name"] for item in await rest.walk("/v2/datasets", "datasets", **query)]

    assert await names() == ["a_b", "100%", "ALPHABET", "beta", "Alpha"]
    assert await names(name="alpha") == ["ALPHABET", "Alpha"]
    assert await names(name="%") == ["100%"]
    assert await names(name="_", limit="1") == ["a_b"]
    assert await names(space_name="DEFA", name="") == await names(space_id=space)
    assert await names(space_name="nope") == []
    assert "versions" not in (await rest("GET", "/v2/datasets")).body["datasets"][0]


async def test_inserting_examples_moves_updated_at_by_a_second(rest: Any, dataset: str) -> None:
    """Each change is visible to a client that caches with a resolution of one second."""
    moments = [(await rest("GET", f"/v2/datasets/{dataset}")).body["updated_at"]]
    for number in range(3):
        path = f"/v2/datasets/{dataset}/examples?dataset_version_id="
        answer = await rest("POST", path, json={"examples": [{"more": number}, {"more": None}]})
        assert answer.status == 201
        assert len(answer.body["example_ids"]) == 2
        moments.append(answer.body["updated_at"])
    parsed = [datetime.fromisoformat(moment) for moment in moments]
    assert all((after - before).total_seconds() >= 1 for before, after in pairwise(parsed))
    rows = await rest.walk(f"/v2/datasets/{dataset}/examples", "examples", limit="2")
    assert [row.get("more", "-") for row in rows] == ["-", "-", "-", 0, None, 1, None, 2, None]


async def test_versions_are_looked_up(rest: Any, dataset: str) -> None:
    """A version of the dataset is accepted by id, any other is not found."""
    version = (await rest("GET", f"/v2/datasets/{dataset}")).body["versions"][0]["id"]
    path = f"/v2/datasets/{dataset}/examples"
    assert (await rest("GET", path, params={"dataset_version_id": version})).status == 200
    assert (await rest("GET", path, params={"dataset_version_id": "nope"})).status == 404
    search = f"{path}/search"
    assert (await rest("POST", search, json={"dataset_version_id": version, "limit": 1})).status == 200
    assert (await rest("POST", search, json={"dataset_version_id": "nope"})).status == 404


async def test_deleting_a_dataset_deletes_its_experiments(rest: Any, dataset: str, experiment: str) -> None:
    """Nothing points at a dataset that is gone."""
    assert (await rest("DELETE", f"/v2/datasets/{dataset}")).status == 204
    for path in (f"/v2/datasets/{dataset}", f"/v2/experiments/{experiment}", f"/v2/experiments/{experiment}/runs"):
        assert (await rest("GET", path)).status == 404


async def test_pages_are_stable_while_rows_are_added(rest: Any, dataset: str) -> None:
    """A walk sees every row that was there at the start exactly once, and later ones at the end."""
    path = f"/v2/datasets/{dataset}/examples"
    seen, cursor = [], None
    for number in range(50):
        query = {"limit": "1", **({"cursor": cursor} if cursor else {})}
        page = (await rest("GET", path, params=query)).body
        seen += [row["number"] for row in page["examples"]]
        cursor = page["pagination"].get("next_cursor")
        assert page["pagination"]["has_more"] == (cursor is not None)
        if cursor is None:
            break
        if number < 3:
            await rest("POST", path, json={"examples": [{"number": 100 + number}]})
    assert seen == [0, 1, 2, 100, 101, 102]


async def test_datasets_that_appear_or_vanish_do_not_disturb_a_walk(rest: Any, space: str) -> None:
    """Lists begin with the newest, so new ones are not seen, and nothing is skipped or repeated."""
    ids = {}
    for number in range(6):
        body = {"name": f"d{number}", "space_id": space, "examples": [{"a": 1}]}
        ids[number] = (await rest("POST", "/v2/datasets", json=body)).body["id"]
    first = (await rest("GET", "/v2/datasets?limit=2")).body
    await rest("DELETE", f"/v2/datasets/{ids[4]}")  # the one that the cursor stands on
    await rest("DELETE", f"/v2/datasets/{ids[2]}")
    await rest("POST", "/v2/datasets", json={"name": "new", "space_id": space, "examples": [{"a": 1}]})
    cursor = first["pagination"]["next_cursor"]
    rest_of_list = await rest.walk("/v2/datasets", "datasets", limit="2", cursor=cursor)
    assert [item["name"] for item in first["datasets"] + rest_of_list] == ["d5", "d4", "d3", "d1", "d0"]


async def test_a_cursor_belongs_to_its_list(rest: Any, dataset: str, experiment: str) -> None:
    """A cursor of another list is refused instead of giving wrong rows."""
    cursor = (await rest("GET", f"/v2/datasets/{dataset}/examples?limit=1")).body["pagination"]["next_cursor"]
    answer = await rest("GET", f"/v2/experiments/{experiment}/runs", params={"cursor": cursor})
    assert answer.status == 400


@pytest.mark.parametrize("name", ["", "   ", "x" * 256])
async def test_names_that_are_blank_or_long_are_refused(rest: Any, space: str, name: str) -> None:
    """Status 400 with the rule."""
    answer = await rest("POST", "/v2/datasets", json={"name": name, "space_id": space, "examples": [{"a": 1}]})
    assert answer.status == 400
    assert "1 to 255 characters" in answer.body["detail"]

"""Operations that change what is there: datasets, examples, spaces, annotation configs."""

from __future__ import annotations

from typing import Any

import anyio.to_thread
import pytest


async def rows_of(rest: Any, dataset: str, **query: str) -> list[dict[str, Any]]:
    """Return the examples of a version."""
    return await rest.walk(f"/v2/datasets/{dataset}/examples", "examples", **query)


async def test_renaming_a_dataset(rest: Any, space: str, dataset: str) -> None:
    """The new name is unique, the answer has the versions, and the old name is free."""
    path = f"/v2/datasets/{dataset}"
    before = (await rest("GET", path)).body
    assert (await rest("PATCH", path, json={"name": "three"})).body == before
    renamed = await rest("PATCH", path, json={"name": "new"})
    assert (renamed.status, renamed.body["name"]) == (200, "new")
    assert renamed.body["versions"] == before["versions"]
    assert renamed.body["updated_at"] > before["updated_at"]
    body = {"name": "three", "space_id": space, "examples": [{"a": 1}]}
    assert (await rest("POST", "/v2/datasets", json=body)).status == 201
    assert (await rest("PATCH", path, json={"name": "three"})).status == 409
    assert (await rest("PATCH", path, json={"name": " "})).status == 400


async def test_updating_examples_in_place(rest: Any, flight_client: Any, dataset: str) -> None:
    """Given columns replace, others stay, columns are added, unknown ids are ignored."""
    before = await rows_of(rest, dataset)
    state = (await rest("GET", f"/v2/datasets/{dataset}")).body
    changes = [
        {"id": before[2]["id"], "number": None, "more": {"deep": [1]}},
        {"id": "unknown", "number": 1},
        {"id": before[0]["id"], "question": "new"},
    ]
    path = f"/v2/datasets/{dataset}/examples?dataset_version_id="
    answer = await rest("PATCH", path, json={"examples": changes})
    assert answer.status == 200
    assert answer.body["example_ids"] == [before[2]["id"], before[0]["id"]]
    assert answer.body["dataset_version_id"] == state["versions"][0]["id"]
    assert answer.body["updated_at"] > state["updated_at"]
    after = await rows_of(rest, dataset)
    assert [(row["question"], row["number"], row.get("more")) for row in after] == [
        ("new", 0, None),
        ("q1", 1, None),
        ("q2", None, {"deep": [1]}),
    ]
    assert [row["id"] for row in after] == [row["id"] for row in before]
    assert after[1] == before[1]
    assert after[0]["updated_at"] > before[0]["updated_at"]
    assert after[0]["created_at"] == before[0]["created_at"]
    got = await anyio.to_thread.run_sync(lambda: flight_client.get("get_dataset", dataset_id=dataset))
    assert got.column("more").to_pylist() == [None, None, {"deep": [1]}]


async def test_updating_examples_into_a_new_version(rest: Any, dataset: str) -> None:
    """The new version is the newest, a complete copy with the changes; the old one stays as it was."""
    before = await rows_of(rest, dataset)
    path = f"/v2/datasets/{dataset}/examples"
    body = {"examples": [{"id": before[0]["id"], "number": 100}], "new_version": "v2"}
    answer = await rest("PATCH", path, json=body)
    assert answer.status == 200
    versions = (await rest("GET", f"/v2/datasets/{dataset}")).body["versions"]
    assert [version["name"] for version in versions] == ["v2", "v1"]
    assert answer.body["dataset_version_id"] == versions[0]["id"]
    assert [row["number"] for row in await rows_of(rest, dataset)] == [100, 1, 2]
    assert await rows_of(rest, dataset, dataset_version_id=versions[1]["id"]) == before
    assert (await rest("PATCH", path, json=body)).status == 409
    await rest("POST", path, json={"examples": [{"number": 3}]})
    assert len(await rows_of(rest, dataset, dataset_version_id=versions[1]["id"])) == 3
    assert len(await rows_of(rest, dataset)) == 4


@pytest.mark.parametrize(
    ("row", "status"),
    [({"number": 1}, 400), ({"id": 1}, 400), ({"id": ""}, 400), ({"id": "x", "created_at": 1}, 422)],
)
async def test_updates_are_checked(rest: Any, dataset: str, row: dict[str, Any], status: int) -> None:
    """A row has an id and nothing that the server manages."""
    answer = await rest("PATCH", f"/v2/datasets/{dataset}/examples", json={"examples": [row]})
    assert answer.status == status
    assert "$.examples[0]" in answer.body["detail"]


async def test_deleting_examples(rest: Any, dataset: str) -> None:
    """Ids that are not there are named; doing it again changes nothing."""
    rows = await rows_of(rest, dataset)
    state = (await rest("GET", f"/v2/datasets/{dataset}")).body
    path = f"/v2/datasets/{dataset}/examples"
    body = {"dataset_version_id": state["versions"][0]["id"], "example_ids": [rows[1]["id"], "unknown"]}
    answer = await rest("DELETE", path, json=body)
    assert answer.status == 200
    assert answer.body == {
        "completed": True,
        "deleted_example_ids": [rows[1]["id"]],
        "not_deleted_example_ids": ["unknown"],
    }
    assert await rows_of(rest, dataset) == [rows[0], rows[2]]
    assert (await rest("GET", f"/v2/datasets/{dataset}")).body["updated_at"] > state["updated_at"]
    assert (await rest("DELETE", path, json=body)).body["deleted_example_ids"] == []
    for wrong in ({**body, "example_ids": []}, {**body, "example_ids": ["a", "a"]}, {"example_ids": ["a"]}):
        assert (await rest("DELETE", path, json=wrong)).status == 400
    assert (await rest("DELETE", path, json={**body, "dataset_version_id": "nope"})).status == 404


async def test_annotations_reach_every_read_path(
    rest: Any, flight_client: Any, space: str, dataset: str, experiment: str
) -> None:
    """REST lists them with their record, Flight has columns for those that say something; versions share them."""
    config = {"name": "note", "annotation_config_type": "FREEFORM", "space_id": space}
    assert (await rest("POST", "/v2/annotation-configs", json=config)).status == 201
    rows = await rows_of(rest, dataset)
    runs = await rest.walk(f"/v2/experiments/{experiment}/runs", "experiment_runs")
    for path, record in (
        (f"/v2/datasets/{dataset}/examples", rows[1]),
        (f"/v2/experiments/{experiment}/runs", runs[1]),
    ):
        values = [{"name": "note", "score": 1, "text": "t"}]
        body = {"annotations": [{"record_id": record["id"], "values": values}, {"record_id": "x", "values": values}]}
        assert (await rest("POST", f"{path}/annotate", json=body)).status == 202
    body = {"examples": [{"id": rows[1]["id"], "number": 5}], "new_version": "v2"}
    assert (await rest("PATCH", f"/v2/datasets/{dataset}/examples", json=body)).status == 200
    (note,) = (await rows_of(rest, dataset))[1]["annotations"]
    assert (note["name"], note["score"], note["text"]) == ("note", 1.0, "t")
    for request, fields, count in (
        ("get_dataset", {"dataset_id": dataset}, 3),
        ("get_experiment", {"experiment_id": experiment}, 2),
    ):
        got = await anyio.to_thread.run_sync(lambda: flight_client.get(request, **fields))  # noqa: B023 - awaited at once
        assert got.column("annotation.note.score").to_pylist() == [None, 1.0, None][:count]
        assert got.column("annotation.note.text").to_pylist() == [None, "t", None][:count]
        assert "annotation.note.label" not in got.column_names


async def test_spaces_are_made_changed_and_deleted(rest: Any, space: str, dataset: str, experiment: str) -> None:
    """Names are unique, null clears, deleting takes everything along."""
    made = await rest("POST", "/v2/spaces", json={"name": "s", "description": "d", "is_private": True})
    assert made.status == 201
    path = f"/v2/spaces/{made.body['id']}"
    assert (await rest("GET", path)).body == made.body
    assert (made.body["description"], made.body["is_private"]) == ("d", True)
    assert (await rest("POST", "/v2/spaces", json={"name": "s"})).status == 409
    changed = await rest("PATCH", path, json={"name": "t", "description": None, "gradient_start_color": "#fff"})
    assert changed.status == 200
    assert [changed.body[name] for name in ("name", "description", "is_private", "gradient_start_color")] == [
        "t",
        "",
        True,
        "#fff",
    ]
    for body, status in (({"name": "default"}, 409), ({}, 400), ({"name": None}, 400), ({"nope": 1}, 400)):
        assert (await rest("PATCH", path, json=body)).status == status
    assert (await rest("DELETE", f"/v2/spaces/{space}")).status == 204
    for gone in (f"/v2/spaces/{space}", f"/v2/datasets/{dataset}", f"/v2/experiments/{experiment}"):
        assert (await rest("GET", gone)).status == 404
    assert [item["name"] for item in await rest.walk("/v2/spaces", "spaces")] == ["t"]


async def test_annotation_configs_are_changed(rest: Any, space: str) -> None:
    """What is absent stays; the type does not change; names stay unique."""
    bodies = (
        {"name": "a", "annotation_config_type": "CONTINUOUS", "minimum_score": 0, "maximum_score": 1},
        {"name": "b", "annotation_config_type": "CATEGORICAL", "values": [{"label": "x"}, {"label": "y"}]},
    )
    ids = [
        (await rest("POST", "/v2/annotation-configs", json={**body, "space_id": space})).body["id"] for body in bodies
    ]
    path = f"/v2/annotation-configs/{ids[0]}"
    kind = {"annotation_config_type": "CONTINUOUS"}
    changed = await rest("PATCH", path, json={**kind, "maximum_score": 5, "name": "c"})
    assert changed.status == 200
    assert [changed.body[name] for name in ("name", "minimum_score", "maximum_score", "type")] == [
        "c",
        0,
        5,
        "CONTINUOUS",
    ]
    for body, status in (
        ({**kind, "name": "b"}, 409),
        ({**kind, "minimum_score": 6}, 422),
        ({"annotation_config_type": "FREEFORM"}, 422),
        ({"name": "d"}, 400),
        ({**kind, "values": []}, 400),
    ):
        assert (await rest("PATCH", path, json=body)).status == status
    labels = {"annotation_config_type": "CATEGORICAL", "values": [{"label": "z", "score": 1}, {"label": "y"}]}
    answer = await rest("PATCH", f"/v2/annotation-configs/{ids[1]}", json=labels)
    assert [value["label"] for value in answer.body["values"]] == ["z", "y"]

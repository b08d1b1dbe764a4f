"""Experiments, their runs, and annotations over REST."""

from __future__ import annotations

from typing import Any

import pytest


async def test_an_experiment_is_made_with_its_runs(rest: Any, dataset: str, experiment: str) -> None:
    """It is bound to the newest version, and its runs come back as they went in."""
    found = (await rest("GET", f"/v2/experiments/{experiment}")).body
    version = (await rest("GET", f"/v2/datasets/{dataset}")).body["versions"][0]["id"]
    assert (found["dataset_id"], found["dataset_version_id"], found["name"]) == (dataset, version, "first")
    runs = await rest.walk(f"/v2/experiments/{experiment}/runs", "experiment_runs")
    assert [(run["example_id"], run["output"], run["error"], run["eval.x.score"]) for run in runs] == [
        ("e0", "o0", None, 0.0),
        ("e1", "o1", None, 0.5),
    ]


async def test_names_are_unique_per_dataset_and_among_standalone_ones(rest: Any, space: str, experiment: str) -> None:
    """A conflict leaves nothing behind."""
    dataset = (await rest("GET", f"/v2/experiments/{experiment}")).body["dataset_id"]
    runs = [{"example_id": "e", "output": "o"}]
    on_dataset = {"name": "first", "dataset_id": dataset, "experiment_runs": runs}
    standalone = {"name": "first", "space_id": space, "experiment_runs": [{"output": "o"}]}
    assert (await rest("POST", "/v2/experiments", json=on_dataset)).status == 409
    made = await rest("POST", "/v2/experiments", json=standalone)
    assert made.status == 201
    assert made.body["dataset_id"] is None
    assert (await rest("POST", "/v2/experiments", json=standalone)).status == 409
    assert len(await rest.walk("/v2/experiments", "experiments", space_id=space)) == 2
    assert len(await rest.walk("/v2/experiments", "experiments", dataset_id=dataset)) == 1
    assert len(await rest.walk("/v2/experiments", "experiments", name="FIR")) == 2


@pytest.mark.parametrize(
    ("run", "status"),
    [
        ({"example_id": "e"}, 400),
        ({"example_id": "e", "output": 1}, 400),
        ({"example_id": 1, "output": "o"}, 400),
        ({"example_id": "e", "output": "o", "error": []}, 400),
        ({"output": "o"}, 422),
        ({"example_id": "e", "output": None, "error": "ValueError()"}, 201),
    ],
)
async def test_runs_are_checked(rest: Any, dataset: str, run: dict[str, Any], status: int) -> None:
    """Wrong types are malformed, a missing example cannot be processed, a failed run has no output."""
    body = {"name": "checked", "dataset_id": dataset, "experiment_runs": [run]}
    assert (await rest("POST", "/v2/experiments", json=body)).status == status


@pytest.mark.parametrize("name", ['a"b', "a\\b", "", "x" * 256])
async def test_names_that_the_platform_refuses_are_refused(rest: Any, dataset: str, name: str) -> None:
    """Status 400."""
    body = {"name": name, "dataset_id": dataset, "experiment_runs": [{"example_id": "e", "output": "o"}]}
    assert (await rest("POST", "/v2/experiments", json=body)).status == 400


async def test_appended_runs_follow_in_order_with_ascending_ids(rest: Any, experiment: str) -> None:
    """Run ids are UUIDv7, ascending in the order of arrival; the answer has them in input order."""
    path = f"/v2/experiments/{experiment}/runs"
    ids = []
    for number in range(3):
        runs = [{"example_id": f"{number}-{place}", "output": "o", "id": "ignored"} for place in range(3)]
        answer = await rest("POST", path, json={"experiment_runs": runs})
        assert answer.status == 201
        ids += answer.body["run_ids"]
    found = await rest.walk(path, "experiment_runs", limit="4")
    assert [run["id"] for run in found][2:] == ids == sorted(ids)
    assert all(run[14] == "7" and run[19] in "89ab" for run in ids)
    searched = (await rest("POST", f"{path}/search", json={"limit": 500})).body
    assert searched["experiment_runs"] == found
    assert searched["pagination"] == {"has_more": False}


async def test_a_thousand_and_one_runs_are_refused(rest: Any, experiment: str) -> None:
    """Bounds hold on the server too."""
    runs = [{"example_id": "e", "output": "o"}] * 1001
    answer = await rest("POST", f"/v2/experiments/{experiment}/runs", json={"experiment_runs": runs})
    assert answer.status == 400
    assert "1 to 1000" in answer.body["detail"]


async def test_deleting_an_experiment_frees_its_name(rest: Any, dataset: str, experiment: str) -> None:
    """Deleting twice is not found the second time."""
    assert (await rest("DELETE", f"/v2/experiments/{experiment}")).status == 204
    assert (await rest("DELETE", f"/v2/experiments/{experiment}")).status == 404
    body = {"name": "first", "dataset_id": dataset, "experiment_runs": [{"example_id": "e", "output": "o"}]}
    assert (await rest("POST", "/v2/experiments", json=body)).status == 201


@pytest.fixture
async def configs(rest: Any, space: str) -> dict[str, str]:
    """One annotation config of each type."""
    bodies = [
        {"name": "score", "annotation_config_type": "CONTINUOUS", "minimum_score": 0, "maximum_score": 1},
        {
            "name": "quality",
            "annotation_config_type": "CATEGORICAL",
            "values": [{"label": "good", "score": 1}, {"label": "bad"}],
            "optimization_direction": "MAXIMIZE",
        },
        {"name": "note", "annotation_config_type": "FREEFORM"},
    ]
    made = [await rest("POST", "/v2/annotation-configs", json={**body, "space_id": space}) for body in bodies]
    assert [answer.status for answer in made] == [201, 201, 201]
    return {answer.body["name"]: answer.body["id"] for answer in made}


async def test_annotation_configs_answer_with_type(rest: Any, space: str, configs: dict[str, str]) -> None:
    """Requests say ``annotation_config_type``, answers say ``type``; names are unique; deleting works once."""
    listed = await rest.walk("/v2/annotation-configs", "annotation_configs", space_id=space, limit="2")
    assert [(item["name"], item["type"]) for item in listed] == [
        ("note", "FREEFORM"),
        ("quality", "CATEGORICAL"),
        ("score", "CONTINUOUS"),
    ]
    assert "annotation_config_type" not in listed[0]
    path = f"/v2/annotation-configs/{configs['quality']}"
    assert (await rest("GET", path)).body == listed[1]
    again = {"name": "note", "annotation_config_type": "FREEFORM", "space_id": space}
    assert (await rest("POST", "/v2/annotation-configs", json=again)).status == 409
    unknown = {"name": "x", "annotation_config_type": "OTHER", "space_id": space}
    assert (await rest("POST", "/v2/annotation-configs", json=unknown)).status == 400
    assert (await rest("DELETE", path)).status == 204
    assert (await rest("DELETE", path)).status == 404


async def test_annotations_are_merged_part_by_part(rest: Any, experiment: str, configs: dict[str, str]) -> None:
    """A part that is not given stays; unknown runs are ignored; the answer is 202 without a body."""
    assert configs
    base = f"/v2/experiments/{experiment}"
    before = (await rest("GET", base)).body["updated_at"]
    run = (await rest("GET", f"{base}/runs")).body["experiment_runs"][0]["id"]
    for values in (
        [{"name": "quality", "label": "bad"}, {"name": "note", "text": "t"}],
        [{"name": "quality", "score": 2}],
    ):
        body = {"annotations": [{"record_id": run, "values": values}, {"record_id": "unknown", "values": values}]}
        answer = await rest("POST", f"{base}/runs/annotate", json=body)
        assert (answer.status, answer.body) == (202, "")
    found = (await rest("GET", f"{base}/runs")).body["experiment_runs"]
    notes = [{key: note[key] for key in note if key != "updated_at"} for note in found[0]["annotations"]]
    assert notes == [{"name": "note", "text": "t"}, {"name": "quality", "score": 2.0, "label": "bad"}]
    assert found[1]["annotations"] == []
    assert (await rest("GET", base)).body["updated_at"] > before


@pytest.mark.parametrize(
    "value",
    [
        {"name": "unknown", "label": "good"},
        {"name": "quality", "label": "other"},
        {"name": "score", "score": 1.5},
    ],
)
async def test_annotations_that_fit_no_config_are_refused_whole(
    rest: Any, experiment: str, configs: dict[str, str], value: dict[str, Any]
) -> None:
    """Status 422 with the path, and nothing is written."""
    assert configs
    path = f"/v2/experiments/{experiment}/runs"
    run = (await rest("GET", path)).body["experiment_runs"][0]["id"]
    body = {"annotations": [{"record_id": run, "values": [{"name": "note", "text": "t"}, value]}]}
    answer = await rest("POST", f"{path}/annotate", json=body)
    assert answer.status == 422
    assert "$.annotations[0].values[1]" in answer.body["detail"]
    assert (await rest("GET", path)).body["experiment_runs"][0]["annotations"] == []

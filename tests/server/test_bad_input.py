"""Requests that no well-made client sends: each is refused as documented, and nothing is stored by halves."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio.to_thread
import pyarrow as pa
import pytest
from pyarrow import flight

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CONFIGS = "/v2/annotation-configs"
HOSTILE = [
    "'; DROP TABLE runs; --",
    "' OR '1'='1",
    "$1 ? :name %s {0} %(x)s",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "{{7*7}} ${7*7} `id` $(id)",
    "../../etc/passwd\u0000.txt",
    "read_csv('/etc/passwd')",
    "\u202e\ufeff\U0001f600 \x1b[31m",
]


async def everything(rest: Any) -> dict[str, Any]:
    """Return all that REST lists."""
    found = {name: await rest.walk(f"/v2/{name}", name) for name in ("spaces", "datasets", "experiments")}
    found["configs"] = await rest.walk(CONFIGS, "annotation_configs")
    found["tags"] = await rest.walk("/v2/tags", "tags")
    for kind, rows, name in (("datasets", "examples", "examples"), ("experiments", "runs", "experiment_runs")):
        for item in found[kind]:
            found[item["id"]] = await rest.walk(f"/v2/{kind}/{item['id']}/{rows}", name)
    return found


@asynccontextmanager
async def nothing_changes(rest: Any) -> AsyncIterator[None]:
    """Check that a block changes nothing that REST lists."""
    before = await everything(rest)
    yield
    assert await everything(rest) == before


@pytest.fixture
async def config(rest: Any, space: str) -> str:
    """Id of an annotation config of scores from 0 to 1."""
    bounds = {"minimum_score": 0, "maximum_score": 1}
    body = {"name": "mark", "annotation_config_type": "CONTINUOUS", "space_id": space, **bounds}
    return (await rest("POST", CONFIGS, json=body)).body["id"]


@pytest.fixture
def ids(space: str, dataset: str, experiment: str, config: str) -> dict[str, str]:
    """One id of each kind."""
    return {"spaces": space, "datasets": dataset, "experiments": experiment, "annotation-configs": config}


async def test_wrong_types_and_unknown_properties(rest: Any, ids: dict[str, str]) -> None:
    """Status 400 with the path of what is wrong, for every body."""
    dataset, experiment = f"/v2/datasets/{ids['datasets']}", f"/v2/experiments/{ids['experiments']}"
    tag = (await rest("POST", "/v2/tags", json={"name": "t", "space_id": ids["spaces"]})).body["id"]
    role = {"type": "PREDEFINED", "name": "MEMBER"}
    good: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/v2/spaces", {"name": "n"}),
        ("POST", "/v2/datasets", {"name": "n", "space_id": ids["spaces"], "examples": [{"a": 1}]}),
        ("PATCH", dataset, {"name": "n"}),
        ("POST", f"{dataset}/examples", {"examples": [{"a": 1}]}),
        ("PATCH", f"{dataset}/examples", {"examples": [{"id": "x"}]}),
        ("DELETE", f"{dataset}/examples", {"dataset_version_id": "v", "example_ids": ["x"]}),
        ("POST", f"{dataset}/examples/search", {"limit": 5}),
        ("POST", f"{dataset}/examples/annotate", {"annotations": [{"record_id": "r", "values": [{"name": "n"}]}]}),
        ("POST", f"{dataset}/tags", {"tag_ids": ["t"]}),
        ("DELETE", f"{dataset}/tags", {"tag_ids": ["t"]}),
        ("POST", "/v2/tags", {"name": "n", "space_id": ids["spaces"], "color": "RED", "description": "d"}),
        ("PATCH", f"/v2/tags/{tag}", {"name": "n", "color": "RED", "description": "d"}),
        ("POST", f"/v2/spaces/{ids['spaces']}/users", {"user_id": "VXNlcjox", "role": role}),
        ("POST", "/v2/experiments", {"name": "n", "space_id": ids["spaces"], "experiment_runs": [{"output": "o"}]}),
        ("POST", f"{experiment}/runs", {"experiment_runs": [{"example_id": "e", "output": "o"}]}),
        ("POST", f"{experiment}/runs/search", {"limit": 5}),
        ("POST", f"{experiment}/runs/annotate", {"annotations": [{"record_id": "r", "values": [{"name": "n"}]}]}),
        ("POST", CONFIGS, {"name": "n", "annotation_config_type": "FREEFORM", "space_id": ids["spaces"]}),
        ("PATCH", f"{CONFIGS}/{ids['annotation-configs']}", {"annotation_config_type": "CONTINUOUS", "name": "n"}),
    ]
    async with nothing_changes(rest):
        for method, path, body in good:
            wrong = [{**body, "more": 1}, *({**body, name: {"not": ["this"]}} for name in body)]
            for data in (*wrong, [body], "text", 1, None):
                answer = await rest(method, path, data=json.dumps(data))
                assert answer.status == 400, (method, path, data, answer.body)
                assert answer.body["detail"]


async def test_unknown_properties_inside_of_bodies(rest: Any, ids: dict[str, str]) -> None:
    """What is inside of a body is as closed as the body is."""
    labels = {"name": "n", "annotation_config_type": "CATEGORICAL", "space_id": ids["spaces"]}
    space = f"/v2/spaces/{ids['spaces']}"
    async with nothing_changes(rest):
        for method, path, body in (
            ("POST", CONFIGS, {**labels, "values": [{"label": "a"}, {"label": "b", "more": 1}]}),
            ("PATCH", space, {"default_llm_integration": {"integration_id": "i", "model_name": "m", "more": 1}}),
            ("PATCH", space, {"default_agent_runtime": {"integration_id": "i", "more": 1}}),
        ):
            answer = await rest(method, path, json=body)
            assert (answer.status, "unknown properties: more" in answer.body["detail"]) == (400, True), answer.body


async def test_a_thousand_and_one_rows(rest: Any, ids: dict[str, str]) -> None:
    """Every list of rows is bounded."""
    dataset, experiment = f"/v2/datasets/{ids['datasets']}", f"/v2/experiments/{ids['experiments']}"
    notes = [{"record_id": "r", "values": [{"name": "mark", "score": 1}]}] * 1001
    runs = [{"example_id": "e", "output": "o"}] * 1001
    async with nothing_changes(rest):
        for method, path, body in (
            ("POST", "/v2/datasets", {"name": "n", "space_id": ids["spaces"], "examples": [{"a": 1}] * 1001}),
            ("POST", f"{dataset}/examples", {"examples": [{"a": 1}] * 1001}),
            ("PATCH", f"{dataset}/examples", {"examples": [{"id": "x"}] * 1001}),
            (
                "DELETE",
                f"{dataset}/examples",
                {"dataset_version_id": "v", "example_ids": [str(n) for n in range(1001)]},
            ),
            ("POST", f"{dataset}/examples/annotate", {"annotations": notes}),
            ("POST", "/v2/experiments", {"name": "n", "dataset_id": ids["datasets"], "experiment_runs": runs}),
            ("POST", f"{experiment}/runs", {"experiment_runs": runs}),
            ("POST", f"{experiment}/runs/annotate", {"annotations": notes}),
        ):
            answer = await rest(method, path, json=body)
            assert answer.status == 400, path
            assert "1000" in answer.body["detail"]


async def test_ids_of_other_kinds_are_not_found(rest: Any, flight_client: Any, ids: dict[str, str]) -> None:
    """An id of another kind of resource is as unknown as none, on REST and on Flight."""
    async with nothing_changes(rest):
        for kind in ids:
            for other in ids.keys() - {kind}:
                for method in ("GET", "DELETE"):
                    assert (await rest(method, f"/v2/{kind}/{ids[other]}")).status == 404
        body = {"name": "n", "dataset_id": ids["experiments"], "experiment_runs": [{"example_id": "e", "output": "o"}]}
        assert (await rest("POST", "/v2/experiments", json=body)).status == 404
        for request, fields in (
            ("get_dataset", {"dataset_id": ids["experiments"]}),
            ("get_dataset", {"dataset_id": ids["datasets"], "dataset_version": ids["datasets"]}),
            ("get_experiment", {"experiment_id": ids["datasets"]}),
        ):
            assert await refusal(flight_client.get, request, **fields) == 404


async def test_what_was_deleted_is_not_found(rest: Any, flight_client: Any, ids: dict[str, str]) -> None:
    """Nothing can be read from it, and nothing added to it, while the delete of it went through at once."""
    dataset, experiment = f"/v2/datasets/{ids['datasets']}", f"/v2/experiments/{ids['experiments']}"
    names = {"space_id": ids["spaces"], "dataset_id": ids["datasets"], "experiment_name": "first"}
    table = pa.table({"example_id": ["a"], "output": ["b"]})
    for kind in ("annotation-configs", "experiments", "datasets"):
        assert (await rest("DELETE", f"/v2/{kind}/{ids[kind]}")).status == 204
        assert (await rest("GET", f"/v2/{kind}/{ids[kind]}")).status == 404
    async with nothing_changes(rest):
        for method, path, body in (
            ("GET", f"{dataset}/examples", None),
            ("POST", f"{dataset}/examples/search", {}),
            ("POST", f"{dataset}/examples", {"examples": [{"a": 1}]}),
            ("PATCH", dataset, {"name": "back"}),
            ("GET", f"/v2/experiments?dataset_id={ids['datasets'].replace('=', '%3D')}", None),
            ("GET", f"{experiment}/runs", None),
            ("POST", f"{experiment}/runs", {"experiment_runs": [{"example_id": "e", "output": "o"}]}),
            ("POST", f"{experiment}/runs/annotate", {"annotations": [{"record_id": "r", "values": [{"name": "n"}]}]}),
        ):
            answer = await rest(method, path, **({} if body is None else {"json": body}))
            assert answer.status == 404, path
        assert await refusal(flight_client.get, "get_dataset", dataset_id=ids["datasets"]) == 404
        assert await refusal(flight_client.get, "get_experiment", experiment_id=ids["experiments"]) == 404
        assert await refusal(flight_client.start, **names) == 404
        assert await refusal(flight_client.put, "post_experiment_data", table, **names) == 404


async def test_cursors_belong_to_a_list_and_its_filter(rest: Any, dataset: str, experiment: str) -> None:
    """One of another filter, scope or list is refused; one whose row is gone leads on."""
    examples = f"/v2/datasets/{dataset}/examples"
    page = (await rest("POST", f"{examples}/search", json={"filter": "number >= 0", "limit": 1})).body
    cursor = page["pagination"]["next_cursor"]
    for body in ({}, {"filter": "number >= 1"}):
        answer = await rest("POST", f"{examples}/search", json={**body, "cursor": cursor})
        assert answer.status == 400
        assert "cursor" in answer.body["detail"]
    answer = await rest("POST", f"/v2/experiments/{experiment}/runs/search", json={"cursor": cursor})
    assert answer.status == 400
    version = (await rest("GET", f"/v2/datasets/{dataset}")).body["versions"][0]["id"]
    gone = {"dataset_version_id": version, "example_ids": [page["examples"][0]["id"]]}
    assert (await rest("DELETE", examples, json=gone)).status == 200
    rest_of = await rest("POST", f"{examples}/search", json={"filter": "number >= 0", "cursor": cursor})
    assert [row["number"] for row in rest_of.body["examples"]] == [1, 2]
    for number in range(2):
        body = {
            "name": f"more {number}",
            "dataset_id": dataset,
            "experiment_runs": [{"example_id": "e", "output": "o"}],
        }
        await rest("POST", "/v2/experiments", json=body)
    listed = await rest("GET", "/v2/experiments", params={"limit": "1", "dataset_id": dataset})
    cursor = listed.body["pagination"]["next_cursor"]
    for query, status in (({"dataset_id": dataset}, 200), ({}, 400), ({"dataset_id": dataset, "name": "more"}, 400)):
        assert (await rest("GET", "/v2/experiments", params={**query, "cursor": cursor})).status == status


@pytest.mark.parametrize("value", [{"name": "unknown", "text": "t"}, {"name": "mark", "score": 1.01}])
async def test_annotations_of_examples_that_fit_no_config(rest: Any, dataset: str, config: str, value: Any) -> None:
    """Status 422, and the other annotations of the request are not stored either."""
    assert config
    path = f"/v2/datasets/{dataset}/examples"
    rows = await rest.walk(path, "examples")
    records = [(rows[0]["id"], {"name": "mark", "score": 1}), (rows[1]["id"], value)]
    body = {"annotations": [{"record_id": record, "values": [note]} for record, note in records]}
    async with nothing_changes(rest):
        assert (await rest("POST", f"{path}/annotate", json=body)).status == 422


async def test_hostile_text_is_text(rest: Any, flight_client: Any) -> None:
    """SQL, HTML, templates and control characters come back as they went in, from every field and both read paths."""
    for text in HOSTILE:
        space = (await rest("POST", "/v2/spaces", json={"name": f"{text} s".replace('"', "")})).body["id"]
        row = {text: text, "deep": {text: [text]}}
        made = await rest("POST", "/v2/datasets", json={"name": text, "space_id": space, "examples": [row]})
        assert made.status == 201, made.body
        dataset, examples = made.body["id"], f"/v2/datasets/{made.body['id']}/examples"
        (example,) = await rest.walk(examples, "examples")
        assert {key: example[key] for key in row} == row
        run = {"example_id": text, "output": text, text: text, f"eval.{text}.label": text}
        body = {"name": text, "dataset_id": dataset, "experiment_runs": [run]}
        experiment = (await rest("POST", "/v2/experiments", json=body)).body["id"]
        note = {"name": text, "annotation_config_type": "FREEFORM", "space_id": space}
        assert (await rest("POST", CONFIGS, json=note)).status == 201
        runs = f"/v2/experiments/{experiment}/runs"
        (stored,) = await rest.walk(runs, "experiment_runs")
        assert {key: stored[key] for key in run} == run
        value = {"name": text, "label": text, "text": text}
        body = {"annotations": [{"record_id": stored["id"], "values": [value]}]}
        assert (await rest("POST", f"{runs}/annotate", json=body)).status == 202
        (stored,) = await rest.walk(runs, "experiment_runs")
        assert {key: stored["annotations"][0][key] for key in value} == value
        change = {"examples": [{"id": example["id"], text: "new"}], "new_version": text}
        assert (await rest("PATCH", examples, json=change)).status == 200
        quoted = text.replace("'", "''")
        for only in (f"output = '{quoted}'", f"example_id contains '{quoted}'"):
            found = await rest("POST", f"{runs}/search", json={"filter": only})
            assert [run["id"] for run in found.body["experiment_runs"]] == [stored["id"]], only
        assert (await rest("POST", f"{runs}/search", json={"filter": text})).status in {400, 422}
        listed = await rest("GET", "/v2/datasets", params={"name": text, "space_id": space})
        assert [found["name"] for found in listed.body["datasets"]] == [text]
        for query in ({"space_id": text}, {"cursor": text}, {"limit": text}):
            answer = await rest("GET", "/v2/datasets", params=query)
            assert answer.status in {400, 404}
            assert answer.headers["Content-Type"].startswith("application/problem+json")
        got = await anyio.to_thread.run_sync(lambda: flight_client.get("get_experiment", experiment_id=experiment))  # noqa: B023 - awaited at once
        assert got.column("output").to_pylist() == [text]
        assert got.column(text).to_pylist() == [text]
    assert len(await rest.walk("/v2/datasets", "datasets")) == len(HOSTILE)


async def refusal(function: Any, *args: Any, **kwargs: Any) -> int:
    """Return the status with which a Flight call is refused."""
    with pytest.raises(flight.FlightServerError) as caught:
        await anyio.to_thread.run_sync(lambda: function(*args, **kwargs))
    return int(json.loads(caught.value.extra_info)["status"])


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("levels", [31, 32, 33, 62, 63, 64, 200, 500])
async def test_rows_that_nest_deeply_come_back(
    rest: Any, flight_client: Any, experiment: str, opening: str, closing: str, levels: int
) -> None:
    """REST returns them as they came, Flight as JSON text when they are too deep for Arrow, and both go on."""
    value = f"{opening * levels}1{closing * levels}"
    path = f"/v2/experiments/{experiment}/runs"
    body = f'{{"experiment_runs": [{{"example_id": "deep", "output": "o", "deep": {value}}}]}}'
    for _ in range(2):
        made = await rest("POST", path, data=body, headers={"Content-Type": "application/json"})
        assert made.status == 201
    found = (await rest("GET", path)).body["experiment_runs"][-1]
    table = await anyio.to_thread.run_sync(lambda: flight_client.get("get_experiment", experiment_id=experiment))
    last = table.column("deep")[-1].as_py()
    assert isinstance(last, str) == (levels > 32)
    if levels < 100:  # JSON itself is written with a bound: what is deeper is text in it
        assert found["deep"] == json.loads(value)
        assert (last if levels <= 32 else json.loads(last)) == json.loads(value)

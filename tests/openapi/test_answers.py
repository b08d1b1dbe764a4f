"""What the running server answers is what the document says."""

from __future__ import annotations

import copy
import re
from typing import Any
from urllib.parse import quote

import aiohttp
import jsonschema
from attrs import define, field

OPEN = {"DatasetExample", "ExperimentRun"}
"""Rows have columns of their own; every other answer has the properties of its schema and no more."""


@define
class Checked:
    """A client that holds each answer against the document."""

    session: aiohttp.ClientSession
    document: dict[str, Any]
    done: set[str] = field(factory=set)

    async def __call__(self, method: str, path: str, *, query: dict[str, str] | None = None, **body: Any) -> Any:
        """Send a request and return the body of its answer, which is a success."""
        url = re.sub(r"{(.*?)}", lambda found: quote(found[1], safe=""), path)
        json = body or None
        async with self.session.request(method, url, params=query, json=json) as response:
            operation = self._operation(method, path)
            declared = operation["responses"][str(response.status)]
            text = await response.text()
            assert response.status < 300, text
            self.done.add(operation["operationId"])
            if "content" not in declared:
                assert not text
                return None
            ((content_type, content),) = declared["content"].items()
            assert response.content_type == content_type
            answer = await response.json()
            self.check(answer, content["schema"])
            return answer

    def check(self, answer: Any, schema: dict[str, Any]) -> None:
        """Validate an answer; what the schema does not name must not be there."""
        components = copy.deepcopy(self.document["components"])
        for name, component in components["schemas"].items():
            if name not in OPEN:
                component["additionalProperties"] = False
        kind = jsonschema.Draft202012Validator
        kind({**schema, "components": components}, format_checker=kind.FORMAT_CHECKER).validate(answer)

    def _operation(self, method: str, path: str) -> dict[str, Any]:
        # the values in braces stand where the names of parameters do
        shape = re.sub(r"{.*?}", "{}", path)
        (found,) = (known for known in self.document["paths"] if re.sub(r"{.*?}", "{}", known) == shape)
        return self.document["paths"][found][method.lower()]


async def test_every_answer_fits_its_schema(session: aiohttp.ClientSession, document: dict[str, Any]) -> None:
    """Every operation is carried out, answers the status of success and a body of the schema of that status."""
    call = Checked(session, document)
    space = (await call("POST", "/v2/spaces", name="another", description="d"))["id"]
    tag = await make_tag(call, space)
    await change_spaces(call, space, tag)
    dataset = await work_on_datasets(call, space, tag)
    await work_on_experiments(call, dataset, tag)
    await call("DELETE", f"/v2/tags/{{{tag}}}")
    await call("DELETE", f"/v2/datasets/{{{dataset}}}")
    await call("DELETE", f"/v2/spaces/{{{space}}}")
    operations = {
        item["operationId"]
        for methods in document["paths"].values()
        for item in methods.values()
        if isinstance(item, dict)
    }
    assert operations == call.done


async def make_tag(call: Checked, space: str) -> str:
    """Carry out the operations of tags but the last, and return the id of one."""
    made = await call("POST", "/v2/tags", name="t", space_id=space, color="RED", description="d")
    await call("PATCH", f"/v2/tags/{{{made['id']}}}", name="tag", color=None)
    await call("POST", "/v2/tags", name="other", space_id=space)
    found = await call("GET", "/v2/tags", query={"space_id": space, "limit": "1"})
    assert found["pagination"]["has_more"]
    return made["id"]


async def change_spaces(call: Checked, space: str, tag: str) -> None:
    """Carry out the operations of spaces, of their users and of annotation configs."""
    path = f"/v2/spaces/{{{space}}}"
    await call("GET", path)
    for role in ({"type": "PREDEFINED", "name": "ADMIN"}, {"type": "CUSTOM", "id": "Um9sZToxOlY0S2E="}):
        await call("POST", f"{path}/users", user_id="VXNlcjox", role=role)
    await call("DELETE", f"{path}/users/{{VXNlcjox}}")
    await call("PATCH", path, description=None, default_llm_integration={"integration_id": "i", "model_name": "m"})
    first = await call("GET", "/v2/spaces", query={"limit": "1"})
    assert first["pagination"]["has_more"]
    await call("GET", "/v2/spaces", query={"limit": "1", "cursor": first["pagination"]["next_cursor"]})
    labels = [{"label": "good", "score": 1}, {"label": "bad"}]
    kinds: list[dict[str, Any]] = [
        {"annotation_config_type": "CONTINUOUS", "minimum_score": 0, "maximum_score": 1},
        {"annotation_config_type": "CATEGORICAL", "values": labels, "optimization_direction": "MAXIMIZE"},
        {"annotation_config_type": "FREEFORM"},
    ]
    for number, kind in enumerate(kinds):
        made = await call("POST", "/v2/annotation-configs", name=f"c{number}", space_id=space, **kind)
        await call("GET", f"/v2/annotation-configs/{{{made['id']}}}")
        await call("PATCH", f"/v2/annotation-configs/{{{made['id']}}}", name=f"n{number}", **kind)
        await call("POST", f"/v2/annotation-configs/{{{made['id']}}}/tags", tag_ids=[tag])
        await call("GET", f"/v2/annotation-configs/{{{made['id']}}}/tags")
    found = await call("GET", "/v2/annotation-configs", query={"space_id": space, "name": "n2"})
    await call("DELETE", f"/v2/annotation-configs/{{{found['annotation_configs'][0]['id']}}}")


async def work_on_datasets(call: Checked, space: str, tag: str) -> str:
    """Carry out the operations of datasets and examples, and return the id of a dataset."""
    made = await call("POST", "/v2/datasets", name="d", space_id=space, examples=[{"a": 1}, {"a": None, "b": [1]}])
    path = f"/v2/datasets/{{{made['id']}}}"
    added = await call("POST", f"{path}/examples", query={"dataset_version_id": ""}, examples=[{"a": "x"}])
    await call("PATCH", f"{path}/examples", examples=[{"id": added["example_ids"][0], "c": 1}], new_version="second")
    changed = await call("PATCH", path, name="renamed")
    newest = changed["versions"][0]["id"]
    await annotate(call, f"{path}/examples/annotate", added["example_ids"])
    found = await call("GET", f"{path}/examples", query={"dataset_version_id": newest, "limit": "2"})
    assert found["pagination"]["has_more"]
    found = await call("POST", f"{path}/examples/search", filter="annotation.n0.score = 1", dataset_version_id=newest)
    assert found["examples"][0]["annotations"]
    ids = ["unknown", *added["example_ids"]]
    await call("DELETE", f"{path}/examples", dataset_version_id=newest, example_ids=ids)
    await call("GET", path)
    await call("GET", "/v2/datasets", query={"space_name": "anoth"})
    await call("POST", f"{path}/tags", tag_ids=[tag])
    assert (await call("GET", f"{path}/tags"))["tags"]
    await call("DELETE", f"{path}/tags", tag_ids=[tag, "t"])
    return made["id"]


async def work_on_experiments(call: Checked, dataset: str, tag: str) -> None:
    """Carry out the operations of experiments and runs."""
    runs = [{"example_id": "e", "output": "o", "eval.x.score": 1.5}, {"example_id": "f", "output": None, "error": "E"}]
    made = await call("POST", "/v2/experiments", name="e", dataset_id=dataset, experiment_runs=runs)
    path = f"/v2/experiments/{{{made['id']}}}"
    added = await call("POST", f"{path}/runs", experiment_runs=runs[:1])
    await annotate(call, f"{path}/runs/annotate", added["run_ids"])
    assert len((await call("GET", f"{path}/runs"))["experiment_runs"]) == 3
    found = await call("POST", f"{path}/runs/search", filter="annotation.n1.label = 'good'")
    assert found["experiment_runs"][0]["annotations"]
    await call("GET", path)
    await call("GET", "/v2/experiments", query={"dataset_id": dataset, "name": "E"})
    await call("POST", f"{path}/tags", tag_ids=[tag])
    assert (await call("GET", f"{path}/tags"))["tags"]
    await call("DELETE", path)


async def annotate(call: Checked, path: str, records: list[str]) -> None:
    """Annotate records under two configs."""
    values = [{"name": "n0", "score": 1, "text": "t"}, {"name": "n1", "label": "good"}]
    await call("POST", path, annotations=[{"record_id": record, "values": values} for record in records])


async def test_refusals_are_problems_of_the_schema(session: aiohttp.ClientSession, document: dict[str, Any]) -> None:
    """400, 401, 404, 409 and 422 have the body that the document says."""
    call = Checked(session, document)
    schema = document["components"]["schemas"]["Problem"]
    refused = [
        ("GET", "/v2/spaces?limit=0", None, 400),
        ("GET", "/v2/datasets/none", None, 404),
        ("POST", "/v2/spaces", {"name": "default"}, 409),
        ("POST", "/v2/datasets", {"name": "n", "space_id": "s", "examples": [{"id": "i"}]}, 404),
    ]
    for method, path, body, status in refused:
        async with session.request(method, path, json=body) as response:
            assert (response.status, response.content_type) == (status, "application/problem+json")
            call.check(await response.json(), schema)
    async with session.get("/v2/spaces", headers={"Authorization": "Bearer wrong"}) as response:
        assert response.status == 401
        call.check(await response.json(), schema)

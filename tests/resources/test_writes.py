"""Writes of more rows than one request takes."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from arize_async import ArizeClient
from arize_async.errors import ArizeError, IncompleteWrite, InvalidRows, ServerError
from arize_async.experiments import ExperimentTaskFieldNames
from arize_async.experiments.types import ExperimentRunInput
from arize_async.resources.parts import request_parts

if TYPE_CHECKING:
    from arize_async.models.dataset import Dataset

EXPERIMENT = "RXhwZXJpbWVudDoxMzpBYkNk"
DATASET = "RGF0YXNldDoxMTpBYkNk"
CHANGED = {"id": DATASET, "name": "d", "space_id": "s", "dataset_version_id": "v2"}


def test_parts_are_bounded_in_rows_and_bytes() -> None:
    """A row that is larger than a request may be goes alone."""
    assert [len(part) for part in request_parts([{"a": 1}] * 2500, 1e9)] == [1000, 1000, 500]
    rows = [{"a": "x" * width} for width in (10, 10, 100, 10)]
    assert [len(part) for part in request_parts(rows, 50)] == [2, 1, 1]


@pytest.mark.parametrize("kind", ["dicts", "objects", "frame", "stream"])
async def test_many_runs_are_appended(client: ArizeClient, dataset: Dataset, kind: str) -> None:
    """All are added in their order with all their columns, and the ids are those of the runs."""
    made = await client.experiments.create(
        name="e",
        dataset=dataset.id,
        experiment_runs=[{"example_id": "e", "output": "first"}],
        task_fields=ExperimentTaskFieldNames(example_id="example_id", output="output"),
    )
    rows = [{"example_id": "e", "output": str(n), "n": n} for n in range(2300)]
    forms: dict[str, Any] = {
        "dicts": rows,
        "objects": [
            ExperimentRunInput(example_id="e", output=str(n), additional_properties={"n": n}) for n in range(2300)
        ],
        "frame": pl.DataFrame(rows),
        "stream": pl.DataFrame(rows).to_arrow().to_reader(max_chunksize=70),
    }
    changed = await client.experiments.append_runs(experiment=made.id, experiment_runs=forms[kind])
    runs = (await client.experiments.list_runs(experiment=made.id, all=True)).experiment_runs[1:]
    assert [(run.output, run.additional_properties["n"]) for run in runs] == [(str(n), n) for n in range(2300)]
    assert changed.run_ids == [run.id for run in runs]
    assert changed.id == made.id


async def test_examples_are_appended_changed_and_deleted_in_parts(client: ArizeClient, dataset: Dataset) -> None:
    """A new version is made once and gets all changes; the answers are joined."""
    added = await client.datasets.append_examples(dataset=dataset.id, examples=[{"n": n} for n in range(2300)])
    assert len(set(added.example_ids)) == 2300
    changes = [{"id": example, "n": -1} for example in added.example_ids]
    changed = await client.datasets.update_examples(dataset=dataset.id, examples=changes, new_version="second")
    assert changed.example_ids == added.example_ids
    found = await client.datasets.get(dataset=dataset.id)
    assert [version.name for version in found.versions or []][:1] == ["second"]
    assert len(found.versions or []) == 2
    page = await client.datasets.list_examples(dataset=dataset.id, all=True, filter="n = -1")
    assert len(page.examples) == 2300
    deleted = await client.datasets.delete_examples(
        dataset=dataset.id,
        dataset_version_id=changed.dataset_version_id or "",
        examples=[*added.example_ids, "unknown"],
    )
    assert deleted.deleted_example_ids == added.example_ids
    assert deleted.not_deleted_example_ids == ["unknown"]
    left = await client.datasets.list_examples(dataset=dataset.id, all=True)
    assert [example.additional_properties["question"] for example in left.examples] == ["q0", "q1", "q2"]


async def test_requests_are_bounded_by_their_bytes() -> None:
    """Also when they have fewer than 1,000 rows."""
    async with ArizeClient.local(":memory:", max_http_payload_size_mb=0.01) as client:
        dataset = await client.datasets.create(name="d", space="default", examples=[{"q": "x"}])
        rows = [{"q": "y" * 3000} for _ in range(10)]
        changed = await client.datasets.append_examples(dataset=dataset.id, examples=rows)
        assert len(changed.example_ids) == 10


WRITES = {
    "runs": lambda c: c.experiments.append_runs(
        experiment=EXPERIMENT, experiment_runs=[{"example_id": "e", "output": "o"}] * 2500
    ),
    "append": lambda c: c.datasets.append_examples(dataset=DATASET, examples=[{"q": "x"}] * 2500),
    "update": lambda c: c.datasets.update_examples(dataset=DATASET, examples=[{"id": "x", "q": "x"}] * 2500),
    "delete": lambda c: c.datasets.delete_examples(
        dataset=DATASET, dataset_version_id="v", examples=[str(n) for n in range(2500)]
    ),
}
ANSWERS = {
    "runs": (201, {"id": EXPERIMENT, "name": "e", "space_id": "s", "run_ids": ["r"] * 1000}),
    "append": (201, {**CHANGED, "example_ids": ["r"] * 1000}),
    "update": (200, {**CHANGED, "example_ids": ["r"] * 1000}),
    "delete": (200, {"completed": True, "deleted_example_ids": ["r"] * 1000, "not_deleted_example_ids": []}),
}


@pytest.mark.parametrize("name", WRITES)
async def test_a_failure_on_the_way_tells_what_was_written(listener: Any, name: str) -> None:
    """How many rows and their ids are on the error, and the server's own error is its cause; nothing is sent after."""
    listening, client = listener
    listening.script = [ANSWERS[name], (500, {"status": 500, "title": "Broken", "detail": "disk"})]
    with pytest.raises(IncompleteWrite, match="the first 1000 rows were written, then a request failed: 500") as caught:
        await WRITES[name](client)
    assert (caught.value.acknowledged, caught.value.ids) == (1000, ("r",) * 1000)
    assert isinstance(caught.value.__cause__, ServerError)
    assert pickle.loads(pickle.dumps(caught.value)).acknowledged == 1000  # noqa: S301 - made here
    assert not listening.script


@pytest.mark.parametrize("name", WRITES)
async def test_a_failure_at_once_is_the_failure_itself(listener: Any, name: str) -> None:
    """Nothing was written, so there is nothing else to tell."""
    listening, client = listener
    listening.answers[""] = (422, {"status": 422, "title": "No", "detail": "never"})
    with pytest.raises(ArizeError) as caught:
        await WRITES[name](client)
    assert not isinstance(caught.value, IncompleteWrite)
    assert len(listening.lines) == 1


async def test_what_follows_goes_to_the_same_version(listener: Any) -> None:
    """The second request names the version that the first one changed, and does not make another one."""
    listening, client = listener
    listening.answers[""] = ANSWERS["update"]
    await client.datasets.update_examples(
        dataset=DATASET, examples=[{"id": "x", "q": "x"}] * 1001, new_version="second"
    )
    assert [line.partition("?")[2] for line in listening.lines] == ["dataset_version_id=", "dataset_version_id=v2"]
    assert [body.get("new_version") for body in listening.bodies] == ["second", None]


async def test_a_row_without_an_id_is_named_wherever_it_stands(listener: Any) -> None:
    """The rows before it were sent."""
    listening, client = listener
    listening.answers[""] = ANSWERS["update"]
    rows = [{"id": "x"}] * 1500
    rows[1200] = {"q": "x"}
    with pytest.raises(IncompleteWrite, match=r"\[1200\]\.id: every row") as caught:
        await client.datasets.update_examples(dataset=DATASET, examples=rows)
    assert caught.value.acknowledged == 1000
    assert isinstance(caught.value.__cause__, InvalidRows)

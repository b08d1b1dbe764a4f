"""The same calls, awaited, through ``arize_async`` against the embedded server."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from arize_async import ArizeClient
from arize_async.errors import NotFound
from arize_async.experiments import EvaluationResultFieldNames, ExperimentTaskFieldNames
from arize_async.experiments.types import AnnotateRecordInput, AnnotationInput

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

EXAMPLES = [{"attributes.input.value": name, "attributes.output.value": name.upper()} for name in ("a", "b", "c")]


@pytest.fixture
async def client() -> AsyncIterator[ArizeClient]:
    """Open a client of a server that keeps nothing."""
    async with ArizeClient.local(":memory:") as client:
        yield client


@pytest.fixture
async def dataset(client: ArizeClient) -> str:
    """Create a dataset of three letters and return its id."""
    return (await client.datasets.create(name="letters", space="default", examples=EXAMPLES)).id


async def capitalize(input: str) -> str:
    """Be right about all letters but one."""
    return "?" if input == "b" else input.upper()


async def exact(output: str, expected: str) -> bool:
    """Compare with what the dataset says."""
    return output == expected


async def test_run_then_read_back(client: ArizeClient, dataset: str) -> None:
    """What a run returns is what the server has afterwards."""
    experiment, df = await client.experiments.run(name="run", dataset=dataset, task=capitalize, evaluators=[exact])
    assert df["output"].to_list() == ["A", "?", "C"]
    page = await client.experiments.list_runs(experiment=experiment.id, limit=2)
    assert [run.output async for run in page] == ["A", "?", "C"]
    everything = await client.experiments.list_runs(experiment=experiment.id, all=True)
    assert [run.additional_properties["eval.exact.score"] for run in everything.experiment_runs] == [1, 0, 1]


async def test_concurrency_overlaps_coroutines(client: ArizeClient) -> None:
    """Ten coroutines that wait for each other all arrive when concurrency is ten."""
    together = asyncio.Barrier(10)
    dataset = await client.datasets.create(name="ten", space="default", examples=[{"n": n} for n in range(20)])

    async def meet(dataset_row: Mapping[str, Any]) -> int:
        async with asyncio.timeout(30):
            await together.wait()
        return int(dataset_row["n"])

    _, df = await client.experiments.run(name="ten", dataset=dataset.id, task=meet, concurrency=10)
    assert df["output"].to_list() == [str(n) for n in range(20)]


async def test_two_runs_at_once(client: ArizeClient, dataset: str) -> None:
    """Runs of one client that overlap do not disturb each other."""
    runs = [client.experiments.run(name=name, dataset=dataset, task=capitalize) for name in ("left", "right")]
    results = await asyncio.gather(*runs)
    assert [experiment.name for experiment, _ in results] == ["left", "right"]
    assert [df["output"].to_list() for _, df in results] == [["A", "?", "C"]] * 2


async def test_dry_run_leaves_nothing(client: ArizeClient, dataset: str) -> None:
    """A dry run has no experiment and leaves none on the server."""
    experiment, df = await client.experiments.run(
        name="dry", dataset=dataset, task=capitalize, dry_run=True, dry_run_count=1
    )
    assert experiment is None
    assert df["output"].to_list() == ["A"]
    assert [found async for found in await client.experiments.list(dataset=dataset)] == []


@pytest.mark.parametrize("kind", ["dictionaries", "frame"])
async def test_create(client: ArizeClient, dataset: str, kind: str) -> None:
    """Results made elsewhere are recorded from dictionaries and from a pandas frame alike."""
    examples = (await client.datasets.list_examples(dataset=dataset)).examples
    rows = [{"example": example.id, "answer": "x", "points": 0.25, "verdict": "poor"} for example in examples]
    experiment = await client.experiments.create(
        name=kind,
        dataset=dataset,
        experiment_runs=rows if kind == "dictionaries" else pd.DataFrame(rows),
        task_fields=ExperimentTaskFieldNames(example_id="example", output="answer"),
        evaluator_columns={"grade": EvaluationResultFieldNames(score="points", label="verdict")},
    )
    page = await client.experiments.list_runs(experiment=experiment.id)
    assert [run.example_id for run in page.experiment_runs] == [example.id for example in examples]
    assert {run.additional_properties["eval.grade.score"] for run in page.experiment_runs} == {0.25}
    assert {run.additional_properties["eval.grade.label"] for run in page.experiment_runs} == {"poor"}


async def test_get_annotate_and_delete(client: ArizeClient, dataset: str) -> None:
    """An experiment is found by name, its runs are annotated, and it is gone after it was deleted."""
    made, _ = await client.experiments.run(name="short-lived", dataset=dataset, task=capitalize)
    assert (await client.experiments.get(experiment="short-lived", dataset=dataset)).id == made.id
    space = (await client.spaces.get(space="default")).id
    await client.annotation_configs.create_freeform(name="notes", space=space)
    run = (await client.experiments.list_runs(experiment=made.id)).experiment_runs[0]
    record = AnnotateRecordInput(record_id=run.id, values=[AnnotationInput(name="notes", text="seen")])
    await client.experiments.annotate_runs(experiment=made.id, annotations=[record])
    annotated = (await client.experiments.list_runs(experiment=made.id)).experiment_runs[0]
    assert [(found.name, found.text) for found in annotated.annotations or []] == [("notes", "seen")]
    await client.experiments.delete(experiment=made.id)
    with pytest.raises(NotFound):
        await client.experiments.get(experiment=made.id)


async def test_list_experiment_runs_as_documented(client: ArizeClient, dataset: str) -> None:
    """By names, filtered, page by page and all at once, and as dictionaries, JSON and frames."""
    rows = [{"example_id": "ex", "output": str(n), "latency_ms": n} for n in range(250)]
    await client.experiments.create(
        name="many",
        dataset=dataset,
        experiment_runs=rows,
        task_fields=ExperimentTaskFieldNames(example_id="example_id", output="output"),
    )
    resp = await client.experiments.list_runs(experiment="many", dataset=dataset, limit=100)
    assert [run.output for run in resp.experiment_runs] == [str(n) for n in range(100)]
    assert resp.pagination.has_more
    following = await client.experiments.list_runs(
        experiment="many", dataset=dataset, limit=100, cursor=resp.pagination.next_cursor
    )
    assert following.experiment_runs[0].output == "100"
    assert [run.output async for run in resp] == [str(n) for n in range(250)]
    everything = await client.experiments.list_runs(experiment="many", dataset=dataset, all=True)
    assert everything.to_df()["latency_ms"].to_list() == list(range(250))
    slow = await client.experiments.list_runs(experiment="many", dataset=dataset, all=True, filter="latency_ms >= 240")
    assert [run.output for run in slow.experiment_runs] == [str(n) for n in range(240, 250)]
    assert resp.experiment_runs[3].to_dict()["latency_ms"] == 3
    assert json.loads(resp.to_json())["experiment_runs"][3]["output"] == "3"
    assert resp.to_df().height == 100

"""Validation errors name the place of the value, before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from arize_async import ArizeClient
from arize_async.errors import InvalidInput
from arize_async.experiments import ExperimentTaskFieldNames

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

DATASET, SPACE, EXPERIMENT = "RGF0YXNldDoxMTpBYkNk", "U3BhY2U6MTpBYkNk", "RXhwZXJpbWVudDoxMzpBYkNk"
FIELDS = ExperimentTaskFieldNames(output="output", example_id="example_id")


@pytest.fixture
async def client(unused_port: int) -> AsyncIterator[ArizeClient]:
    """A client whose server does not exist: whoever sends gets another error."""
    async with ArizeClient(api_key="k", api_scheme="http", api_host="127.0.0.1", api_port=unused_port) as client:
        yield client


@pytest.fixture
def unused_port() -> int:
    """A port on which nobody listens: that of TCP itself is reserved."""
    return 1


def create(**arguments: Any) -> Callable[[ArizeClient], Awaitable[object]]:
    """Create an experiment, well but for what a test says."""
    good: dict[str, Any] = {
        "name": "a",
        "dataset": DATASET,
        "task_fields": FIELDS,
        "experiment_runs": [{"output": "x"}],
    }
    return lambda client: client.experiments.create(**{**good, **arguments})


def annotate(*annotations: Any) -> Callable[[ArizeClient], Awaitable[object]]:
    """Annotate runs."""
    return lambda client: client.experiments.annotate_runs(experiment=EXPERIMENT, annotations=annotations)


@pytest.mark.parametrize(
    ("call", "path"),
    [
        (lambda client: client.datasets.list(limit=0), "limit"),
        (lambda client: client.datasets.list(limit="x"), "limit"),
        (lambda client: client.datasets.get(dataset=5), "dataset"),
        (lambda client: client.annotation_configs.get(annotation_config=None), "annotation_config"),
        (lambda client: client.experiments.list_runs(experiment=EXPERIMENT, limit=501), "limit"),
        (lambda client: client.datasets.update(dataset=DATASET, name=""), "name"),
        (lambda client: client.datasets.create(name=5, space=SPACE, examples=[{"a": 1}]), "name"),
        (lambda client: client.datasets.create(name="a", space=SPACE, examples=[]), "examples"),
        (lambda client: client.datasets.create(name="a", space=SPACE, examples=[{"a": 1}, 5]), "examples"),
        (
            lambda client: client.datasets.create(name="a", space=SPACE, examples=[{"a": 1}, {"a": b"x"}]),
            "examples[1].a",
        ),
        (
            lambda client: client.datasets.update_examples(
                dataset=DATASET, examples=[{"id": "1"}, {"id": None, "a": 1}]
            ),
            "examples[1].id",
        ),
        (
            lambda client: client.datasets.delete_examples(dataset=DATASET, dataset_version_id="v", examples=[""]),
            "examples",
        ),
        (create(name='a "b"'), "name"),
        (create(name=5), "name"),
        (create(experiment_runs=[]), "experiment_runs"),
        (create(experiment_runs=[{"output": "x"}]), "experiment_runs"),
        (create(task_fields=ExperimentTaskFieldNames(output="output")), "task_fields.example_id"),
        (
            create(experiment_runs=[{"output": "x", "example_id": "e"}, {"output": "y", "example_id": None}]),
            "experiment_runs[1].example_id",
        ),
        (annotate(), "annotations"),
        (annotate({"record_id": "a", "values": [{"name": "n", "score": "x"}]}), "annotations[0].values[0].score"),
        (annotate({"record_id": "a", "values": [{"name": ""}]}), "annotations[0].values[0].name"),
        (annotate({"record_id": "a", "values": [{"name": "n", "text": "t", "odd": 1}]}), "annotations[0].values[0]"),
        (annotate({"record_id": "a", "values": []}, {"values": []}), "annotations[1].record_id"),
        (lambda client: client.experiments.run(name="a", dataset=DATASET, task=str, concurrency=0), "concurrency"),
        (lambda client: client.experiments.run(name="a", dataset=DATASET, task=str, timeout="x"), "timeout"),
        (lambda client: client.experiments.run(name="a", dataset=DATASET, task=str, metadata=[]), "metadata"),
        (lambda client: client.experiments.export_to_parquet(experiment=EXPERIMENT, path="/"), "path"),
    ],
)
async def test_a_value_that_cannot_be_sent_is_named(
    client: ArizeClient, call: Callable[[Any], Awaitable[object]], path: str
) -> None:
    """As the user writes it: argument, place in the list, key."""
    with pytest.raises(InvalidInput) as caught:
        await call(client)
    assert any(part.startswith(f"{path}: ") for part in str(caught.value).split("; ")), str(caught.value)

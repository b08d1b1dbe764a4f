"""All rows at once that fit a filter: the pages of a search, kept as Arrow data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from arize_async.errors import BadRequest, InvalidResponse, UnprocessableEntity
from arize_async.experiments import ExperimentTaskFieldNames
from arize_async.experiments.types import AnnotateRecordInput, AnnotationInput

if TYPE_CHECKING:
    from arize_async import ArizeClient
    from arize_async.models.dataset import Dataset

EXPERIMENT = "RXhwZXJpbWVudDoxMzpBYkNk"
FIELDS = ExperimentTaskFieldNames(example_id="example_id", output="output")


async def make(client: ArizeClient, dataset: Dataset, count: int = 2300) -> str:
    """Create runs of many types."""
    rows = [
        {
            "example_id": "e",
            "output": {"n": n} if n % 2 else "text",
            "n": n,
            "mixed": n if n < 1200 else str(n),
            "late": None if n < 1500 else n / 2,
            "metadata": {"n": n},
            "nested": {"a": [n]},
        }
        for n in range(count)
    ]
    made = await client.experiments.create(name="e", dataset=dataset.id, experiment_runs=rows, task_fields=FIELDS)
    return made.id


async def test_filtered_runs_are_what_flight_gives(client: ArizeClient, dataset: Dataset) -> None:
    """The same objects and the same frame as all runs, without those that do not fit, whatever the order of types."""
    experiment = await make(client, dataset)
    [first] = (await client.experiments.list_runs(experiment=experiment, limit=1)).experiment_runs
    await client.annotation_configs.create_freeform(name="note", space="default")
    record = AnnotateRecordInput(record_id=first.id, values=[AnnotationInput(name="note", text="seen")])
    await client.experiments.annotate_runs(experiment=experiment, annotations=[record])
    everything = await client.experiments.list_runs(experiment=experiment, all=True)
    for bound in (0, 700):
        page = await client.experiments.list_runs(experiment=experiment, all=True, filter=f"n >= {bound}")
        assert not page.pagination.has_more
        assert page.count_items() == 2300 - bound
        kept = [name for name in page.to_df().columns if bound == 0 or not name.startswith("annotation.")]
        assert page.to_df().select(kept).equals(everything.to_df()[bound:].select(kept))
        assert [run.output for run in page.experiment_runs] == [
            run.output for run in everything.experiment_runs[bound:]
        ]
    assert page.experiment_runs[0].additional_properties["metadata"] == {"n": 700}


async def test_a_filter_that_fits_nothing(client: ArizeClient, dataset: Dataset) -> None:
    """Gives an empty page with an empty frame."""
    experiment = await make(client, dataset, 3)
    page = await client.experiments.list_runs(experiment=experiment, all=True, filter="n > 5")
    assert page.experiment_runs == []
    assert page.to_df().shape == (0, 0)


async def test_a_filter_that_is_none_is_refused(client: ArizeClient, dataset: Dataset) -> None:
    """By the server, as for one page."""
    experiment = await make(client, dataset, 3)
    for given, kind in (("n >", UnprocessableEntity), ("", BadRequest)):
        with pytest.raises(kind):
            await client.experiments.list_runs(experiment=experiment, all=True, filter=given)


async def test_filtered_examples_are_what_flight_gives(client: ArizeClient) -> None:
    """With their dates, of the version that is asked for."""
    rows = [{"q": n, "m": {"a": n}} for n in range(1300)]
    dataset = await client.datasets.create(name="d", space="default", examples=rows)
    everything = await client.datasets.list_examples(dataset=dataset.id, all=True)
    page = await client.datasets.list_examples(dataset=dataset.id, all=True, filter="q >= 300")
    assert page.examples == everything.examples[300:]
    assert page.to_df().equals(everything.to_df()[300:])


def answer(items: list[Any], cursor: str | None) -> tuple[int, dict[str, Any]]:
    """Return a page of runs."""
    return 200, {
        "experiment_runs": items,
        "pagination": {"has_more": True, **({"next_cursor": cursor} if cursor else {})},
    }


BAD: dict[str, tuple[list[tuple[int, Any]], str]] = {
    "circle": ([answer([{"id": "a"}], "c")] * 3, "circle"),
    "longer circle": ([answer([{"id": "a"}], cursor) for cursor in "abab"], "circle"),
    "no cursor": ([answer([], None)], "no next_cursor"),
    "no end": ([answer([], str(n)) for n in range(1100)], "pages in a row are empty"),
    "no items": ([(200, {"pagination": {"has_more": False}})], "expected a list"),
    "no object": ([answer(["a"], "c")], "expected an object"),  # type: ignore[list-item]
    "no pagination": ([(200, {"experiment_runs": []})], "pagination"),
}


@pytest.mark.parametrize("case", BAD)
async def test_a_server_that_lies_does_not_keep_the_client_busy(listener: Any, case: str) -> None:
    """The walk ends with an error."""
    listening, client = listener
    listening.script, message = list(BAD[case][0]), BAD[case][1]
    with pytest.raises(InvalidResponse, match=message):
        await client.experiments.list_runs(experiment=EXPERIMENT, all=True, filter="a = 1")

"""Experiments against the embedded server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from arize_async import ArizeClient
from arize_async.errors import ArizeError, Conflict, InvalidInput, InvalidRows, NotFound, UnprocessableEntity
from arize_async.experiments import EvaluationResultFieldNames, ExperimentTaskFieldNames
from arize_async.experiments.types import AnnotateRecordInput, AnnotationInput

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from arize_async.models.dataset import Dataset

FIELDS = ExperimentTaskFieldNames(example_id="example_id", output="output")
EVALUATORS = {"Correctness": EvaluationResultFieldNames(score="correctness_score", label="correctness_label")}


def rows(ids: list[str]) -> list[dict[str, Any]]:
    """Return one run for each example, as the documentation shows them."""
    return [
        {
            "example_id": example,
            "output": f"answer {number}",
            "latency_ms": 100 + number,
            "correctness_score": number / 2,
            "correctness_label": "correct" if number else "incorrect",
        }
        for number, example in enumerate(ids)
    ]


FRAMES: dict[str, Callable[[list[dict[str, Any]]], Any]] = {
    "dicts": lambda data: data,
    "tuple": tuple,
    "pandas": pd.DataFrame,
    "pandas with an index": lambda data: pd.DataFrame(data, index=[f"i{n}" for n in range(len(data))]),
    "pandas with categories": lambda data: pd.DataFrame(data).astype({"correctness_label": "category"}),
    "polars": pl.DataFrame,
    "polars with categories": lambda data: pl.DataFrame(data).cast({"correctness_label": pl.Categorical}),
    "arrow": pa.Table.from_pylist,
    "arrow reader": lambda data: pa.Table.from_pylist(data).to_reader(),
}


@pytest.mark.parametrize("force_flight", [False, True])
@pytest.mark.parametrize("kind", FRAMES)
async def test_any_form_of_rows_gives_the_same_runs(kind: str, *, force_flight: bool) -> None:
    """Dicts and frames of all libraries, over REST and over Flight."""
    bound = 0.001 if force_flight else None
    async with ArizeClient.local(":memory:", max_http_payload_size_mb=bound) as client:
        dataset = await client.datasets.create(name="d", space="default", examples=[{"q": "x" * 2000}] * 3)
        ids = [example.id async for example in await client.datasets.list_examples(dataset=dataset.id)]
        data = [{**row, "filler": "x" * 500} for row in rows(ids)]
        experiment = await client.experiments.create(
            name="e",
            dataset="d",
            experiment_runs=FRAMES[kind](data),
            task_fields=FIELDS,
            evaluator_columns=EVALUATORS,
        )
        assert (experiment.name, experiment.dataset_id) == ("e", dataset.id)
        for every in (False, True):
            page = await client.experiments.list_runs(experiment=experiment.id, all=every)
            assert [(run.example_id, run.output, run.error) for run in page.experiment_runs] == [
                (example, f"answer {number}", None) for number, example in enumerate(ids)
            ]
            assert [run.additional_properties for run in page.experiment_runs] == [
                {
                    "latency_ms": 100 + number,
                    "filler": "x" * 500,
                    "eval.Correctness.score": number / 2,
                    "eval.Correctness.label": "correct" if number else "incorrect",
                }
                for number in range(3)
            ]


async def test_many_runs_travel_over_flight(client: ArizeClient, dataset: Dataset, example_ids: list[str]) -> None:
    """More than 1,000 runs are taken, kept in their order, and walked through page by page."""
    many = [{"example_id": example_ids[n % 3], "output": str(n)} for n in range(2500)]
    experiment = await client.experiments.create(
        name="many", dataset=dataset.id, experiment_runs=many, task_fields=FIELDS
    )
    page = await client.experiments.list_runs(experiment=experiment.id, limit=500)
    assert len(page.experiment_runs) == 500
    assert [run.output async for run in page] == [str(n) for n in range(2500)]
    everything = await client.experiments.list_runs(experiment=experiment.id, all=True)
    assert everything.to_df()["output"].to_list() == [str(n) for n in range(2500)]


async def test_odd_outputs_never_fail(client: ArizeClient, dataset: Dataset, example_ids: list[str]) -> None:
    """Outputs of mixed types become text, and a missing one stays missing, whatever carries the rows."""
    outputs: list[Any] = ["text", 1, 2.5, True, None, {"a": [1]}, ["b"], float("nan")]
    expected = ["text", "1", "2.5", "true", None, '{"a":[1]}', '["b"]', "NaN"]
    data = [{"example_id": example_ids[0], "output": output} for output in outputs]
    frame = pd.DataFrame({"example_id": [example_ids[0]] * len(outputs), "output": pd.Series(outputs, dtype="object")})
    for name, given in (("dicts", data), ("pandas", frame)):
        experiment = await client.experiments.create(
            name=name, dataset=dataset.id, experiment_runs=given, task_fields=FIELDS
        )
        page = await client.experiments.list_runs(experiment=experiment.id)
        assert [run.output for run in page.experiment_runs] == expected


async def test_missing_outputs_are_empty_text_where_rest_is_forced(client: ArizeClient, dataset: Dataset) -> None:
    """REST knows no missing output."""
    experiment = await client.experiments.create(
        name="e",
        dataset=dataset.id,
        experiment_runs=[{"example_id": "x", "output": None}],
        task_fields=FIELDS,
        force_http=True,
    )
    page = await client.experiments.list_runs(experiment=experiment.id)
    assert [run.output for run in page.experiment_runs] == [""]


async def test_files_are_streamed(client: ArizeClient, dataset: Dataset, tmp_path: Path) -> None:
    """Parquet, Arrow and Feather files of one directory are one experiment, in the order of their names."""
    parts = [pa.table({"example_id": [f"e{n}"], "output": [{"n": n}], "score": [float(n)]}) for n in range(3)]
    (tmp_path / "deep").mkdir()
    pq.write_table(parts[0], tmp_path / "a.parquet")
    feather.write_feather(parts[1].drop_columns("score"), tmp_path / "b.feather")
    with pa.OSFile(str(tmp_path / "deep" / "c.arrow"), "wb") as file, pa.ipc.new_file(file, parts[2].schema) as writer:
        writer.write_table(parts[2])
    (tmp_path / "notes.txt").write_text("not data")
    experiment = await client.experiments.create(
        name="files", dataset=dataset.id, experiment_runs=tmp_path, task_fields=FIELDS
    )
    page = await client.experiments.list_runs(experiment=experiment.id, all=True)
    assert [(run.example_id, run.output, run.additional_properties["score"]) for run in page.experiment_runs] == [
        ("e0", '{"n":0}', 0.0),
        ("e1", '{"n":1}', None),
        ("e2", '{"n":2}', 2.0),
    ]
    with pytest.raises(InvalidInput, match="Flight only"):
        await client.experiments.create(
            name="f", dataset=dataset.id, experiment_runs=tmp_path, task_fields=FIELDS, force_http=True
        )
    with pytest.raises(InvalidInput, match="REST only"):
        await client.experiments.create(name="f", space="default", experiment_runs=tmp_path, task_fields=FIELDS)


async def test_a_standalone_experiment(client: ArizeClient) -> None:
    """It belongs to a space, has no dataset, and is found by name there."""
    experiment = await client.experiments.create(
        name="alone", space="default", experiment_runs=[{"o": "x"}], task_fields=ExperimentTaskFieldNames(output="o")
    )
    assert experiment.dataset_id is None
    found = await client.experiments.get(experiment="alone", space="default")
    assert found.id == experiment.id
    assert [item.name async for item in await client.experiments.list(space="default")] == ["alone"]


@pytest.mark.parametrize("count", [1, 1001])
async def test_a_name_is_taken_once(client: ArizeClient, dataset: Dataset, count: int) -> None:
    """REST and Flight both refuse the second with a Conflict."""
    data = [{"example_id": "e", "output": "o"}] * count
    await client.experiments.create(name="e", dataset=dataset.id, experiment_runs=data, task_fields=FIELDS)
    with pytest.raises(Conflict) as caught:
        await client.experiments.create(name="e", dataset=dataset.id, experiment_runs=data, task_fields=FIELDS)
    assert caught.value.status == 409


async def test_a_failed_upload_frees_the_name(client: ArizeClient, dataset: Dataset, tmp_path: Path) -> None:
    """When the rows cannot be sent to the end, the empty experiment goes and the call can be made again."""
    whole = pa.table({"example_id": ["e"], "output": ["o"]})
    pq.write_table(whole, tmp_path / "1.parquet")
    pq.write_table(whole, tmp_path / "2.parquet")
    page = (tmp_path / "2.parquet").read_bytes()
    (tmp_path / "2.parquet").write_bytes(b"PAR1" + bytes(len(page) // 4) + page[len(page) // 4 + 4 :])
    arguments: dict[str, Any] = {"name": "e", "dataset": dataset.id, "task_fields": FIELDS}
    with pytest.raises(ArizeError):
        await client.experiments.create(**arguments, experiment_runs=tmp_path)
    assert (await client.experiments.list(dataset=dataset.id)).experiments == []
    await client.experiments.create(**arguments, experiment_runs=tmp_path / "1.parquet")


async def test_an_experiment_is_listed_got_and_deleted(client: ArizeClient, dataset: Dataset) -> None:
    """By id and by name; afterwards it is not found."""
    data = [{"example_id": "e", "output": "o"}]
    for name in ("one", "two", "three"):
        await client.experiments.create(name=name, dataset=dataset.id, experiment_runs=data, task_fields=FIELDS)
    page = await client.experiments.list(dataset="questions", limit=2)
    assert [item.name for item in page.experiments] == ["three", "two"]
    assert [item.name async for item in page] == ["three", "two", "one"]
    assert page.to_df()["name"].to_list() == ["three", "two"]
    one = await client.experiments.get(experiment="one", dataset="questions", space="default")
    assert await client.experiments.get(experiment=one.id) == one
    await client.experiments.delete(experiment="one", dataset="questions")
    with pytest.raises(NotFound, match="'one' not found"):
        await client.experiments.get(experiment="one", dataset="questions")
    with pytest.raises(NotFound) as caught:
        await client.experiments.delete(experiment=one.id)
    assert caught.value.status == 404


async def test_runs_are_appended(client: ArizeClient, dataset: Dataset) -> None:
    """Dicts keep all their keys (wire contract 12, 19), and the new ids come back in order."""
    experiment = await client.experiments.create(
        name="e", dataset=dataset.id, experiment_runs=[{"example_id": "a", "output": "1"}], task_fields=FIELDS
    )
    appended = await client.experiments.append_runs(
        experiment="e",
        dataset="questions",
        experiment_runs=[
            {"example_id": "b", "output": {"n": 2}, "model": "gpt"},
            {"example_id": "c", "output": "3", "eval.x.score": 0.5},
        ],
    )
    assert appended.updated_at is not None
    assert experiment.updated_at is not None
    assert appended.updated_at > experiment.updated_at
    page = await client.experiments.list_runs(experiment=experiment.id)
    assert [run.id for run in page.experiment_runs][1:] == appended.run_ids
    assert [(run.output, run.additional_properties.get("model")) for run in page.experiment_runs] == [
        ("1", None),
        ('{"n":2}', "gpt"),
        ("3", None),
    ]


async def test_runs_are_annotated(client: ArizeClient, dataset: Dataset) -> None:
    """An annotation of the same name is replaced; what is not given stays."""
    experiment = await client.experiments.create(
        name="e", dataset=dataset.id, experiment_runs=[{"example_id": "a", "output": "1"}], task_fields=FIELDS
    )
    await client.annotation_configs.create_categorical(
        name="accuracy", space="default", values=[{"label": "correct", "score": 1}, {"label": "wrong", "score": 0}]
    )
    await client.annotation_configs.create_freeform(name="notes", space="default")
    [run] = (await client.experiments.list_runs(experiment=experiment.id)).experiment_runs
    first = AnnotateRecordInput(
        record_id=run.id,
        values=[
            AnnotationInput(name="accuracy", label="correct", score=1.0),
            AnnotationInput(name="notes", text="good"),
        ],
    )
    second = {"record_id": run.id, "values": [{"name": "accuracy", "label": "wrong"}]}
    for record in (first, second):
        await client.experiments.annotate_runs(experiment="e", dataset="questions", annotations=[record])
    page = await client.experiments.list_runs(experiment=experiment.id)
    assert {note.name: (note.score, note.label, note.text) for note in page.experiment_runs[0].annotations or []} == {
        "accuracy": (1.0, "wrong", None),
        "notes": (None, None, "good"),
    }
    assert page.to_df()["annotation.accuracy.label"].to_list() == ["wrong"]
    with pytest.raises(UnprocessableEntity):
        await client.experiments.annotate_runs(
            experiment=experiment.id, annotations=[{"record_id": run.id, "values": [{"name": "unknown"}]}]
        )


async def test_runs_are_exported(client: ArizeClient, dataset: Dataset, tmp_path: Path) -> None:
    """The file is complete or not there, and an old one is replaced."""
    data = [{"example_id": "a", "output": str(n), "deep": {"n": n}} for n in range(1500)]
    experiment = await client.experiments.create(name="e", dataset=dataset.id, experiment_runs=data, task_fields=FIELDS)
    target = tmp_path / "runs.parquet"
    target.write_text("old")
    await client.experiments.export_to_parquet(experiment="e", dataset="questions", path=target)
    assert pq.read_table(target).column("output").to_pylist() == [str(n) for n in range(1500)]
    assert not (tmp_path / "runs.parquet.partial").exists()
    await client.experiments.delete(experiment=experiment.id)
    with pytest.raises(NotFound):
        await client.experiments.export_to_parquet(experiment=experiment.id, path=str(tmp_path / "gone.parquet"))
    assert not (tmp_path / "gone.parquet").exists()


@pytest.mark.parametrize("count", [3, 1003])
@pytest.mark.parametrize("kind", ["dicts", "pandas"])
async def test_columns_of_mixed_types_are_kept(client: ArizeClient, dataset: Dataset, kind: str, count: int) -> None:
    """REST keeps each value; over Flight, and where all runs are read at once, they are text, JSON where not text."""
    data = [{"example_id": "e", "output": "o", "odd": [1, "two", {"b": [3]}][n % 3]} for n in range(count)]
    experiment = await client.experiments.create(
        name="e",
        dataset=dataset.id,
        experiment_runs=pd.DataFrame(data) if kind == "pandas" else data,
        task_fields=FIELDS,
    )
    page = await client.experiments.list_runs(experiment=experiment.id, limit=3)
    everything = await client.experiments.list_runs(experiment=experiment.id, all=True)
    texts = ["1", "two", '{"b":[3]}']
    assert [run.additional_properties["odd"] for run in everything.experiment_runs[:3]] == texts
    kept = [run.additional_properties["odd"] for run in page.experiment_runs]
    assert kept == ([1, "two", {"b": [3]}] if count <= 1000 else texts)


@pytest.mark.parametrize("count", [1, 15_000])
async def test_a_run_without_an_example_is_named(client: ArizeClient, dataset: Dataset, count: int) -> None:
    """Over REST and over Flight, wherever it stands; nothing is left behind."""
    frame = pl.DataFrame({"example_id": [*["e"] * (count - 1), None], "output": ["o"] * count})
    with pytest.raises(InvalidRows, match=rf"experiment_runs\[{count - 1}\]\.example_id"):
        await client.experiments.create(name="e", dataset=dataset.id, experiment_runs=frame, task_fields=FIELDS)
    assert [found.name async for found in await client.experiments.list()] == []

"""The experiments client of the official SDK, without runs."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

NOTHING = "RXhwZXJpbWVudDo5OTpBYkNk"
TYPES = "arize.experiments"
ROWS = [
    {"example": f"e{n}", "answer": {"n": n}, "points": n / 2, "grade": "good", "reason": "why", "by": "v1", "ms": 1.5}
    for n in range(3)
]
COLUMNS = {"example_id": "example", "output": "answer"}


@pytest.fixture
def fields(make: Any) -> dict[str, Any]:
    """The arguments that say which column is what."""
    evaluator = {"score": "points", "label": "grade", "explanation": "reason", "metadata": {"by": "by"}}
    return {
        "task_fields": make(f"{TYPES}.ExperimentTaskFieldNames", **COLUMNS),
        "evaluator_columns": {"quality": make(f"{TYPES}.EvaluationResultFieldNames", **evaluator)},
    }


def test_list(official: Any, ours: Any, agree: Any, fields: Any, space: Any, dataset: Any) -> None:
    """By the dataset's or the space's id or name, and by pages."""
    for number in range(3):
        official("experiments.create", name=f"x{number}", dataset=dataset.id, experiment_runs=ROWS, **fields)
    page = official("experiments.list", dataset=dataset.id, limit=2)
    rest = official("experiments.list", dataset=dataset.id, limit=2, cursor=page["pagination"]["next_cursor"])
    found = page["experiments"] + rest["experiments"]
    assert [item["name"] for item in found] == ["x2", "x1", "x0"]
    agree(found, list(ours.experiments.list(dataset=dataset.id)))
    for options in ({"dataset": "questions", "space": space.name}, {"space": space.id}, {"space": space.name}):
        assert official("experiments.list", **options)["experiments"] == found
    assert official("experiments.list", limit=1)["pagination"]["has_more"] is True


@pytest.mark.parametrize("options", [{}, {"force_http": True}], ids=["default", "force_http"])
@pytest.mark.parametrize("form", ["rows", "frame"])
def test_create(
    official: Any, ours: Any, agree: Any, make: Any, fields: Any, dataset: Any, form: str, options: Any
) -> None:
    """Of rows or a frame; both clients read the same runs with all columns of the evaluator."""
    rows = ROWS if form == "rows" else make("pandas.DataFrame", ROWS)
    made = official("experiments.create", name="x", dataset=dataset.id, experiment_runs=rows, **fields, **options)
    agree(made, ours.experiments.get(experiment=made["id"]))
    theirs = official("experiments.list_runs", experiment=made["id"])["experiment_runs"]
    agree(theirs, list(ours.experiments.list_runs(experiment=made["id"])))
    assert [run["output"] for run in theirs] == ['{"n": 0}', '{"n": 1}', '{"n": 2}']
    assert {key: value for key, value in theirs[1].items() if key not in {"id", "output", "annotations"}} == {
        "example_id": "e1",
        "error": None,
        "ms": 1.5,
        "eval.quality.score": 0.5,
        "eval.quality.label": "good",
        "eval.quality.explanation": "why",
        "eval.quality.metadata.by": "v1",
    }
    taken = official.refusal("experiments.create", name="x", dataset=dataset.id, experiment_runs=ROWS, **fields)
    assert taken.name == "ConflictException"


def test_create_standalone(official: Any, ours: Any, agree: Any, make: Any, space: Any) -> None:
    """In a space alone there is no dataset, and names are unique among such experiments."""
    options = {
        "name": "alone",
        "space": space.name,
        "experiment_runs": [{"answer": "a"}],
        "task_fields": make(f"{TYPES}.ExperimentTaskFieldNames", output="answer"),
    }
    made = official("experiments.create", **options)
    assert (made["dataset_id"], made["space_id"]) == (None, space.id)
    agree(made, ours.experiments.get(experiment="alone", space=space.id))
    assert official.refusal("experiments.create", **options).name == "ConflictException"


def test_create_of_many_rows(official: Any, ours: Any, make: Any, fields: Any, dataset: Any) -> None:
    """5,000 rows go over Flight, and every run and column is there for both clients."""
    rows = [{**ROWS[0], "example": f"e{n}", "points": n} for n in range(5000)]
    frame = make("pandas.DataFrame", rows)
    made = official("experiments.create", name="many", dataset=dataset.id, experiment_runs=frame, **fields)
    theirs = official("experiments.list_runs", experiment=made["id"], all=True)["experiment_runs"]
    mine = list(ours.experiments.list_runs(experiment=made["id"], all=True))
    assert [run["id"] for run in theirs] == [run.id for run in mine]
    assert [run["example_id"] for run in theirs] == [f"e{n}" for n in range(5000)]
    assert [run["eval.quality.score"] for run in theirs] == list(range(5000))
    assert [run.additional_properties["eval.quality.score"] for run in mine] == list(range(5000))
    refused = official.refusal("experiments.create", name="many", dataset=dataset.id, experiment_runs=frame, **fields)
    assert refused.name == "RuntimeError"
    assert "'many' is taken" in str(refused)


def test_create_of_files(official: Any, ours: Any, fields: Any, dataset: Any, tmp_path: Any) -> None:
    """Parquet and Arrow files in a directory, with outputs that are structs."""
    pl.DataFrame(ROWS[:2]).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame(ROWS[2:]).write_ipc(tmp_path / "b.arrow", compat_level=pl.CompatLevel.oldest())
    made = official("experiments.create", name="f", dataset=dataset.id, experiment_runs=str(tmp_path), **fields)
    runs = list(ours.experiments.list_runs(experiment=made["id"]))
    assert [run.example_id for run in runs] == ["e0", "e1", "e2"]
    assert [run.additional_properties["eval.quality.score"] for run in runs] == [0.0, 0.5, 1.0]


def test_get(official: Any, ours: Any, agree: Any, space: Any, dataset: Any, experiment: Any) -> None:
    """By id, and by name with the dataset or the space."""
    mine = ours.experiments.get(experiment=experiment.id)
    for options in (
        {"experiment": experiment.id},
        {"experiment": "first", "dataset": dataset.id},
        {"experiment": "first", "dataset": "questions", "space": space.name},
        {"experiment": "first", "space": space.id},
    ):
        agree(official("experiments.get", **options), mine)
    assert official.refusal("experiments.get", experiment=NOTHING).name == "NotFoundException"
    assert official.refusal("experiments.get", experiment="nothing", dataset=dataset.id).name == "NotFoundError"


def test_get_of_an_ambiguous_name(official: Any, ours: Any, make: Any, space: Any, experiment: Any) -> None:
    """Two experiments of a name in a space: the SDK's own error names both ids."""
    fields = make(f"{TYPES}.ExperimentTaskFieldNames", output="answer")
    rows = [{"answer": "a"}]
    alone = official("experiments.create", name="first", space=space.id, experiment_runs=rows, task_fields=fields)
    refused = official.refusal("experiments.get", experiment="first", space=space.id)
    assert refused.name == "AmbiguousNameError"
    assert alone["id"] in str(refused)
    assert experiment.id in str(refused)
    assert len(list(ours.experiments.list(space=space.id))) == 2


def test_delete(official: Any, ours: Any, space: Any, dataset: Any, experiment: Any) -> None:
    """By name; the name is free again; the second time it is not found."""
    options = {"experiment": "first", "dataset": "questions", "space": space.id}
    assert official("experiments.delete", **options) is None
    assert list(ours.experiments.list(dataset=dataset.id)) == []
    assert official.refusal("experiments.delete", **options).name == "NotFoundError"
    assert official.refusal("experiments.delete", experiment=experiment.id).name == "NotFoundException"

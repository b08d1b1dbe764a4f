"""The runs of experiments that exist, through the official SDK."""

from __future__ import annotations

from typing import Any

import pyarrow.parquet as pq

TYPES = "arize.experiments.types"


def numbers(answer: dict[str, Any]) -> list[int]:
    """Return the column ``n`` of a list of runs."""
    return [run["n"] for run in answer["experiment_runs"]]


def test_list(official: Any, ours: Any, agree: Any, space: Any, dataset: Any, experiment: Any) -> None:
    """By id or name, by pages, with a filter and all at once."""
    name = {"experiment": "first", "dataset": "questions", "space": space.name}
    page = official("experiments.list_runs", **name, limit=2)
    cursor = page["pagination"]["next_cursor"]
    rest = official("experiments.list_runs", experiment=experiment.id, limit=2, cursor=cursor)
    agree(page["experiment_runs"] + rest["experiment_runs"], list(ours.experiments.list_runs(experiment=experiment.id)))
    wanted = "eval.x.score >= 0.5 and output contains '1'"
    found = official("experiments.list_runs", experiment=experiment.id, filter=wanted)
    agree(found["experiment_runs"], list(ours.experiments.list_runs(experiment=experiment.id, filter=wanted)))
    assert numbers(found) == [1]
    everything = official("experiments.list_runs", experiment="first", dataset=dataset.id, all=True)
    assert numbers(everything) == [0, 1, 2]
    assert everything["pagination"]["has_more"] is False


def test_list_refuses(official: Any, dataset: Any, experiment: Any) -> None:
    """A filter that is none is a 422, a blank one or a foreign cursor a 400, another kind of id a 404."""
    name = "experiments.list_runs"
    for options, kind in (
        ({"filter": "nope = 1"}, "UnprocessableEntityException"),
        ({"filter": " "}, "BadRequestException"),
        ({"cursor": "abc"}, "BadRequestException"),
        ({"filter": "n = 1", "all": True}, "ValueError"),
    ):
        assert official.refusal(name, experiment=experiment.id, **options).name == kind
    for options in ({}, {"all": True}):
        assert official.refusal(name, experiment=dataset.id, **options).name == "NotFoundException"


def test_append(official: Any, ours: Any, agree: Any, make: Any, experiment: Any) -> None:
    """Objects or a frame; the ids come in the order of the input, and a client that cached the runs sees them."""
    assert numbers(official("experiments.list_runs", experiment=experiment.id, all=True)) == [0, 1, 2]
    extra = {"n": 3, "model": "gpt", "deep": {"a": [1]}}
    run = make(f"{TYPES}.ExperimentRunInput", example_id="e3", output="o3", additional_properties=extra)
    first = official("experiments.append_runs", experiment=experiment.id, experiment_runs=[run])
    frame = make("pandas.DataFrame", {"example_id": ["e4", "e5"], "output": ["o4", "o5"], "n": [4, 5]})
    second = official("experiments.append_runs", experiment=experiment.id, experiment_runs=frame)
    runs = list(ours.experiments.list_runs(experiment=experiment.id))
    assert [found.id for found in runs[3:]] == first["run_ids"] + second["run_ids"]
    assert dict(runs[3].additional_properties) == extra
    assert numbers(official("experiments.list_runs", experiment=experiment.id, all=True)) == [0, 1, 2, 3, 4, 5]
    agree(
        {key: value for key, value in second.items() if key != "run_ids"},
        ours.experiments.get(experiment="first", dataset=experiment.dataset_id),
    )


def test_append_refuses(official: Any, ours: Any, make: Any, experiment: Any) -> None:
    """A run without an example is a 422 and stores nothing; 1,001 of them the SDK refuses itself."""
    good = make(f"{TYPES}.ExperimentRunInput", example_id="e", output="o")
    lost = make(f"{TYPES}.ExperimentRunInput", output="o")
    refused = official.refusal("experiments.append_runs", experiment=experiment.id, experiment_runs=[good, lost])
    assert refused.name == "UnprocessableEntityException"
    many = official.refusal("experiments.append_runs", experiment=experiment.id, experiment_runs=[good] * 1001)
    assert many.status is None
    assert len(list(ours.experiments.list_runs(experiment=experiment.id))) == 3


def test_annotate(official: Any, ours: Any, agree: Any, make: Any, space: Any, experiment: Any) -> None:
    """Objects or dicts; parts that are not given stay, and both clients read the same."""
    official("annotation_configs.create_freeform", name="note", space=space.id)
    official("annotation_configs.create_continuous", name="mark", space=space.id, minimum_score=0, maximum_score=1)
    ids = [run.id for run in ours.experiments.list_runs(experiment=experiment.id)]
    value = make(f"{TYPES}.AnnotationInput", name="note", text="seen")
    record = make(f"{TYPES}.AnnotateRecordInput", record_id=ids[0], values=[value])
    other = {"record_id": ids[1], "values": [{"name": "mark", "score": 0.5}]}
    assert official("experiments.annotate_runs", experiment=experiment.id, annotations=[record, other]) is None
    more = {"record_id": ids[0], "values": [{"name": "note", "label": "later"}]}
    official("experiments.annotate_runs", experiment="first", space=space.id, annotations=[more])
    mine = list(ours.experiments.list_runs(experiment=experiment.id))
    agree(official("experiments.list_runs", experiment=experiment.id)["experiment_runs"], mine)
    notes = [[(note.name, note.score, note.label, note.text) for note in run.annotations] for run in mine]
    assert notes == [[("note", None, "later", "seen")], [("mark", 0.5, None, None)], []]
    for wrong in ({"name": "unknown", "text": "x"}, {"name": "mark", "score": 2}):
        refused = official.refusal(
            "experiments.annotate_runs",
            experiment=experiment.id,
            annotations=[{"record_id": ids[2], "values": [wrong]}],
        )
        assert refused.name == "UnprocessableEntityException"


def test_export(official: Any, ours: Any, space: Any, experiment: Any, tmp_path: Any) -> None:
    """Both clients write the same columns and rows."""
    theirs, mine = tmp_path / "theirs.parquet", tmp_path / "mine.parquet"
    official("experiments.export_to_parquet", experiment="first", space=space.name, path=str(theirs))
    ours.experiments.export_to_parquet(experiment=experiment.id, path=mine)
    assert pq.read_table(theirs).equals(pq.read_table(mine))
    assert pq.read_table(theirs).column("output").to_pylist() == ["o0", "o1", "o2"]

"""The examples of datasets, through the official SDK."""

from __future__ import annotations

from typing import Any

import pyarrow.parquet as pq


def numbers(answer: dict[str, Any]) -> list[int]:
    """Return the column ``n`` of a list of examples."""
    return [row["n"] for row in answer["examples"]]


def test_list(official: Any, ours: Any, agree: Any, space: Any, dataset: Any) -> None:
    """By id or name, by pages, with a filter, of a version, and all at once."""
    page = official("datasets.list_examples", dataset="questions", space=space.name, limit=3)
    cursor = page["pagination"]["next_cursor"]
    rest = official("datasets.list_examples", dataset=dataset.id, limit=3, cursor=cursor)
    assert numbers(page) + numbers(rest) == [0, 1, 2, 3]
    agree(page["examples"] + rest["examples"], list(ours.datasets.list_examples(dataset=dataset.id)))
    found = official("datasets.list_examples", dataset=dataset.id, filter="n > 1 and n != 3")
    agree(found["examples"], list(ours.datasets.list_examples(dataset=dataset.id, filter="n > 1 and n != 3")))
    assert numbers(found) == [2]
    version = official("datasets.get", dataset=dataset.id)["versions"][0]["id"]
    for options in ({"all": True}, {"dataset_version_id": version}, {"dataset_version_id": version, "all": True}):
        assert numbers(official("datasets.list_examples", dataset=dataset.id, **options)) == [0, 1, 2, 3]


def test_list_refuses(official: Any, dataset: Any, experiment: Any) -> None:
    """A filter that is none is a 422, a foreign cursor a 400, an unknown version or dataset a 404."""
    name = "datasets.list_examples"
    assert official.refusal(name, dataset=dataset.id, filter="n >").name == "UnprocessableEntityException"
    assert official.refusal(name, dataset=dataset.id, cursor="abc").name == "BadRequestException"
    assert official.refusal(name, dataset=dataset.id, dataset_version_id="nope").name == "NotFoundException"
    assert official.refusal(name, dataset=experiment.id).name == "NotFoundException"
    assert official.refusal(name, dataset=experiment.id, all=True).name == "NotFoundException"


def test_append(official: Any, ours: Any, make: Any, space: Any, dataset: Any) -> None:
    """Rows or a frame; the answer has the ids in order, and a client that cached the dataset sees the new rows."""
    assert numbers(official("datasets.list_examples", dataset=dataset.id, all=True)) == [0, 1, 2, 3]
    first = official("datasets.append_examples", dataset="questions", space=space.id, examples=[{"n": 4}, {"n": 5}])
    frame = make("pandas.DataFrame", {"n": [6]})
    second = official("datasets.append_examples", dataset=dataset.id, examples=frame)
    rows = list(ours.datasets.list_examples(dataset=dataset.id))
    assert [row.id for row in rows[4:]] == first["example_ids"] + second["example_ids"]
    assert [row.additional_properties["n"] for row in rows] == list(range(7))
    assert numbers(official("datasets.list_examples", dataset=dataset.id, all=True)) == list(range(7))
    managed = official.refusal("datasets.append_examples", dataset=dataset.id, examples=[{"id": "x", "n": 1}])
    assert managed.status in {422, None}


def test_update(official: Any, ours: Any, dataset: Any) -> None:
    """In place, and into a version of a name of its own; the old version stays readable."""
    ids = [row.id for row in ours.datasets.list_examples(dataset=dataset.id)]
    official("datasets.update_examples", dataset=dataset.id, examples=[{"id": ids[0], "n": 10}, {"id": "?", "n": 1}])
    made = official(
        "datasets.update_examples", dataset=dataset.id, examples=[{"id": ids[1], "n": 11}], new_version="second"
    )
    versions = official("datasets.get", dataset=dataset.id)["versions"]
    assert made["dataset_version_id"] == versions[0]["id"]
    assert versions[0]["name"] == "second"
    for version, expected in zip(versions, ([10, 11, 2, 3], [10, 1, 2, 3]), strict=True):
        options = {"dataset": dataset.id, "dataset_version_id": version["id"]}
        assert numbers(official("datasets.list_examples", **options)) == expected
        found = ours.datasets.list_examples(**options)
        assert [row.additional_properties["n"] for row in found] == expected


def test_delete(official: Any, ours: Any, dataset: Any) -> None:
    """Ids that are there go, others are named."""
    ids = [row.id for row in ours.datasets.list_examples(dataset=dataset.id)]
    version = official("datasets.get", dataset=dataset.id)["versions"][0]["id"]
    answer = official(
        "datasets.delete_examples", dataset=dataset.id, dataset_version_id=version, examples=[ids[0], "unknown"]
    )
    assert answer["deleted_example_ids"] == [ids[0]]
    assert answer["not_deleted_example_ids"] == ["unknown"]
    assert [row.id for row in ours.datasets.list_examples(dataset=dataset.id)] == ids[1:]


def test_annotate(official: Any, ours: Any, make: Any, space: Any, dataset: Any) -> None:
    """Objects or dicts; both clients read the same annotation, and an unknown config is refused."""
    official("annotation_configs.create_freeform", name="note", space=space.id)
    ids = [row.id for row in ours.datasets.list_examples(dataset=dataset.id)]
    value = make("arize.experiments.types.AnnotationInput", name="note", text="seen")
    record = make("arize.experiments.types.AnnotateRecordInput", record_id=ids[0], values=[value])
    other = {"record_id": ids[1], "values": [{"name": "note", "score": 1.5}]}
    assert official("datasets.annotate_examples", dataset=dataset.id, annotations=[record, other]) is None
    mine = [row.annotations[0] for row in list(ours.datasets.list_examples(dataset=dataset.id))[:2]]
    theirs = [row["annotations"][0] for row in official("datasets.list_examples", dataset=dataset.id)["examples"][:2]]
    assert [(note.name, note.text, note.score) for note in mine] == [("note", "seen", None), ("note", None, 1.5)]
    assert [(note["name"], note["text"], note["score"]) for note in theirs] == [
        ("note", "seen", None),
        ("note", None, 1.5),
    ]
    unknown = {"record_id": ids[1], "values": [{"name": "unknown", "text": "x"}]}
    refused = official.refusal("datasets.annotate_examples", dataset=dataset.id, annotations=[unknown])
    assert refused.name == "UnprocessableEntityException"


def test_export(official: Any, ours: Any, space: Any, dataset: Any, tmp_path: Any) -> None:
    """Both clients write the same columns and rows."""
    theirs, mine = tmp_path / "theirs.parquet", tmp_path / "mine.parquet"
    official("datasets.export_to_parquet", dataset="questions", space=space.name, path=str(theirs))
    ours.datasets.export_to_parquet(dataset=dataset.id, path=mine)
    assert pq.read_table(theirs).equals(pq.read_table(mine))
    assert pq.read_table(theirs).column("n").to_pylist() == [0, 1, 2, 3]
    version = official("datasets.get", dataset=dataset.id)["versions"][0]["id"]
    official("datasets.export_to_parquet", dataset=dataset.id, dataset_version_id=version, path=str(theirs))
    assert pq.read_table(theirs).num_rows == 4

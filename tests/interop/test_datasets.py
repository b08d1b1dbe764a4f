"""The datasets client of the official SDK, without the examples of datasets that exist."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

NOTHING = "RGF0YXNldDo5OTpBYkNk"
ROWS = [{"text": "ü", "n": 1, "deep": {"a": [1, None]}}, {"text": None, "n": 2, "deep": {"a": []}}]


def examples_of(client: Any, dataset: str) -> list[dict[str, Any]]:
    """Return the open columns of a dataset's examples, as this package sees them."""
    return [dict(example.additional_properties) for example in client.datasets.list_examples(dataset=dataset, all=True)]


def test_list(official: Any, ours: Any, agree: Any, space: Any) -> None:
    """By the space's id or a part of its name, by a part of the name, and by pages."""
    for number in range(3):
        ours.datasets.create(name=f"Set {number}", space=space.id, examples=[{"a": 1}])
    page = official("datasets.list", space=space.id, limit=2)
    rest = official("datasets.list", space=space.id, limit=2, cursor=page["pagination"]["next_cursor"])
    found = page["datasets"] + rest["datasets"]
    assert [item["name"] for item in found] == ["Set 2", "Set 1", "Set 0"]
    agree(found, list(ours.datasets.list(space=space.id)))
    assert [item["name"] for item in official("datasets.list", space=space.name, name="SET 1")["datasets"]] == ["Set 1"]


@pytest.mark.parametrize("options", [{}, {"force_http": True}], ids=["default", "force_http"])
@pytest.mark.parametrize("form", ["rows", "frame"])
def test_create(official: Any, ours: Any, agree: Any, make: Any, space: Any, form: str, options: Any) -> None:
    """Of rows or a frame, in a space by id or name, and what was sent is what both clients read."""
    rows = ROWS if form == "rows" else make("pandas.DataFrame", ROWS)
    made = official("datasets.create", name="made", space=space.name, examples=rows, **options)
    agree(made, ours.datasets.get(dataset=made["id"]))
    assert examples_of(ours, made["id"]) == ROWS
    theirs = official("datasets.list_examples", dataset=made["id"])["examples"]
    assert [{name: row[name] for name in ROWS[0]} for row in theirs] == ROWS
    taken = official.refusal("datasets.create", name="made", space=space.id, examples=ROWS)
    assert (taken.name, taken.data["status"]) == ("ConflictException", 409)


def test_create_of_many_rows(official: Any, ours: Any, make: Any, space: Any) -> None:
    """5,000 rows of a frame go over Flight and come back complete and in order."""
    texts = [f"text {n}" for n in range(5000)]
    frame = make("pandas.DataFrame", {"text": texts, "n": list(range(5000)), "yes": [True] * 5000})
    made = official("datasets.create", name="many", space=space.id, examples=frame)
    theirs = official("datasets.list_examples", dataset=made["id"], all=True)
    assert theirs["pagination"]["has_more"] is False
    mine = list(ours.datasets.list_examples(dataset=made["id"], all=True))
    for read in (theirs["examples"], [{"id": row.id, **row.additional_properties} for row in mine]):
        assert [row["text"] for row in read] == texts
        assert {row["yes"] for row in read} == {"True"}  # the official SDK makes text of booleans on this way
    assert [row["id"] for row in theirs["examples"]] == [row.id for row in mine]
    refused = official.refusal("datasets.create", name="many", space=space.id, examples=frame)
    assert refused.name == "RuntimeError"
    assert "'many' is taken" in str(refused)


def test_create_of_files(official: Any, ours: Any, space: Any, tmp_path: Any) -> None:
    """Parquet and Arrow files, one, several or a directory of them."""
    pl.DataFrame({"n": [1, 2]}).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame({"n": [3]}).write_ipc(tmp_path / "b.arrow", compat_level=pl.CompatLevel.oldest())
    sources = {
        "one": (str(tmp_path / "a.parquet"), [1, 2]),
        "two": ([str(tmp_path / "a.parquet"), str(tmp_path / "b.arrow")], [1, 2, 3]),
        "all": (str(tmp_path), [1, 2, 3]),
    }
    for name, (source, expected) in sources.items():
        made = official("datasets.create", name=name, space=space.id, examples=source)
        assert [row["n"] for row in examples_of(ours, made["id"])] == expected


def test_get(official: Any, ours: Any, agree: Any, space: Any, dataset: Any) -> None:
    """By id, and by name with the space's name or id; with its versions."""
    mine = ours.datasets.get(dataset=dataset.id)
    for options in (
        {"dataset": dataset.id},
        {"dataset": "questions", "space": space.id},
        {"dataset": "questions", "space": space.name},
    ):
        agree(official("datasets.get", **options), mine)
    assert official.refusal("datasets.get", dataset=NOTHING).name == "NotFoundException"
    assert official.refusal("datasets.get", dataset="nothing", space=space.id).name == "NotFoundError"


def test_update(official: Any, ours: Any, agree: Any, space: Any, dataset: Any) -> None:
    """The new name is there for both; a name that is taken is a conflict."""
    renamed = official("datasets.update", dataset="questions", space=space.name, name="asked")
    agree(renamed, ours.datasets.get(dataset=dataset.id))
    assert renamed["name"] == "asked"
    ours.datasets.create(name="taken", space=space.id, examples=[{"a": 1}])
    assert official.refusal("datasets.update", dataset=dataset.id, name="taken").name == "ConflictException"


def test_delete(official: Any, ours: Any, space: Any, dataset: Any, experiment: Any) -> None:
    """By name; its experiments go along; the second time it is not found."""
    assert official("datasets.delete", dataset="questions", space=space.id) is None
    assert list(ours.datasets.list(space=space.id)) == []
    assert official.refusal("experiments.get", experiment=experiment.id).status == 404
    assert official.refusal("datasets.delete", dataset=dataset.id).name == "NotFoundException"

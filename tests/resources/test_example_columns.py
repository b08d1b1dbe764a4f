"""The columns that datasets get on their way over Flight (wire contract 4.5)."""

from __future__ import annotations

import pyarrow as pa
import pytest

from arize_async.resources.example_columns import ExampleColumns

NEW = {"id": "new", "created_at": 7, "updated_at": 7}


@pytest.mark.parametrize(
    ("id_first", "order"),
    [(False, ["q", "created_at", "updated_at", "id"]), (True, ["q", "id", "created_at", "updated_at"])],
)
def test_new_columns_stand_at_the_end(id_first: bool, order: list[str]) -> None:
    """In the order that the platform knows: for files the id comes first."""
    columns = ExampleColumns(now=7, new_id=lambda: "new", id_first=id_first)
    [batch] = columns.reader(pa.table({"q": ["x"]}).to_reader())
    assert batch.schema.names == order
    assert batch.to_pylist() == [{"q": "x", **NEW}]


def test_columns_that_are_there_keep_their_place_and_values() -> None:
    """Only what is missing in them is filled."""
    columns = ExampleColumns(now=7, new_id=lambda: "new")
    [batch] = columns.reader(pa.table({"id": ["mine", None], "created_at": [1, None], "q": ["x", "y"]}).to_reader())
    assert batch.schema.names == ["id", "created_at", "q", "updated_at"]
    assert batch.column("id").to_pylist() == ["mine", "new"]
    assert batch.column("created_at").to_pylist() == [1, 7]

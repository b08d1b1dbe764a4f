"""From the user's columns to those of runs, by one rule for dicts and for Arrow data (wire contract 7.1)."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arize_async.errors import InvalidRows
from arize_async.models.evaluation import EvaluationResultFieldNames
from arize_async.models.run import ExperimentTaskFieldNames
from arize_async.resources.run_columns import RunColumns
from arize_async.wire.arrow import rows_from_batch

NAMES = ["id", "answer", "points", "verdict", "why", "version", "details", "other"]
FIELDS = ExperimentTaskFieldNames(output="answer", example_id="id")
EVALUATORS = {
    "Correct": EvaluationResultFieldNames(
        score="points", label="verdict", explanation="why", metadata={"ver": "version", "details": None}
    )
}
ROW: dict[str, object] = {
    "id": 7,
    "answer": {"a": 1},
    "points": 1,
    "verdict": "good",
    "why": "because",
    "version": "v1",
    "details": [1, 2],
    "other": {"kept": True},
}


def test_columns_are_renamed_and_moved_to_the_end() -> None:
    """Untouched columns first, then the task's, then each evaluator's."""
    [row] = RunColumns(NAMES, FIELDS, EVALUATORS).rows([ROW])
    assert list(row.items()) == [
        ("other", {"kept": True}),
        ("example_id", "7"),
        ("output", '{"a":1}'),
        ("eval.Correct.score", 1),
        ("eval.Correct.label", "good"),
        ("eval.Correct.explanation", "because"),
        ("eval.Correct.metadata.ver", "v1"),
        ("eval.Correct.metadata.details", "[1,2]"),
    ]


def test_two_evaluators_may_share_a_column() -> None:
    """The official SDK fails with a KeyError."""
    shared = {name: EvaluationResultFieldNames(score="points") for name in ("a", "b")}
    [row] = RunColumns(NAMES, FIELDS, shared).rows([ROW])
    assert (row["eval.a.score"], row["eval.b.score"], "points" in row) == (1, 1, False)


def test_columns_that_have_their_names_already_stay() -> None:
    """Naming them changes nothing, not even their place."""
    fields = ExperimentTaskFieldNames(output="output", example_id="example_id")
    names = ["output", "eval.x.score", "n", "example_id"]
    columns = RunColumns(names, fields, {"x": EvaluationResultFieldNames(score="eval.x.score")})
    [row] = columns.rows([{"output": "o", "example_id": "e", "eval.x.score": 0.5, "n": 1}])
    assert list(row.items()) == [("output", "o"), ("eval.x.score", 0.5), ("n", 1), ("example_id", "e")]


def test_a_mapped_column_takes_the_name_of_an_old_one() -> None:
    """As with the official SDK, the dataset's own ``output`` gives way to the mapped one, which takes its place."""
    columns = RunColumns(["output", "n", "answer"], ExperimentTaskFieldNames(output="answer"))
    [row] = columns.rows([{"output": "expected", "n": 1, "answer": "given"}])
    assert list(row.items()) == [("output", "given"), ("n", 1)]


@pytest.mark.parametrize(
    ("fields", "evaluators", "missing"),
    [
        (ExperimentTaskFieldNames(output="outptu"), {}, "outptu"),
        (ExperimentTaskFieldNames(output="answer", example_id="ids"), {}, "ids"),
        (FIELDS, {"x": EvaluationResultFieldNames(score="score")}, "score"),
        (FIELDS, {"x": EvaluationResultFieldNames(label="verdict", metadata={"m": None})}, "m"),
    ],
)
def test_a_missing_column_is_named_beside_those_that_are_there(
    fields: ExperimentTaskFieldNames, evaluators: dict[str, Any], missing: str
) -> None:
    """For the task and for evaluators alike."""
    with pytest.raises(InvalidRows, match=f"not found: {missing}; the rows have: id, answer"):
        RunColumns(NAMES, fields, evaluators)


def test_a_key_that_a_row_lacks_is_none() -> None:
    """Rows need not have the same keys."""
    columns = RunColumns(["answer", "other"], ExperimentTaskFieldNames(output="answer"))
    assert columns.rows([{"answer": 1}, {"other": 2}]) == [{"other": None, "output": "1"}, {"other": 2, "output": None}]


CELLS: dict[str, st.SearchStrategy[Any]] = {
    "whole": st.integers(-(2**60), 2**60),
    "number": st.floats(allow_nan=False, allow_infinity=False),
    "yes": st.booleans(),
    "text": st.text(),
    "list": st.lists(st.integers(0, 9)),
    "object": st.builds(lambda a, b: {"a": a, "b": b}, st.integers(0, 9), st.text()),
}


@settings(deadline=None)
@given(st.data())
def test_dicts_and_arrow_data_are_converted_alike(data: st.DataObject) -> None:
    """Whatever the type of a column, both forms of it give the same runs."""
    kinds = data.draw(st.fixed_dictionaries({name: st.sampled_from(sorted(CELLS)) for name in NAMES}))
    row = st.fixed_dictionaries({name: st.none() | CELLS[kind] for name, kind in kinds.items()})
    rows: list[dict[str, Any]] = data.draw(st.lists(row, min_size=1, max_size=5))
    columns = RunColumns(NAMES, FIELDS, EVALUATORS)
    table = pa.Table.from_pylist(rows)
    converted = columns.reader(table.to_reader(max_chunksize=2))
    assert converted.schema.field("output").type == pa.string()
    assert [row for batch in converted for row in rows_from_batch(batch)] == columns.rows(rows)

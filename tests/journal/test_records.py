"""Records: what is written comes back, and what a disk has changed does not."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arize_async.journal.records import Damaged, decode, encode, evaluation_of, output_of, task_of
from arize_async.models.evaluation import EvaluationResult
from arize_async.models.finished import Attempt, FinishedEvaluation, FinishedTask
from arize_async.models.jsonable import jsonify
from arize_async.wire.text import output_text

from .samples import evaluation, task

TEXT = st.text(st.characters(codec="utf-8"))
FINITE = st.floats(allow_nan=False, allow_infinity=False)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | FINITE | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(DATA, TEXT, st.none() | TEXT.filter(bool))
def test_a_task_comes_back(output: Any, example: str, error: str | None) -> None:
    """Whatever JSON data it returned, integers of any size included."""
    written = FinishedTask(
        example, jsonify(output), error, "a" * 32, "b" * 16, 5, 0.25, 7, 0.5, (Attempt(0.0, 0.1, error),), 2
    )
    key, values = decode(encode(8, written))
    assert (key, task_of(values)) == (8, written)


@settings(deadline=None)
@given(FINITE | st.integers(-(2**53), 2**53), st.none() | TEXT.filter(bool), st.dictionaries(TEXT, DATA, max_size=3))
def test_an_evaluation_comes_back(score: float, label: str | None, metadata: dict[str, Any]) -> None:
    """Score, label, metadata and times."""
    written = FinishedEvaluation("e", EvaluationResult(score, label, None, metadata), None, "c" * 32, 3)
    assert evaluation_of("e", decode(encode(1, written))[1]) == written


def test_odd_values() -> None:
    """A NaN stays one, also in metadata; huge scores become floats; a failure keeps its error."""
    read: Any = task_of(decode(encode(0, task(output=math.nan)))[1]).output
    assert math.isnan(read)
    metadata = evaluation_of("e", decode(encode(0, evaluation(score=2**70, metadata={"n": math.nan})))[1]).result
    assert metadata is not None
    assert metadata.score == float(2**70)
    fact: Any = metadata.metadata["n"]
    assert math.isnan(fact)
    assert evaluation_of("first", decode(encode(0, evaluation(error="no")))[1]) == evaluation(error="no")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_json_cannot_say_comes_back_to_evaluators(value: float) -> None:
    """Inside of lists and dicts as well; the frame has null in its place, with or without a crash."""
    output = {"a": [value, None], "b": 2**70}
    values = decode(encode(0, task(output=output)))[1]
    assert repr(task_of(values).output) == repr(output)
    assert output_of(values) == output_text(output)


@settings(deadline=None)
@given(st.data())
def test_a_changed_bit_is_found(data: st.DataObject) -> None:
    """Wherever it is, in the key as in the values."""
    line = bytearray(encode(12, task(output={"a": [1, "two"]})))  # letters of the checksum have two cases
    place, bit = data.draw(st.integers(0, len(line) - 1)), data.draw(st.integers(0, 7))
    line[place] ^= 1 << bit
    with pytest.raises(Damaged):
        decode(bytes(line))


@pytest.mark.parametrize("line", [b"", b":", b"::", b"1:zz:[]", b"x:00000000:[]", b"1:00000000:"])
def test_what_is_no_line_is_damaged(line: bytes) -> None:
    """Nothing else is raised."""
    with pytest.raises(Damaged):
        decode(line)


def test_a_line_is_one_line() -> None:
    """Line breaks in values do not end it."""
    assert b"\n" not in encode(0, task(output="a\nb\r\n"))
    assert json.loads(encode(0, task(output="a\nb")).split(b":", 2)[2])[1] == "a\nb"

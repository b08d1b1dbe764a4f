"""Scores as other libraries have them, without those libraries."""

from __future__ import annotations

from typing import Any

import pytest

from arize_async.evaluators.adapters import adapted
from arize_async.evaluators.coercion import coerce
from arize_async.evaluators.function import evaluator
from arize_async.evaluators.named import RUN_NAMES, named


class Score:
    """A score by its shape."""

    def __init__(self, **fields: Any) -> None:
        """Take any fields."""
        self.__dict__ |= {"score": None, "metadata": {}, **fields}


@pytest.mark.parametrize(
    ("value", "score", "label", "explanation"),
    [
        (Score(score=0.5, name="x"), 0.5, None, None),
        (Score(score=1, metadata={"choice": "A", "rationale": "why"}), 1, "A", "why"),
        (Score(), None, "skipped", None),
        (Score(label="good", explanation="why"), None, "good", "why"),
        ([Score(score=0.25, label="low")], 0.25, "low", None),
        ([Score(name="a", score=1), Score(name="b", score=0)], 0.5, None, None),
        ([Score(name="a"), Score(name="b")], None, "skipped", None),
        ({"key": "k", "score": False, "comment": None}, 0.0, "False", None),
        ({"key": "k", "score": 0.3, "comment": "why", "metadata": None, "source_run_id": "x"}, 0.3, None, "why"),
        ({"key": "k", "score": None, "value": "blue"}, None, "blue", None),
    ],
)
def test_scores_are_results(value: object, score: float | None, label: str | None, explanation: str | None) -> None:
    """Whatever an evaluator hands on of them is understood."""
    result = coerce(value)
    assert (result.score, result.label, result.explanation) == (score, label, explanation)


def test_an_error_in_a_score_is_raised() -> None:
    """It is the error of the evaluation."""
    with pytest.raises(ZeroDivisionError):
        coerce(Score(error=ZeroDivisionError("x")))


@pytest.mark.parametrize("value", [[], {"key": "k"}, {"score": 1, "key": "k", "other": 2}, [Score(score=1), 5, 6, 7]])
def test_what_only_resembles_a_score_is_refused(value: object) -> None:
    """The message names the type, as for any other value."""
    with pytest.raises(TypeError, match="an evaluator returned"):
        coerce(value)


def test_functions_of_outputs() -> None:
    """They are called by those names, under the name that they have; others are left alone."""

    @evaluator(name="mine", kind="LLM")
    def judge(outputs: str, reference_outputs: str, topic: str = "none") -> bool:
        return outputs == reference_outputs + topic

    (found,) = named([judge])
    assert (found.name, found.kind) == ("mine", "LLM")
    values = {"input": "q", "output": "xt", "expected": "x", "metadata": None, "dataset_row": {"topic": "t", "a b": 1}}
    assert found.binding.call({name: values[name] for name in found.binding.names})() is True

    def whole(outputs: list[str], inputs: list[str]) -> int:
        return len(outputs) + len(inputs)

    (left,) = named([whole], RUN_NAMES, "frame")
    assert left.binding.function is whole
    assert adapted(len) is len
    assert adapted(5) == 5

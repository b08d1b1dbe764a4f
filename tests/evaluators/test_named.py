"""The ``evaluators`` argument."""

from __future__ import annotations

from typing import Any

import pytest

from arize_async.errors import InvalidEvaluator
from arize_async.evaluators import CodeEvaluator, EvaluationResult, Evaluator, LLMEvaluator
from arize_async.evaluators.named import named


def exact(output: str, expected: str) -> bool:
    """Compare."""
    return output == expected


class Contains(Evaluator):
    """Looks for a word; the official form with ``**kwargs`` alone."""

    def evaluate(self, **kwargs: Any) -> EvaluationResult:
        """Look."""
        return EvaluationResult(score="a" in kwargs["output"])


class Judge(LLMEvaluator):
    """Has both methods."""

    _name = "judge"

    def evaluate(self, **kwargs: Any) -> EvaluationResult:
        """Judge."""
        return EvaluationResult(score=0)

    async def async_evaluate(self, **kwargs: Any) -> EvaluationResult:
        """Judge, on the loop."""
        return EvaluationResult(score=1)


class Duck:
    """Has the method without the base."""

    def evaluate(self, output: str) -> float:
        """Judge."""
        return 1.0


def names(evaluators: Any) -> list[tuple[str, str, bool]]:
    """Return what was understood."""
    return [(evaluator.name, evaluator.kind, evaluator.is_async) for evaluator in named(evaluators)]


def test_every_form_of_the_argument() -> None:
    """None, one, a sequence, a mapping; functions, objects with and without the base."""
    assert names(None) == []
    assert names(exact) == [("exact", "CODE", False)]
    assert names((exact, Contains())) == [("exact", "CODE", False), ("Contains", "CODE", False)]
    assert names([Judge(), Duck()]) == [("judge", "LLM", True), ("Duck", "CODE", False)]
    assert names({"quality": exact, "other": lambda output: 1}) == [
        ("quality", "CODE", False),
        ("other", "CODE", False),
    ]
    assert names({"renamed": Judge()}) == [("judge", "LLM", True)]


@pytest.mark.parametrize(
    ("evaluators", "words"),
    [
        ([exact, exact], "Two evaluators have the same name: 'exact'"),
        ([lambda output: 1, lambda output: 0], "lambda.*mapping"),
        ([Contains], r"pass an instance: evaluators=\[Contains\(\)\]"),
        ([Evaluator()], "neither evaluate nor async_evaluate"),
        ([CodeEvaluator()], "neither evaluate nor async_evaluate"),
        ([1], "got int"),
        ("exact", "got str"),
        ([None], "got NoneType"),
        ([lambda: 1], "takes no parameter"),
        ([lambda output, exp: 1], "exp"),
        ({" ": exact}, "cannot name an evaluator"),
        ({"a\0b": exact}, "cannot name an evaluator"),
        ({"\ud800": exact}, "cannot name an evaluator"),
    ],
)
def test_what_is_no_evaluator_is_refused(evaluators: Any, words: str) -> None:
    """The error says what is wrong and what to do."""
    with pytest.raises(InvalidEvaluator, match=words):
        named(evaluators)

"""What evaluators may return."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from arize_async.evaluators import EvaluationResult
from arize_async.evaluators.coercion import coerce

GOOD: list[tuple[Any, EvaluationResult]] = [
    (EvaluationResult(score=1), EvaluationResult(score=1)),
    (True, EvaluationResult(score=1.0, label="True")),
    (False, EvaluationResult(score=0.0, label="False")),
    (np.bool_(True), EvaluationResult(score=1.0, label="True")),
    (3, EvaluationResult(score=3)),
    (0.5, EvaluationResult(score=0.5)),
    (np.float32(0.5), EvaluationResult(score=0.5)),
    (Decimal("0.25"), EvaluationResult(score=0.25)),
    ("good", EvaluationResult(label="good")),
    ((1, "why"), EvaluationResult(score=1, explanation="why")),
    ([True, "why"], EvaluationResult(score=1.0, explanation="why")),
    ((0.5, "good", "why"), EvaluationResult(score=0.5, label="good", explanation="why")),
    ((None, "good", None), EvaluationResult(label="good")),
    ({"score": 1, "label": "a", "explanation": "b", "metadata": {"k": 1}}, EvaluationResult(1, "a", "b", {"k": 1})),
    ({"label": "a"}, EvaluationResult(label="a")),
]


@pytest.mark.parametrize(("returned", "expected"), GOOD)
def test_results_are_coerced(returned: Any, expected: EvaluationResult) -> None:
    """Each form gives the result that it stands for."""
    assert coerce(returned) == expected


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (None, "NoneType"),
        (object(), "object"),
        (b"good", "bytes"),
        ({1, 2}, "set"),
        (("a", "b"), "a score is a number, got str"),
        ((1, 2, 3, 4), "a sequence of 4"),
        ({"scre": 1}, "scre"),
        ({}, "a score, a label, or both"),
        ("", "a score, a label, or both"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (EvaluationResult(score=float("nan")), "nan"),
        (1j, "complex"),
    ],
)
def test_anything_else_is_an_error_that_names_it(returned: Any, words: str) -> None:
    """The message says what came and what may come."""
    with pytest.raises((TypeError, ValueError), match=words):
        coerce(returned)

"""Conditions and checks."""

from __future__ import annotations

from math import inf, nan
from typing import Any

import pytest

from arize_async.errors import CheckFailed, InvalidInput
from arize_async.results import Condition, Result, compare, judge

from .frames import scored


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("correct < -0.02", Condition("correct", "<", -0.02)),
        ("correct<-2%", Condition("correct", "<", -0.02)),
        (" a < b >= 1e-3 ", Condition("a < b", ">", 0.001)),
        ("eval.x.y <= 0", Condition("eval.x.y", "<", 0)),
    ],
)
def test_conditions_are_read(text: str, expected: Condition) -> None:
    """A name may hold anything; the last sign and number are the condition."""
    assert Condition.parse(text) == expected


@pytest.mark.parametrize(
    ("before", "after", "most", "result"),
    [
        ([1] * 100, [1] * 100, 0.05, Result.PASSED),
        ([1] * 100, [1] * 100, 0.01, Result.UNCLEAR),
        ([1] * 100, [0] * 100, 0.05, Result.FAILED),
        ([0] * 100, [1] * 100, 0.0, Result.PASSED),
        ([1] * 100, [1] * 50 + [None] * 50, 0.2, Result.UNCLEAR),
        ([1], [1], 0.5, Result.UNCLEAR),
        ([], [], 0.5, Result.UNCLEAR),
    ],
)
def test_a_check_passes_only_what_the_interval_rules_out(
    before: list[Any], after: list[Any], most: float, result: Result
) -> None:
    """What the data cannot tell is unclear, and so is what the missing scores could turn round."""
    check = compare(scored(before), {"new": scored(after)}).check(metric="correct", max_regression=most)
    assert (check.result, check.passed) == (result, result is Result.PASSED)
    assert check.to_dict()["result"] == result
    assert str(check).startswith(result.value)


def test_a_failed_check_raises_with_its_numbers() -> None:
    """What is unclear raises as well, unless that is let go."""
    worse = compare(scored([1] * 9), {"new": scored([0] * 9)}).check(metric="correct")
    with pytest.raises(CheckFailed, match="failed: correct < 0: difference -1") as raised:
        worse.raise_if_failed()
    assert raised.value.check is worse
    unclear = compare(scored([1] * 9), {"new": scored([1] * 9)}).check(metric="correct")
    with pytest.raises(CheckFailed, match="unclear"):
        unclear.raise_if_failed()
    unclear.raise_if_failed(unclear=False)


def test_a_check_has_its_own_confidence() -> None:
    """A wider interval passes less."""
    comparison = compare(scored([1] * 100), {"new": scored([1] * 97 + [0] * 3)})
    results = [comparison.check(metric="correct", max_regression=0.08, confidence=each).result for each in (0.9, 0.999)]
    assert results == [Result.PASSED, Result.UNCLEAR]


def test_lower_may_be_better() -> None:
    """Then a rise is the regression."""
    comparison = compare(scored([0.0] * 50), {"new": scored([1.0] * 50)}, lower_is_better=["correct"])
    check = comparison.check(metric="correct", max_regression=0.1)
    assert (str(check.condition), check.result) == ("correct > 0.1", Result.FAILED)
    assert judge(comparison, Condition.parse("correct < -0.1")).result is Result.PASSED


@pytest.mark.parametrize(
    "change", [{"max_regression": -1.0}, {"max_regression": nan}, {"max_regression": inf}, {"confidence": 2.0}]
)
def test_bounds_of_arguments(change: dict[str, float]) -> None:
    """Each is named."""
    comparison = compare(scored([1, 0]), {"new": scored([1, 1])})
    with pytest.raises(InvalidInput, match=next(iter(change))):
        comparison.check(metric="correct", **change)

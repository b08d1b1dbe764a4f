"""A gate: whether a comparison lets a change pass."""

from __future__ import annotations

import math
import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

import attrs
from attrs import evolve, field, frozen

from arize_async.errors import CheckFailed, InvalidInput
from arize_async.results.metrics import Interval, Metric, number

if TYPE_CHECKING:
    from arize_async.results.comparison import Comparison

_CONDITION = re.compile(r"\s*(?P<metric>.+?)\s*(?P<operator><=|>=|<|>)\s*(?P<threshold>\S+)\s*", re.DOTALL)


class Result(StrEnum):
    """What a check came to."""

    PASSED = "passed"
    FAILED = "failed"
    UNCLEAR = "unclear"


@frozen
class Condition:
    """What a difference must not be.

    Attributes:
        metric: The evaluator.
        operator: ``<`` for differences below the threshold, ``>`` for those above.
        threshold: In units of the score.
    """

    metric: str
    operator: str = field(validator=attrs.validators.in_(("<", ">")))
    threshold: float

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a condition.

        Args:
            text: Such as ``correct < -0.02``, ``latency > 5`` or ``correct < -2%``.

        Raises:
            InvalidInput: It is not one.

        Example:
            >>> Condition.parse("correct < -2%")
            Condition(metric='correct', operator='<', threshold=-0.02)
        """
        found = _CONDITION.fullmatch(text)
        threshold = _number(found["threshold"]) if found else None
        if found is None or threshold is None:
            raise InvalidInput(f"expected a condition such as 'correct < -0.02', got {text!r:.100}")
        return cls(found["metric"], found["operator"][0], threshold)

    @classmethod
    def against_regression(cls, metric: str, most: float, *, lower_is_better: bool) -> Self:
        """Return the condition of a regression beyond what is allowed.

        Raises:
            InvalidInput: That is not a number of 0 or more.
        """
        if isinstance(most, bool) or not math.isfinite(most) or most < 0:
            raise InvalidInput(f"expected a number that is not negative, got {most!r}", path="max_regression")
        return cls(metric, ">" if lower_is_better else "<", float(most) if lower_is_better else -float(most))

    def holds_for(self, low: float, high: float) -> bool | None:
        """Return whether it holds in a whole interval; None when only in a part of it."""
        inside = high < self.threshold if self.operator == "<" else low > self.threshold
        outside = low >= self.threshold if self.operator == "<" else high <= self.threshold
        return True if inside else False if outside else None

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"{self.metric} {self.operator} {self.threshold + 0.0:g}"


@frozen
class Check:
    """What a check of a comparison came to.

    Attributes:
        condition: What must not be.
        result: ``passed`` when the whole interval contradicts the condition, ``failed`` when it holds in all of it,
            ``unclear`` in between, and when there is no interval.
        words: The result in words, with its numbers.
        metric: The numbers of the comparison.
    """

    condition: Condition
    result: Result
    words: str
    metric: Metric

    @property
    def passed(self) -> bool:
        """Whether it passed; what is unclear has not."""
        return self.result is Result.PASSED

    def raise_if_failed(self, *, unclear: bool = True) -> None:
        """Raise unless it passed.

        Args:
            unclear: Whether what is unclear counts as failed.

        Raises:
            CheckFailed: It did not pass.
        """
        if self.result is Result.FAILED or (unclear and self.result is Result.UNCLEAR):
            raise CheckFailed(self.words, self)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON knows it."""
        return {
            "condition": str(self.condition),
            "result": self.result.value,
            "words": self.words,
            "metric": self.metric.to_dict(),
        }

    def __str__(self) -> str:
        """Return the words."""
        return self.words


def judge(
    comparison: Comparison, condition: Condition, *, confidence: float | None = None, candidate: str | None = None
) -> Check:
    """Check a condition on the difference of an evaluator.

    Args:
        comparison: What was compared.
        condition: What must not be.
        confidence: Of the interval; by default that of the comparison.
        candidate: Which candidate; needed when there are several.

    Raises:
        InvalidInput: There is no such evaluator or candidate, or the confidence is out of bounds.
    """
    metric = comparison.metric(condition.metric, candidate=candidate)
    if confidence is not None and confidence != comparison.settings.confidence:
        metric = evolve(metric, interval=_interval(comparison, metric, confidence))
    if metric.interval is None or metric.difference is None:
        return Check(condition, Result.UNCLEAR, f"unclear: {condition}: {metric.verdict}", metric)
    low, high = _with_missing(metric, metric.interval, metric.difference)
    if condition.holds_for(metric.interval.low, metric.interval.high):
        result = Result.FAILED
    else:
        result = Result.PASSED if condition.holds_for(low, high) is False else Result.UNCLEAR
    return Check(condition, result, _words(condition, result, metric, low, high), metric)


def _interval(comparison: Comparison, metric: Metric, confidence: float) -> Interval | None:
    from arize_async.results.statistics.paired import interval

    settings = evolve(comparison.settings, confidence=confidence)
    scores = next(each.scores for each in comparison.candidates if each.name == metric.candidate)
    found = interval(scores[metric.name].pairs(), confidence, settings.seed)
    return Interval(*found[0], confidence, found[1]) if found else None


def _with_missing(metric: Metric, interval: Interval, difference: float) -> tuple[float, float]:
    """Return the limits with what is missing at its lowest and at its highest."""
    if not metric.bounds or not metric.missing:
        return interval.low, interval.high
    return interval.low + min(metric.bounds) - difference, interval.high + max(metric.bounds) - difference


def _words(condition: Condition, result: Result, metric: Metric, low: float, high: float) -> str:
    assert metric.interval is not None
    assert metric.difference is not None
    pairs = f"{metric.pairs:,} of {metric.examples:,} examples"
    numbers = f"difference {number(metric.difference, sign=True)}, {metric.interval}, {pairs}"
    missing = f", {number(low)} to {number(high)} with the {metric.missing:,} missing scores" if metric.missing else ""
    return f"{result.value}: {condition}: {numbers}{missing}"


def _number(text: str) -> float | None:
    share = text.endswith("%")
    try:
        value = float(text.removesuffix("%")) / (100 if share else 1)
    except ValueError:
        return None
    return value if math.isfinite(value) else None

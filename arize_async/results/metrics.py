"""What a comparison says of one evaluator in one candidate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import attrs
import polars as pl
from attrs import frozen


class Outcome(StrEnum):
    """What a comparison has shown."""

    BETTER = "better"
    WORSE = "worse"
    NO_DIFFERENCE_SHOWN = "no difference shown"
    NOT_COMPARABLE = "not comparable"


@frozen
class Interval:
    """A confidence interval.

    Attributes:
        low: Lower limit.
        high: Upper limit.
        confidence: In how many of many samples such an interval holds the true value, as 0.95.
        method: How it was found.
    """

    low: float
    high: float
    confidence: float
    method: str

    def __str__(self) -> str:
        """Return the limits as a phrase."""
        return f"{100 * self.confidence:.4g} % interval {number(self.low)} to {number(self.high)}"


@frozen
class Test:
    """A test of "there is no difference".

    Attributes:
        name: Which one.
        p_value: Two-sided; how often chance alone would give such a difference or a larger one.
        adjusted: The p-value after Holm's correction for all metrics and candidates of the comparison.
    """

    __test__ = False  # not one of pytest's

    name: str
    p_value: float
    adjusted: float


@frozen
class Effect:
    """The size of a difference, free of units.

    Attributes:
        name: ``Cohen's g`` for pass/fail: by how much more than half of the examples that changed have improved.
            ``Cohen's d of pairs`` for scores: the mean difference in standard deviations of the differences.
        value: Its value; positive when the candidate's scores are higher.
    """

    name: str
    value: float


@frozen
class Metric:
    """One evaluator of the baseline and of one candidate, over the examples that both have scored.

    Attributes:
        name: The evaluator.
        candidate: The candidate.
        kind: ``pass/fail`` when every score is 0 or 1, ``score``, or ``labels`` when there are labels alone.
        lower_is_better: Whether a fall is an improvement.
        pairs: Examples with a score on both sides.
        examples: Examples that either side has run.
        scored: Runs with a score, of the baseline and of the candidate.
        runs: All of their runs.
        baseline: Mean of the baseline over the pairs, None without any.
        value: Mean of the candidate over the pairs.
        difference: Candidate minus baseline.
        interval: Its confidence interval, None below two pairs.
        bounds: The difference if all scores that are missing were the worst for the candidate, and if all were the
            best for it: of 0 and 1 when all scores lie there, else of the lowest and highest score seen.
        test: None without pairs.
        effect: None when nothing varies.
        detectable: The smallest difference that so many examples show with a probability of 80 %, corrected as the
            p-values are; None when nothing varies.
        improved: Pairs that got better.
        regressed: Pairs that got worse.
        not_run: Examples that only one side has run.
        labels: Runs with each label, in the baseline and in the candidate.
        outcome: What is shown.
        verdict: The same in words, with what it stands on.
    """

    name: str
    candidate: str
    kind: str
    lower_is_better: bool
    pairs: int
    examples: int
    scored: tuple[int, int]
    runs: tuple[int, int]
    baseline: float | None
    value: float | None
    difference: float | None
    interval: Interval | None
    bounds: tuple[float, float] | None
    test: Test | None
    effect: Effect | None
    detectable: float | None
    improved: int
    regressed: int
    not_run: int
    labels: Mapping[str, tuple[int, int]]
    outcome: Outcome = Outcome.NOT_COMPARABLE
    verdict: str = ""

    @property
    def missing(self) -> int:
        """Runs without a score on either side, and examples that one side has not run."""
        return sum(self.runs) - sum(self.scored) + self.not_run

    @property
    def unchanged(self) -> int:
        """Pairs whose score is the same on both sides."""
        return self.pairs - self.improved - self.regressed

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON knows it."""
        return {**attrs.asdict(self), "outcome": self.outcome.value, "unchanged": self.unchanged}

    def row(self) -> dict[str, object]:
        """Return the numbers as one row of a frame."""
        return {
            "candidate": self.candidate,
            "metric": self.name,
            "kind": self.kind,
            "pairs": self.pairs,
            "examples": self.examples,
            "missing": self.missing,
            "baseline": self.baseline,
            "value": self.value,
            "difference": self.difference,
            "low": self.interval and self.interval.low,
            "high": self.interval and self.interval.high,
            "worst": self.bounds and self.bounds[0],
            "best": self.bounds and self.bounds[1],
            "p_value": self.test and self.test.p_value,
            "adjusted_p_value": self.test and self.test.adjusted,
            "test": self.test and self.test.name,
            "effect": self.effect and self.effect.value,
            "effect_name": self.effect and self.effect.name,
            "detectable": self.detectable,
            "improved": self.improved,
            "regressed": self.regressed,
            "unchanged": self.unchanged,
            "outcome": self.outcome.value,
            "verdict": self.verdict,
        }


COLUMNS: Mapping[str, Any] = {
    "candidate": pl.String,
    "metric": pl.String,
    "kind": pl.String,
    "pairs": pl.Int64,
    "examples": pl.Int64,
    "missing": pl.Int64,
    "baseline": pl.Float64,
    "value": pl.Float64,
    "difference": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "worst": pl.Float64,
    "best": pl.Float64,
    "p_value": pl.Float64,
    "adjusted_p_value": pl.Float64,
    "test": pl.String,
    "effect": pl.Float64,
    "effect_name": pl.String,
    "detectable": pl.Float64,
    "improved": pl.Int64,
    "regressed": pl.Int64,
    "unchanged": pl.Int64,
    "outcome": pl.String,
    "verdict": pl.String,
}
"""The columns of ``Comparison.to_df``."""


def number(value: float, *, sign: bool = False) -> str:
    """Return a number with as many digits as a reader can use.

    >>> number(0.21531), number(-0.00012345), number(1234.6, sign=True)
    ('0.215', '-0.000123', '+1235')
    """
    if value == 0:
        return "0"
    decimals = max(0, 2 - math.floor(math.log10(abs(value)))) if abs(value) < 1 else 3 if abs(value) < 100 else 0  # noqa: PLR2004 - where decimals stop to matter
    return f"{value:{'+' if sign else ''}.{min(decimals, 12)}f}"

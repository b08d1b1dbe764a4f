"""Confidence intervals of a mean difference and of a mean, chosen by simulation (see ``docs/statistics.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from arize_async.results.statistics.bootstrap import FEW_VALUES, MANY, distances

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

ONE_SIDED = 0.75
"""How much of the way from the symmetric to the one-sided limit is gone, if that is further out."""
MOST_OF_STUDENTS = 4
"""By how much the bootstrap may widen Student's interval: resamples in which hardly anything varies have no bound."""
UNIT = (0.0, 1.0)
Limits = tuple[float, float]
_HALVINGS = 60
"""Steps of the search for a limit: more than a float has bits."""


def tango(better: int, worse: int, pairs: int, confidence: float) -> tuple[float, float]:
    """Return the score interval of the difference of two paired proportions.

    Source: Tango 1998, "Equivalence test and confidence interval for the difference in proportions for the
    paired-sample design", Statistics in Medicine 17.

    Args:
        better: Pairs that failed before and pass now.
        worse: Pairs that passed before and fail now.
        pairs: All pairs, at least 1.
        confidence: Such as 0.95.
    """
    z = float(special.ndtri((1 + confidence) / 2))
    low = _falling_through(lambda difference: _tango_score(better, worse, pairs, difference), z)
    high = _falling_through(lambda difference: _tango_score(better, worse, pairs, difference), -z)
    return low, high


def wilson(passed: int, trials: int, confidence: float) -> tuple[float, float]:
    """Return the score interval of a proportion.

    Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference", JASA 22.
    """
    z = float(special.ndtri((1 + confidence) / 2))
    share, weight = passed / trials, z * z / trials
    middle = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * float(np.sqrt(share * (1 - share) / trials + weight / (4 * trials)))
    return max(0.0, middle - half), min(1.0, middle + half)


def student(values: NDArray[np.float64], confidence: float) -> tuple[float, float]:
    """Return Student's interval of a mean; shape ``(n,)``, at least two values."""
    n = len(values)
    half = float(special.stdtrit(n - 1, (1 + confidence) / 2)) * float(values.std(ddof=1)) / n**0.5
    mean = float(values.mean())
    return mean - half, mean + half


def mean_interval(
    values: NDArray[np.float64], confidence: float, seed: int, limits: Limits | None = None
) -> tuple[Limits, str]:
    """Return an interval of a mean and the name of its method.

    The mean of each resample of the examples is measured in its own standard errors; as far as the given share of them
    lies from the mean, so far the interval reaches to both sides. Where scores have no limits it reaches most of the
    way to where the share of each side alone would end it, if that is further out. With very many examples all of this
    is Student's interval.

    Args:
        values: One for each example; shape ``(n,)``, at least two different ones.
        confidence: Such as 0.95.
        seed: Of the resamples.
        limits: Lowest and highest mean that there can be; None when that is not known.
    """
    if is_many(values):
        return within(student(values, confidence), limits), "Student's interval"
    return reaching(values, distances(values, seed), confidence, limits)


def reaching(
    values: NDArray[np.float64], found: NDArray[np.float64], confidence: float, limits: Limits | None
) -> tuple[Limits, str]:
    """Return the interval of a mean that follows from the ``distances`` of its resamples; see ``mean_interval``."""
    (low, high), mean = student(values, confidence), float(values.mean())
    reaches = _reaches(found, confidence, is_limited=limits is not None)
    if np.isfinite(reaches).all():
        error = standard_error(values)
        down, up = np.minimum(reaches, MOST_OF_STUDENTS * (high - mean) / error) * error
        return within((mean - float(down), mean + float(up)), limits), "studentised bootstrap over examples"
    # so few differ that many resamples have none of them
    unseen = constant(mean, len(values), float(np.ptp(values)), confidence)
    return within((min(low, unseen[0]), max(high, unseen[1])), limits), "bound on what was not seen"


def is_many(values: NDArray[np.float64]) -> bool:
    """Whether the mean of resamples is normal for all that matters."""
    return len(values) > MANY and len(np.unique(values)) > FEW_VALUES


def standard_error(values: NDArray[np.float64]) -> float:
    """Return the standard error of a mean; shape ``(n,)``, at least two values."""
    return float(values.std(ddof=1)) / len(values) ** 0.5


def interval_of_mean(
    values: NDArray[np.float64], *, is_pass_fail: bool, span: Limits, confidence: float, seed: int = 0
) -> tuple[Limits, str]:
    """Return an interval of the mean of one experiment and the name of its method.

    Args:
        values: Mean score of each example; shape ``(n,)``, at least two.
        is_pass_fail: Whether each of them is a single 0 or 1.
        span: Lowest and highest score: 0 and 1 when there can be no others, else of those seen.
        confidence: Such as 0.95.
        seed: Of the resamples.
    """
    if is_pass_fail:
        return wilson(int(values.sum()), len(values), confidence), "Wilson score interval"
    limits = span if span == UNIT else None
    if np.ptp(values) == 0:
        found = constant(float(values[0]), len(values), span[1] - span[0], confidence)
        return within(found, limits), "bound on what was not seen"
    return mean_interval(values, confidence, seed, limits)


def constant(value: float, n: int, width: float, confidence: float) -> tuple[float, float]:
    """Return an interval of a mean when all of ``n`` values were the same.

    Other values may exist: in as many examples as could all be missed by a sample of this size, and away by no more
    than ``width``.
    """
    unseen = 1 - ((1 - confidence) / 2) ** (1 / n)
    return value - unseen * width, value + unseen * width


def _reaches(found: NDArray[np.float64], confidence: float, *, is_limited: bool) -> NDArray[np.float64]:
    """Return how many standard errors an interval reaches down and up."""
    both = np.quantile(np.abs(found), confidence, method="higher")
    if is_limited or not np.isfinite(both):
        return np.array([both, both])
    tail = (1 - confidence) / 2
    # a long tail makes resampled means lie far out on the other side, relative to their standard errors
    alone = np.array([np.quantile(found, 1 - tail, method="higher"), -np.quantile(found, tail, method="lower")])
    return np.where(np.isfinite(alone), both + ONE_SIDED * np.maximum(alone - both, 0.0), both)


def within(found: Limits, limits: Limits | None) -> Limits:
    """Return as much of an interval as lies within limits."""
    return found if limits is None else (max(found[0], limits[0]), min(found[1], limits[1]))


def _tango_score(better: int, worse: int, pairs: int, difference: float) -> float:
    slope = -better - worse + (2 * pairs - better + worse) * difference
    offset = -worse * difference * (1 - difference)
    likely_worse = (max(slope * slope - 8 * pairs * offset, 0.0) ** 0.5 - slope) / (4 * pairs)
    variance = pairs * (2 * likely_worse + difference * (1 - difference))
    distance = better - worse - pairs * difference
    return distance / variance**0.5 if variance > 0 else distance * float("inf") if distance else 0.0


def _falling_through(function: Callable[[float], float], level: float) -> float:
    """Return where a falling function of -1 to 1 passes a level."""
    low, high = -1.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) > level else (low, middle)
    return (low + high) / 2

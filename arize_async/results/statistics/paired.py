"""One metric of two experiments, example by example: how large the difference is, and what speaks for it."""

from __future__ import annotations

from math import lcm

import numpy as np
from attrs import frozen
from numpy.typing import NDArray
from scipy import special

from arize_async.results.statistics.bootstrap import distances
from arize_async.results.statistics.intervals import (
    UNIT,
    constant,
    is_many,
    mean_interval,
    standard_error,
    tango,
    within,
)
from arize_async.results.statistics.signs import sign_test

POWER = 0.8
"""How often an experiment of this size shows the smallest effect that it can detect."""
_MOST_PARTS = 10_000


@frozen(eq=False)
class Pairs:
    """The scores of the examples that both experiments have scored.

    Attributes:
        baseline: Mean score of each example; shape ``(n,)``.
        candidate: The same of the candidate.
        differences: Candidate minus baseline, without the noise of binary fractions.
        counts: All numbers of repetitions that these means are of.
        is_pass_fail: Whether every score is 0 or 1.
        range: Lowest and highest score that there can be; where that is not known, that there was.
        is_balanced: Whether each example has as many scores on either side.
    """

    baseline: NDArray[np.float64]
    candidate: NDArray[np.float64]
    differences: NDArray[np.float64]
    counts: tuple[int, ...]
    is_pass_fail: bool
    range: tuple[float, float]
    is_balanced: bool = True

    @property
    def has_proportions(self) -> bool:
        """Whether each example passed or failed once on either side."""
        return self.is_pass_fail and self.counts == (1,)


def interval(pairs: Pairs, confidence: float, seed: int) -> tuple[tuple[float, float], str] | None:
    """Return a confidence interval of the mean difference and the name of its method; None below two examples."""
    differences = pairs.differences
    if len(differences) < 2:  # noqa: PLR2004 - one example says nothing of another
        return None
    if pairs.has_proportions:
        better, worse = int((differences > 0).sum()), int((differences < 0).sum())
        return tango(better, worse, len(differences), confidence), "Tango score interval"
    limits = (-1.0, 1.0) if pairs.range == UNIT else None
    if np.ptp(differences) == 0:
        width = pairs.range[1] - pairs.range[0]
        found = constant(float(differences[0]), len(differences), width, confidence)
        return within(found, limits), "bound on what was not seen"
    return mean_interval(differences, confidence, seed, limits)


def test(pairs: Pairs, seed: int) -> tuple[float, str]:
    """Return a two-sided p-value of no difference and the name of its test."""
    differences = pairs.differences
    if pairs.has_proportions:
        better, worse = int((differences > 0).sum()), int((differences < 0).sum())
        return min(1.0, 2 * float(special.bdtr(min(better, worse), better + worse, 0.5))), "McNemar's exact test"
    if not pairs.is_balanced and len(differences) and np.ptp(differences):
        # means of few scores and of many are not exchangeable, even when nothing differs
        return _bootstrapped(differences, seed), "studentised bootstrap test"
    if pairs.is_pass_fail:
        parts = min(lcm(*pairs.counts), _MOST_PARTS)
        p_value, exact = sign_test(np.rint(differences * parts).astype(np.int64))
        return p_value, "exact permutation test" if exact else "permutation test (normal approximation)"
    p_value, exact = sign_test(_signed_ranks(differences[differences != 0]))
    return p_value, "Wilcoxon's signed-rank test (exact)" if exact else "Wilcoxon's signed-rank test"


def _bootstrapped(differences: NDArray[np.float64], seed: int) -> float:
    if is_many(differences):
        return students_p_value(differences)
    return resampled_p_value(differences, distances(differences, seed))


def students_p_value(differences: NDArray[np.float64]) -> float:
    """Return the two-sided p-value of Student's test; shape ``(n,)``, at least two different ones."""
    away = abs(float(differences.mean())) / standard_error(differences)
    return 2 * float(special.stdtr(len(differences) - 1, -away))


def resampled_p_value(differences: NDArray[np.float64], found: NDArray[np.float64]) -> float:
    """Return how often the mean of a resample is as far from the mean as that is from 0, in standard errors.

    Args:
        differences: One for each example; shape ``(n,)``, at least two different ones.
        found: The ``distances`` of their resamples.
    """
    away = abs(float(differences.mean())) / standard_error(differences)
    further = int((np.abs(found) >= away).sum())
    least = 1 / (len(found) + 1)
    return (further + 1) * least if further else min(students_p_value(differences), least)


def _signed_ranks(differences: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return twice the ranks of the sizes, which are whole numbers also where some share one, with their signs."""
    _, places, counts = np.unique(np.abs(differences), return_inverse=True, return_counts=True)
    ranks = 2 * np.cumsum(counts) - counts + 1
    return np.where(differences > 0, ranks[places], -ranks[places]).astype(np.int64)


def effect(pairs: Pairs) -> tuple[float, str] | None:
    """Return the size of the effect free of units, and its name; None when nothing varies."""
    differences = pairs.differences
    if pairs.has_proportions:
        better, changed = int((differences > 0).sum()), int((differences != 0).sum())
        return (better / changed - 0.5, "Cohen's g") if changed else None
    spread = _spread(differences)
    return (float(differences.mean()) / spread, "Cohen's d of pairs") if spread else None


def detectable(pairs: Pairs, level: float) -> float | None:
    """Return the smallest mean difference that so many examples show four times out of five.

    Args:
        pairs: The pairs, whose spread is taken for that of all examples.
        level: Two-sided level of the test.

    Returns:
        In units of the score; None when nothing varies.
    """
    differences = pairs.differences
    spread = _spread(differences)
    if not spread:
        return None
    degrees = len(differences) - 1
    quantiles = special.stdtrit(degrees, 1 - level / 2) + special.stdtrit(degrees, POWER)
    return float(quantiles) * spread / len(differences) ** 0.5


def _spread(values: NDArray[np.float64]) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 and np.ptp(values) else 0.0

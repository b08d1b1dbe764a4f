"""One metric of two experiments, example by example: how large the difference is, and what speaks for it."""

from __future__ import annotations

from math import lcm

import numpy as np
from attrs import frozen
from numpy.typing import NDArray
from scipy import special, stats

from arize_async.results.statistics.intervals import constant, mean_interval, tango
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
    """

    baseline: NDArray[np.float64]
    candidate: NDArray[np.float64]
    differences: NDArray[np.float64]
    counts: tuple[int, ...]
    is_pass_fail: bool
    range: tuple[float, float]

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
    if np.ptp(differences) == 0:
        width = pairs.range[1] - pairs.range[0]
        return constant(float(differences[0]), len(differences), width, confidence), "bound on what was not seen"
    return mean_interval(differences, confidence, seed)


def test(pairs: Pairs) -> tuple[float, str]:
    """Return a two-sided p-value of no difference and the name of its test."""
    differences = pairs.differences
    if pairs.has_proportions:
        better, worse = int((differences > 0).sum()), int((differences < 0).sum())
        p_value = float(stats.binomtest(better, better + worse).pvalue) if better + worse else 1.0
        return p_value, "McNemar's exact test"
    if pairs.is_pass_fail:
        parts = min(lcm(*pairs.counts), _MOST_PARTS)
        p_value, exact = sign_test(np.rint(differences * parts).astype(np.int64))
        return p_value, "exact permutation test" if exact else "permutation test (normal approximation)"
    return _wilcoxon(differences[differences != 0])


def _wilcoxon(differences: NDArray[np.float64]) -> tuple[float, str]:
    if not differences.size:
        return 1.0, "Wilcoxon's signed-rank test (exact)"
    # twice the ranks are whole numbers, also where some share one
    ranks = np.rint(2 * stats.rankdata(np.abs(differences))).astype(np.int64)
    p_value, exact = sign_test(np.where(differences > 0, ranks, -ranks))
    if exact:
        return p_value, "Wilcoxon's signed-rank test (exact)"
    return float(stats.wilcoxon(differences, method="approx").pvalue), "Wilcoxon's signed-rank test"


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

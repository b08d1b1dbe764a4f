"""Exact tests of paired differences: which sums could come about if every sign were a coin's."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_STEPS = 5_000_000
"""Additions that an exact distribution may cost: hundredths of a second, and ranks of 150 examples."""
MOST_SIZES = 10_000
"""Different sizes that may be looked through for a common factor."""


def sign_test(weights: NDArray[np.int64]) -> tuple[float, bool]:
    """Test whether the sum of whole numbers is unusual among all ways to choose their signs.

    If the two sides of a pair are exchangeable, each difference is as likely as its negative. Differences of 0 say
    nothing in such a test, so they do not count.

    Args:
        weights: Signed differences, or signed ranks, as whole numbers; shape ``(n,)``.

    Returns:
        The two-sided p-value, and whether it is exact; else it is that of the normal distribution of the sum.
    """
    sizes, counts = np.unique(np.abs(weights[weights != 0]), return_counts=True)
    if not sizes.size:
        return 1.0, True
    observed = abs(int(weights.sum()))
    unit = gcd(*sizes.tolist()) if len(sizes) <= MOST_SIZES else 1
    total = float((sizes // unit).astype(float) @ counts)
    if total * (1 if len(sizes) == 1 else float(counts.sum())) > MOST_STEPS:
        spread = float(np.sqrt(sizes.astype(float) ** 2 @ counts))
        return float(2 * special.ndtr(-observed / spread)), False
    sizes, observed, total = sizes // unit, observed // unit, int(total)
    # the sum is 2 * (sum of the positive ones) - total, and as likely as its negative
    distribution = _positive_sums(sizes, counts, total)
    tail = distribution[(total + observed + 1) // 2 :].sum()
    return min(1.0, 2 * float(tail)), True


def _positive_sums(sizes: NDArray[np.int64], counts: NDArray[np.int64], total: int) -> NDArray[np.float64]:
    """Return how likely each sum of the positive ones is, from 0 to the total."""
    distribution = np.zeros(total + 1)
    distribution[0] = 1.0
    reached = 0
    for size, count in zip(sizes.tolist(), counts.tolist(), strict=True):
        if len(sizes) == 1:
            ways = np.arange(count + 1)
            return np.exp(_log_binomial(count, ways) - count * np.log(2))
        for _ in range(count):
            reached += size
            distribution[size : reached + 1] = (
                distribution[size : reached + 1] + distribution[: reached + 1 - size]
            ) / 2
            distribution[:size] /= 2
    return distribution


def _log_binomial(count: int, ways: NDArray[np.int64]) -> NDArray[np.float64]:
    return special.gammaln(count + 1) - special.gammaln(ways + 1) - special.gammaln(count - ways + 1)

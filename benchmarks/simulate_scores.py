"""Scores whose mean is known: what experiments are drawn from in simulations."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen
from scipy import special

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

OF_EXAMPLE = 0.5
"""Part of a score's variance that its example explains, whoever answers it."""
_GRID = np.linspace(0.0, 1.0, 100_001)


@frozen
class Scores:
    """How scores are distributed.

    Attributes:
        at: The score at a place between 0 (the lowest) and 1.
        mean: Of all scores that there could be.
    """

    at: Callable[[Numbers], Numbers]
    mean: float

    def draw(self, random: np.random.Generator, examples: Numbers, repetitions: int) -> Numbers:
        """Return the mean score of each example.

        Args:
            random: Where numbers come from.
            examples: How well each is answered by anybody, normally distributed; shape ``(samples, n)``.
            repetitions: How often each is run.
        """
        total = np.zeros_like(examples)
        for _ in range(repetitions):
            own = random.standard_normal(examples.shape)
            total += self.at(special.ndtr(OF_EXAMPLE**0.5 * examples + (1 - OF_EXAMPLE) ** 0.5 * own))
        return total / repetitions


@frozen
class Kind:
    """Scores before a change, and after it.

    Attributes:
        before: Of the baseline.
        after: Of the candidate.
        is_pass_fail: Whether there are only 0 and 1.
        has_limits: Whether all lie from 0 to 1.
    """

    before: Scores
    after: Scores
    is_pass_fail: bool = False
    has_limits: bool = True


def passes(share: float) -> Scores:
    """Return scores of 1 with this probability, else of 0."""
    return Scores(lambda places: (places > 1 - share).astype(float), share)


def beta(low: float, high: float) -> Scores:
    """Return scores from 0 to 1 of a beta distribution."""
    table = special.betaincinv(low, high, _GRID)
    return Scores(lambda places: np.interp(places, _GRID, table), low / (low + high))


def heaped(zeros: float, ones: float) -> Scores:
    """Return scores of which so many are 0, so many are 1, and all others lie evenly between."""
    rest = 1 - zeros - ones
    return Scores(lambda places: np.clip((places - zeros) / rest, 0, 1), ones + rest / 2)


def grades(*shares: float) -> Scores:
    """Return grades that are equally far apart from 0 to 1, with the share of each."""
    values, bounds = np.linspace(0, 1, len(shares)), np.cumsum(shares)[:-1]
    return Scores(lambda places: values[np.searchsorted(bounds, places)], float(np.dot(values, shares)))


def exponential(mean: float) -> Scores:
    """Return scores without an upper limit."""
    return Scores(lambda places: -mean * np.log1p(-places), mean)


def log_normal(middle: float) -> Scores:
    """Return scores without an upper limit, some of them very high: their skewness is 6."""
    return Scores(lambda places: np.exp(middle + special.ndtri(places)), float(np.exp(middle + 0.5)))


def rare(share: float) -> Scores:
    """Return scores of 0, but for this share of them, which are exponential."""

    def at(places: Numbers) -> Numbers:
        return -np.log(np.minimum((1 - places) / share, 1.0))

    return Scores(at, share)


KINDS: Mapping[str, Kind] = {
    "pass/fail, 50 and 60 %": Kind(passes(0.5), passes(0.6), is_pass_fail=True),
    "pass/fail, 80 and 85 %": Kind(passes(0.8), passes(0.85), is_pass_fail=True),
    "pass/fail, 90 and 95 %": Kind(passes(0.9), passes(0.95), is_pass_fail=True),
    "Beta(0.5, 2)": Kind(beta(0.5, 2), beta(0.7, 2)),
    "Beta(5, 1)": Kind(beta(5, 1), beta(7, 1)),
    "60 % at 0, 20 % at 1": Kind(heaped(0.6, 0.2), heaped(0.5, 0.3)),
    "five grades, 70 % at 1": Kind(grades(0.02, 0.03, 0.05, 0.2, 0.7), grades(0.01, 0.02, 0.05, 0.12, 0.8)),
    "exponential": Kind(exponential(1), exponential(1.3), has_limits=False),
    "log-normal": Kind(log_normal(0), log_normal(0.3), has_limits=False),
    "90 % at 0, exponential": Kind(rare(0.1), rare(0.2), has_limits=False),
}

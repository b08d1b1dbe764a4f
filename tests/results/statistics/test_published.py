"""Numbers that are in print, or that follow from a definition."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from arize_async.results.statistics import paired
from arize_async.results.statistics.holm import holm
from arize_async.results.statistics.intervals import student, tango, wilson


def pairs(differences: list[float], *, pass_fail: bool = False) -> paired.Pairs:
    """Return pairs with these differences."""
    values = np.array(differences, dtype=float)
    baseline = np.where(values < 0, 1.0, 0.0) if pass_fail else np.zeros(len(values))
    return paired.Pairs(baseline, baseline + values, values, (1,), pass_fail, (0, 1) if pass_fail else (-50, 80))


def test_mcnemar() -> None:
    """Of 20 pairs that changed 16 improved: twice the tail of the binomial distribution, 12,392 of 2 ** 20."""
    p_value, name = paired.test(pairs([1] * 16 + [-1] * 4 + [0] * 30, pass_fail=True), 0)
    assert name == "McNemar's exact test"
    assert p_value == pytest.approx(2 * (1 + 20 + 190 + 1140 + 4845) / 2**20)


def test_wilcoxon_on_darwins_plants() -> None:
    """Cross-fertilized beside self-fertilized maize, Darwin 1876: the ranks of the losers sum to 24, p = 0.041."""
    eighths = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
    p_value, name = paired.test(pairs([each / 8 for each in eighths]), 0)
    assert name == "Wilcoxon's signed-rank test (exact)"
    assert p_value == pytest.approx(0.04126, abs=5e-6)


def test_students_interval_on_darwins_plants() -> None:
    """Fisher 1935, The Design of Experiments: the mean is 20.93 eighths, its standard error 9.746, t 2.148."""
    eighths = np.array([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48], dtype=float)
    low, high = student(eighths, 0.95)
    assert (low + high) / 2 == pytest.approx(20.93, abs=0.01)
    assert (high - low) / 2 == pytest.approx(2.145 * 9.746, abs=0.02)


@pytest.mark.parametrize(
    ("p_values", "expected"),
    [
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        ([0.5, 0.9], [1.0, 1.0]),
        ([0.02], [0.02]),
        ([], []),
    ],
)
def test_holm(p_values: list[float], expected: list[float]) -> None:
    """The smallest is multiplied by how many there are, the next by one less, and none falls below the one before."""
    assert holm(p_values) == pytest.approx(expected)


def test_wilson() -> None:
    """81 of 263, Newcombe 1998, Statistics in Medicine 17, 857-872: 0.2553 to 0.3662."""
    assert wilson(81, 263, 0.95) == pytest.approx((0.2553, 0.3662), abs=5e-5)


@pytest.mark.parametrize(("better", "worse", "count"), [(12, 2, 50), (0, 0, 30), (5, 0, 40), (7, 7, 20), (10, 0, 10)])
def test_tango_is_where_the_score_of_the_likelihood_is_critical(better: int, worse: int, count: int) -> None:
    """At each limit the score that is found by maximizing the likelihood numerically is the normal quantile."""

    def score(difference: float) -> float:
        def lost(share: float) -> float:  # of those that got worse
            cells = ((better, share + difference), (worse, share), (count - better - worse, 1 - 2 * share - difference))
            return -sum(number * np.log(max(chance, 1e-300)) for number, chance in cells if number)

        bounds = (max(0.0, -difference), (1 - difference) / 2)
        share = optimize.minimize_scalar(lost, bounds=bounds, method="bounded", options={"xatol": 1e-12}).x
        return float((better - worse - count * difference) / np.sqrt(count * (2 * share + difference - difference**2)))

    for limit, quantile in zip(tango(better, worse, count, 0.95), (1.96, -1.96), strict=True):
        if abs(limit) < 1 - 1e-9:
            assert score(limit) == pytest.approx(quantile, abs=2e-3)


def test_detectable_difference_is_found_in_four_of_five() -> None:
    """Samples with just that difference are significant by Student's test in about 80 %."""
    generator = np.random.default_rng(5)
    spread = pairs(list(stats.norm.ppf((np.arange(50) + 0.5) / 50)))
    least = paired.detectable(spread, 0.05)
    assert least is not None
    found = stats.ttest_1samp(generator.normal(least, spread.differences.std(ddof=1), (4000, 50)), 0, axis=1).pvalue
    assert (found < 0.05).mean() == pytest.approx(0.8, abs=0.02)


def test_effects() -> None:
    """Of those that changed three quarters improved; the mean is half of the standard deviation."""
    assert paired.effect(pairs([1, 1, 1, -1, 0], pass_fail=True)) == (0.25, "Cohen's g")
    value, name = paired.effect(pairs([0.0, 1.0, 2.0, -1.0])) or (0, "")
    assert (value, name) == (pytest.approx(0.5 / np.std([0, 1, 2, -1], ddof=1)), "Cohen's d of pairs")

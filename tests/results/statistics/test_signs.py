"""Exact tests against the enumeration of all signs, and against SciPy."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from arize_async.results.statistics.signs import sign_test


def enumerated(weights: list[int]) -> float:
    """Return the p-value by trying all signs."""
    sums = [abs(sum(sign * weight for sign, weight in zip(signs, weights, strict=True))) for signs in signs_of(weights)]
    return sum(each >= abs(sum(weights)) for each in sums) / len(sums)


def signs_of(weights: list[int]) -> list[tuple[int, ...]]:
    """Return all ways to choose signs."""
    return list(product((1, -1), repeat=len(weights)))


@given(st.lists(st.integers(-12, 12), max_size=9))
def test_p_value_is_the_share_of_signs_that_are_as_extreme(weights: list[int]) -> None:
    """Whatever the weights, zeros and common factors included."""
    p_value, exact = sign_test(np.array(weights, dtype=np.int64))
    assert exact
    assert p_value == pytest.approx(enumerated(weights))


@pytest.mark.parametrize(("better", "worse"), [(0, 0), (1, 0), (6, 6), (10, 3), (300, 240), (0, 900)])
def test_weights_of_one_are_the_binomial_test(better: int, worse: int) -> None:
    """McNemar's exact test is the case in which all differences are of one size."""
    weights = np.array([1] * better + [-1] * worse, dtype=np.int64)
    expected = stats.binomtest(better, better + worse).pvalue if better + worse else 1.0
    assert sign_test(weights)[0] == pytest.approx(expected)


def test_ranks_are_wilcoxons_test() -> None:
    """Without ties the p-value is the one of SciPy's exact test."""
    differences = np.random.default_rng(1).normal(0.3, 1, 40)
    ranks = np.rint(stats.rankdata(np.abs(differences)) * np.sign(differences)).astype(np.int64)
    assert sign_test(ranks)[0] == pytest.approx(stats.wilcoxon(differences, method="exact").pvalue)


def test_what_is_too_large_is_approximated() -> None:
    """Beyond the bound of work the normal distribution serves, and the result says so."""
    weights = np.random.default_rng(1).integers(-1000, 1100, 20_000)
    p_value, exact = sign_test(weights)
    z = weights.sum() / np.sqrt((weights.astype(float) ** 2).sum())
    assert not exact
    assert p_value == pytest.approx(2 * stats.norm.sf(abs(z)))

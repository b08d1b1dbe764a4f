"""The short form of ``benchmarks/simulate.py``: samples of a known truth, always the same ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import special

from arize_async.results.statistics.bootstrap import distances
from arize_async.results.statistics.holm import holm
from arize_async.results.statistics.intervals import UNIT, interval_of_mean, mean_interval, reaching, student
from arize_async.results.statistics.paired import Pairs, interval, resampled_p_value
from arize_async.results.statistics.paired import test as p_value_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

SAMPLES = 600
FAMILIES = 120
ERROR = (0.95 * 0.05 / SAMPLES) ** 0.5
"""Standard error of a share of 95 % of the samples."""


def rare_high(places: Numbers) -> Numbers:
    """Return grades of 0, but for one in five, which lie evenly up to 1."""
    return np.maximum(5 * places - 4, 0.0)


def exponential(places: Numbers) -> Numbers:
    """Return scores without an upper limit."""
    return -np.log1p(-places)


def passes(places: Numbers) -> Numbers:
    """Return a pass in three of five."""
    return (places > 0.4).astype(float)


def drawn(
    random: np.random.Generator, scores: Callable[[Numbers], Numbers], shape: tuple[int, int], repetitions: int
) -> Numbers:
    """Return the mean score of each example in each sample: half of what varies comes from the example."""
    example = random.standard_normal((*shape, 1))
    own = random.standard_normal((*shape, repetitions))
    return scores(special.ndtr((example + own) / 2**0.5)).mean(axis=2)


def share(truth: float, found: list[tuple[float, float]]) -> float:
    """Return how many intervals hold the truth."""
    return sum(low <= truth <= high for low, high in found) / len(found)


def bootstrapped(values: Numbers, limits: tuple[float, float] | None) -> list[tuple[float, float]]:
    """Return the intervals of many samples: each is the one that it has alone."""
    values = values[np.ptp(values, axis=1) > 0]
    found = [reaching(each, away, 0.95, limits)[0] for each, away in zip(values, distances(values, 7), strict=True)]
    assert found[3] == pytest.approx(mean_interval(values[3], 0.95, 7, limits)[0])
    return found


@pytest.mark.parametrize(
    ("scores", "mean", "limits", "repetitions"),
    [
        (rare_high, 0.1, UNIT, 1),
        (rare_high, 0.1, UNIT, 3),
        (exponential, 1.0, None, 1),
        (exponential, 1.0, None, 3),
    ],
)
def test_intervals_of_few_skewed_scores_hold_the_mean_where_simpler_ones_do_not(
    scores: Callable[[Numbers], Numbers], mean: float, limits: tuple[float, float] | None, repetitions: int
) -> None:
    """94 to 96 % of them, within two standard errors of so many samples of 25 examples; others miss too often."""
    random = np.random.default_rng(1)
    values = drawn(random, scores, (SAMPLES, 25), repetitions)
    resampled = values @ random.multinomial(25, [1 / 25] * 25, 2000).T / 25
    percentiles = list(zip(*np.quantile(resampled, [0.025, 0.975], axis=1), strict=True))
    assert 0.94 - 2 * ERROR < share(mean, bootstrapped(values, limits)) < 0.96 + 2 * ERROR
    assert share(mean, percentiles) < 0.94 - 2 * ERROR
    assert share(mean, [student(each, 0.95) for each in values]) < 0.95 - ERROR


@pytest.mark.parametrize(("before", "after"), [((1, 1), (0.6, 0.75)), ((3, 3), (0.6, 0.75)), ((1, 3), (0.6, 0.75))])
def test_intervals_of_pass_and_fail_hold_the_difference(before: tuple[int, int], after: tuple[float, float]) -> None:
    """So do those of pairs, with and without repetitions, also when there are not as many on either side."""
    random = np.random.default_rng(2)
    example = random.standard_normal((SAMPLES, 40, 1))
    sides = [
        (special.ndtr((example + random.standard_normal((SAMPLES, 40, count))) / 2**0.5) > 1 - chance).mean(axis=2)
        for count, chance in zip(before, after, strict=True)
    ]
    if before == (1, 1):
        found = [interval(pairs(*each), 0.95, 0) for each in zip(*sides, strict=True)]
        limits = [each[0] for each in found if each]
    else:
        limits = bootstrapped(sides[1] - sides[0], (-1.0, 1.0))
    assert 0.94 - 2 * ERROR < share(0.15, limits) < 0.96 + 2 * ERROR


def test_intervals_of_passes_hold_their_share() -> None:
    """Wilson's."""
    random = np.random.default_rng(3)
    values = drawn(random, passes, (SAMPLES, 40), 1)
    found = [interval_of_mean(each, is_pass_fail=True, span=UNIT, confidence=0.95)[0] for each in values]
    assert 0.94 - 2 * ERROR < share(0.6, found) < 0.96 + 2 * ERROR


@pytest.mark.parametrize("scores", [rare_high, exponential, passes])
@pytest.mark.parametrize("repetitions", [(1, 1), (3, 3), (1, 3)])
def test_families_of_tests_find_nothing_where_nothing_is(
    scores: Callable[[Numbers], Numbers], repetitions: tuple[int, int]
) -> None:
    """At most one family of six tests in twenty, within two standard errors, also of means of one run and of three."""
    random, wrong = np.random.default_rng(4), 0
    for _ in range(FAMILIES):
        example = random.standard_normal((6, 40, 1))
        before, after = (
            scores(special.ndtr((example + random.standard_normal((6, 40, count))) / 2**0.5)).mean(axis=2)
            for count in repetitions
        )
        wrong += min(holm(p_values(before, after, repetitions, is_pass_fail=scores is passes))) < 0.05
    assert wrong / FAMILIES <= 0.05 + 2 * (0.95 * 0.05 / FAMILIES) ** 0.5


def p_values(before: Numbers, after: Numbers, repetitions: tuple[int, int], *, is_pass_fail: bool) -> list[float]:
    """Return the p-values of many samples, of which those that are resampled share their resamples."""
    samples = [
        pairs(*each, repetitions=repetitions, is_pass_fail=is_pass_fail) for each in zip(before, after, strict=True)
    ]
    if samples[0].is_balanced:
        return [p_value_of(sample, 7)[0] for sample in samples]
    found = distances(after - before, 7)
    return [resampled_p_value(*each) for each in zip(after - before, found, strict=True)]


def pairs(
    before: Numbers, after: Numbers, *, repetitions: tuple[int, int] = (1, 1), is_pass_fail: bool = True
) -> Pairs:
    """Return the pairs of one sample."""
    differences, counts = np.round(after - before, 12), tuple(sorted(set(repetitions)))
    return Pairs(before, after, differences, counts, is_pass_fail, UNIT, repetitions[0] == repetitions[1])

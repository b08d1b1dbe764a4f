"""The verdicts on what language models answered to the 1,319 test questions of GSM8K.

How many questions one model got right and another did not follows from the solutions that Cobbe et al. 2021 published,
"Training Verifiers to Solve Math Word Problems" (repository openai/grade-school-math). What is expected is computed
here in other ways than in the package.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from attrs import frozen

from arize_async.results import Metric, Outcome, compare

from .frames import scored

QUESTIONS = 1319


@frozen
class Answers:
    """How many questions both models, the candidate alone and the baseline alone got right."""

    both: int
    gained: int
    lost: int

    def compare(self) -> Metric:
        """Return what the package says."""
        wrong = QUESTIONS - self.both - self.gained - self.lost
        before = [1] * self.both + [0] * self.gained + [1] * self.lost + [0] * wrong
        after = [1] * self.both + [1] * self.gained + [0] * self.lost + [0] * wrong
        return compare(scored(before), {"candidate": scored(after)}).metric("correct")

    def p_value(self) -> float:
        """Return the exact p-value by counting the ways, in whole numbers."""
        changed = self.gained + self.lost
        ways = sum(comb(changed, each) for each in range(max(self.gained, self.lost), changed + 1))
        return float(min(Fraction(1), Fraction(2 * ways, 2**changed)))

    def bootstrap(self) -> tuple[float, float]:
        """Return the interval of 200,000 resamples of the questions."""
        shares = np.array([self.gained, self.lost, QUESTIONS - self.gained - self.lost]) / QUESTIONS
        drawn = np.random.default_rng(7).multinomial(QUESTIONS, shares, size=200_000)
        low, high = np.quantile((drawn[:, 0] - drawn[:, 1]) / QUESTIONS, (0.025, 0.975))
        return float(low), float(high)


VERIFIED = Answers(both=382, gained=360, lost=76)
SMALLER = Answers(both=306, gained=209, lost=152)


@pytest.mark.parametrize(
    ("answers", "right"), [(VERIFIED, (458, 742)), (SMALLER, (458, 515))], ids=["175b verified", "6b verified"]
)
def test_the_numbers_agree_with_an_independent_computation(answers: Answers, right: tuple[int, int]) -> None:
    """Differences and p-values to the last digit, intervals to the width of the bootstrap's own error."""
    metric = answers.compare()
    assert metric.interval is not None
    assert metric.test is not None
    assert metric.baseline == pytest.approx(right[0] / QUESTIONS)
    assert metric.value == pytest.approx(right[1] / QUESTIONS)
    assert metric.difference == pytest.approx((right[1] - right[0]) / QUESTIONS)
    assert metric.test.p_value == pytest.approx(answers.p_value(), rel=1e-9)
    assert (metric.interval.low, metric.interval.high) == pytest.approx(answers.bootstrap(), abs=0.001)
    assert (metric.outcome, metric.improved, metric.regressed) == (Outcome.BETTER, answers.gained, answers.lost)


def test_published_counts() -> None:
    """The candidates' right answers are those that the paper's authors counted."""
    assert VERIFIED.both + VERIFIED.gained == 742
    assert SMALLER.both + SMALLER.gained == 515
    assert {each.both + each.lost for each in (VERIFIED, SMALLER)} == {458}

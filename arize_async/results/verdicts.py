"""What a comparison has shown, in words that say no more than its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.models.unicode import visible
from arize_async.results.metrics import Outcome, number

if TYPE_CHECKING:
    from arize_async.results.metrics import Interval, Metric, Test


def outcome_of(metric: Metric) -> Outcome:
    """Return what is shown: a difference only where the interval and the corrected test agree on it."""
    if metric.difference is None or metric.interval is None or metric.test is None:
        return Outcome.NOT_COMPARABLE
    if not _is_shown(metric.interval, metric.test):
        return Outcome.NO_DIFFERENCE_SHOWN
    return Outcome.BETTER if (metric.interval.low > 0) != metric.lower_is_better else Outcome.WORSE


def verdict_of(metric: Metric, baseline: str, tests: int) -> str:
    """Return the outcome of a metric in words, with what it stands on.

    Args:
        metric: What was found.
        baseline: How the baseline is called.
        tests: How many p-values are corrected together; of one nothing is said of a correction.
    """
    return visible(" ".join([_finding(metric, baseline, tests), *_reservations(metric, tests)]))


def _is_shown(interval: Interval, test: Test) -> bool:
    return _excludes_zero(interval) and test.adjusted < 1 - interval.confidence + 1e-12


def _excludes_zero(interval: Interval) -> bool:
    return interval.low > 0 or interval.high < 0


def _finding(metric: Metric, baseline: str, tests: int) -> str:
    if metric.kind == "labels":
        return f"{metric.name} gives labels alone; whether a change of them is good is not known."
    if not metric.pairs:
        return f"{metric.name} cannot be compared: {_unpaired(metric, baseline)} ({_of(metric)})."
    seen = f"{number(metric.difference or 0, sign=True)}"
    if metric.interval is None or metric.test is None:
        return f"{metric.name} cannot be compared: {seen} on a single example says nothing of others."
    p_value = f"{'adjusted ' if tests > 1 else ''}p {_p(metric.test.adjusted)}"
    numbers = f"{seen} ({metric.interval}, {p_value}, {_of(metric)})"
    if metric.outcome is Outcome.NO_DIFFERENCE_SHOWN:
        return f"{metric.name}: no difference shown between {metric.candidate} and {baseline}: {numbers}."
    where = "Where both have scores, " if _may_turn(metric) else ""
    return f"{where}{metric.candidate} is {metric.outcome.value} than {baseline} in {metric.name}: {numbers}."


def _unpaired(metric: Metric, baseline: str) -> str:
    names = (baseline, metric.candidate)
    having = [name for name, scored in zip(names, metric.scored, strict=True) if scored]
    if len(having) == 1:
        return f"only {having[0]} has scores of it"
    return "no example has a score of it in both experiments" if having else "neither experiment has a score of it"


def _may_turn(metric: Metric) -> bool:
    return bool(metric.bounds and metric.missing and min(metric.bounds) <= 0 <= max(metric.bounds))


def _reservations(metric: Metric, tests: int) -> list[str]:
    said: list[str] = []
    if metric.outcome is Outcome.NO_DIFFERENCE_SHOWN:
        said += _why_not(metric, tests)
    if metric.bounds and metric.missing and metric.outcome is not Outcome.NOT_COMPARABLE:
        low, high = (number(bound, sign=True) for bound in metric.bounds)
        said.append(f"With the {metric.missing:,} missing scores at worst and at best it is {low} to {high}.")
        if metric.outcome is not Outcome.NO_DIFFERENCE_SHOWN and _may_turn(metric):
            said.append("What is missing could turn this round.")
    return said


def _why_not(metric: Metric, tests: int) -> list[str]:
    assert metric.interval is not None
    assert metric.test is not None
    if not metric.improved and not metric.regressed:
        return ["Every pair has the same score on both sides."]
    said: list[str] = []
    if _excludes_zero(metric.interval):
        is_corrected_away = tests > 1 and metric.test.p_value < 1 - metric.interval.confidence
        after = "after the correction for several tests " if is_corrected_away else ""
        said.append(f"The interval excludes 0, but {after}the test does not rule out chance.")
    elif metric.test.adjusted < 1 - metric.interval.confidence:
        said.append("The test finds the scores shifted, but the interval of the mean includes 0.")
    if metric.detectable is not None:
        said.append(f"A difference below about {number(metric.detectable)} would often be missed by so many examples.")
    return said


def _of(metric: Metric) -> str:
    return f"{metric.pairs:,} of {metric.examples:,} examples"


def _p(value: float) -> str:
    return "< 0.0001" if value < 0.0001 else f"{value:.2g}"  # noqa: PLR2004 - smaller ones say nothing more

"""Comparing the runs of experiments; nothing here knows where they come from."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from attrs import evolve

from arize_async.errors import InvalidInput, MissingLibrary
from arize_async.results.comparison import Candidate, Comparison, Settings
from arize_async.results.metrics import Effect, Interval, Metric, Test
from arize_async.results.pairing import PairedScores, Runs, join
from arize_async.results.scores import evaluator_names
from arize_async.results.summary import Summary
from arize_async.results.verdicts import outcome_of, verdict_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import polars as pl

    _Labels = tuple[Mapping[str, int], Mapping[str, int]]


def compare(
    baseline: pl.DataFrame,
    candidates: Mapping[str, pl.DataFrame],
    *,
    baseline_name: str = "baseline",
    confidence: float = 0.95,
    lower_is_better: Collection[str] = (),
    seed: int = 0,
) -> Comparison:
    """Compare experiments on the examples that they share.

    Runs of one example count once, with the mean of its scores, however often it was repeated.

    Args:
        baseline: One row a run, with the columns of ``list_runs(..., all=True).to_df()`` or of ``run``.
        candidates: The same of each candidate, by its name.
        baseline_name: How the baseline is called.
        confidence: Of the intervals; a difference is called one when its corrected p-value is below the rest to 1.
        lower_is_better: Evaluators whose scores are better when they are lower.
        seed: Of the bootstrap: the same runs give the same numbers.

    Returns:
        The differences of each evaluator in each candidate, and what they show.

    Raises:
        InvalidInput: There is no candidate, an argument is out of bounds, no frame has an evaluator of
            ``lower_is_better``, or runs have no example ids.
        MissingLibrary: SciPy is not installed: ``pip install 'arize-async[stats]'``.

    Example:
        >>> import polars as pl
        >>> before = pl.DataFrame({"example_id": ["a", "b", "c"], "eval.right.score": [0.0, 1.0, 0.0]})
        >>> after = before.with_columns(pl.lit(1.0).alias("eval.right.score"))
        >>> comparison = compare(before, {"new prompt": after}, baseline_name="old prompt")
        >>> comparison.metric("right").improved, comparison.metric("right").outcome.value
        (2, 'no difference shown')
    """
    require_statistics()
    settings = Settings(confidence=confidence, lower_is_better=frozenset(lower_is_better), seed=seed)
    if not candidates:
        raise InvalidInput("give at least one candidate to compare with the baseline", path="candidates")
    names = tuple(dict.fromkeys(name for frame in (baseline, *candidates.values()) for name in evaluator_names(frame)))
    if unknown := sorted(settings.lower_is_better.difference(names)):
        there = ", ".join(names) or "none"
        raise InvalidInput(f"there is no evaluator {unknown[0]!r}; there are: {there}", path="lower_is_better")
    before = Runs.of(baseline, names)
    compared = [_compared(before, name, Runs.of(frame, names), names, settings) for name, frame in candidates.items()]
    return Comparison(
        baseline=baseline_name,
        summary=Summary.of(baseline),
        candidates=_judged(compared, baseline_name, settings),
        settings=settings,
    )


def require_statistics() -> None:
    """Refuse to go on without SciPy.

    Raises:
        MissingLibrary: It is not installed.
    """
    if find_spec("scipy") is None:
        raise MissingLibrary("comparing experiments needs SciPy: pip install 'arize-async[stats]'")


def _compared(baseline: Runs, name: str, runs: Runs, evaluators: Sequence[str], settings: Settings) -> Candidate:
    joined = join(baseline, runs)
    scores = {
        evaluator: PairedScores.of(joined, place, (baseline.scores(evaluator), runs.scores(evaluator)))
        for place, evaluator in enumerate(evaluators)
    }
    metrics = [
        _metric(evaluator, name, paired, (baseline.labels(evaluator), runs.labels(evaluator)), settings)
        for evaluator, paired in scores.items()
    ]
    return Candidate(name=name, summary=Summary.of(runs.frame), metrics=tuple(metrics), scores=scores)


def _metric(evaluator: str, candidate: str, paired: PairedScores, labels: _Labels, settings: Settings) -> Metric:
    from arize_async.results.statistics import paired as statistics

    frame, pairs = paired.frame, paired.pairs()
    count, rises, falls = len(pairs.baseline), int((pairs.differences > 0).sum()), int((pairs.differences < 0).sum())
    lower_is_better = evaluator in settings.lower_is_better
    kind = "pass/fail" if paired.is_pass_fail else "score"
    interval = statistics.interval(pairs, settings.confidence, settings.seed)
    effect = statistics.effect(pairs)
    p_value, test = statistics.test(pairs, settings.seed)
    return Metric(
        name=evaluator,
        candidate=candidate,
        kind="labels" if any(labels) and not sum(paired.count("scored")) else kind,
        lower_is_better=lower_is_better,
        pairs=count,
        examples=frame.height,
        scored=paired.count("scored"),
        runs=paired.count("runs"),
        baseline=float(pairs.baseline.mean()) if count else None,
        value=float(pairs.candidate.mean()) if count else None,
        difference=float(pairs.differences.mean()) if count else None,
        interval=Interval(*interval[0], settings.confidence, interval[1]) if interval else None,
        bounds=paired.bounds(lower_is_better=lower_is_better),
        test=Test(test, p_value, p_value) if interval else None,
        effect=Effect(effect[1], effect[0]) if effect else None,
        detectable=None,
        improved=falls if lower_is_better else rises,
        regressed=rises if lower_is_better else falls,
        not_run=int(((frame["baseline_runs"] == 0) | (frame["candidate_runs"] == 0)).sum()),
        labels={
            name: (labels[0].get(name, 0), labels[1].get(name, 0)) for name in dict.fromkeys([*labels[0], *labels[1]])
        },
    )


def _judged(candidates: Sequence[Candidate], baseline: str, settings: Settings) -> tuple[Candidate, ...]:
    """Correct all p-values for how many there are, and say what is shown."""
    from arize_async.results.statistics.holm import holm

    tests = [metric.test for each in candidates for metric in each.metrics if metric.test]
    adjusted = iter(holm([test.p_value for test in tests]))
    level = (1 - settings.confidence) / max(1, len(tests))
    return tuple(
        evolve(
            each,
            metrics=tuple(_worded(metric, each, adjusted, level, (baseline, len(tests))) for metric in each.metrics),
        )
        for each in candidates
    )


def _worded(
    metric: Metric, candidate: Candidate, adjusted: Iterator[float], level: float, family: tuple[str, int]
) -> Metric:
    from arize_async.results.statistics.paired import detectable

    if metric.test is not None:
        metric = evolve(
            metric,
            test=evolve(metric.test, adjusted=next(adjusted)),
            detectable=detectable(candidate.scores[metric.name].pairs(), level),
        )
    judged = evolve(metric, outcome=outcome_of(metric))
    return evolve(judged, verdict=verdict_of(judged, *family))

"""The numbers and plots of an experiment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl
from attrs import frozen

from arize_async.server.ui.charts import Histogram, histogram
from arize_async.server.ui.run_cache import evaluators, figure_columns

if TYPE_CHECKING:
    from arize_async.server.storage.experiments import StoredExperiment
    from arize_async.server.ui.site import Visit

_LABELS = 12
_FAILED = "FAILED"


@frozen
class EvaluatorFigures:
    """One evaluator over all runs.

    Attributes:
        scored: Runs with a score.
        labels: The most frequent labels and how often each was given.
        without: Runs without a score and without a label.
    """

    name: str
    total: int
    scored: int
    mean: float | None
    error: float | None
    labels: Sequence[tuple[str, int]]
    without: int
    plot: Histogram | None


@frozen
class Figures:
    """An experiment in numbers.

    Attributes:
        failed: Runs whose task failed.
        latency: Median and 95th percentile, in milliseconds.
    """

    runs: int
    failed: int
    latency: tuple[float, float] | None
    tokens: float | None
    cost: float | None
    evaluators: Sequence[EvaluatorFigures]
    latency_plot: Histogram | None


def figures(visit: Visit, experiment: StoredExperiment) -> Figures:
    """Count the runs of an experiment."""
    frame = visit.cache.frame(visit.transaction, experiment, figure_columns(visit.transaction, experiment))
    return Figures(
        runs=frame.height,
        failed=_failed(frame),
        latency=_percentiles(frame),
        tokens=_sum(frame, "token_count"),
        cost=_sum(frame, "total_cost"),
        evaluators=[_evaluator(frame, name) for name in evaluators(frame.columns)],
        latency_plot=histogram("latency", frame["latency"]) if _is_number(frame, "latency") else None,
    )


def _evaluator(frame: pl.DataFrame, name: str) -> EvaluatorFigures:
    score, label = f"eval.{name}.score", f"eval.{name}.label"
    scores = frame[score] if _is_number(frame, score) else pl.Series(score, [None] * frame.height, pl.Float64)
    labels = frame[label] if label in frame.columns else pl.Series(label, [None] * frame.height, pl.String)
    known = scores.drop_nulls()
    mean, spread = known.mean(), known.std()
    counted = labels.cast(pl.String).drop_nulls().value_counts(sort=True).head(_LABELS)
    return EvaluatorFigures(
        name=name,
        total=frame.height,
        scored=len(known),
        mean=mean if isinstance(mean, float) else None,
        error=spread / len(known) ** 0.5 if isinstance(spread, float) else None,
        labels=list(counted.iter_rows()),
        without=int((scores.is_null() & labels.is_null()).sum()),
        plot=histogram(name, scores),
    )


def _failed(frame: pl.DataFrame) -> int:
    status = "execution_status"
    return int((frame[status].cast(pl.String) == _FAILED).sum()) if status in frame.columns else 0


def _percentiles(frame: pl.DataFrame) -> tuple[float, float] | None:
    if not _is_number(frame, "latency"):
        return None
    median, high = frame["latency"].quantile(0.5), frame["latency"].quantile(0.95)
    return None if median is None or high is None else (median, high)


def _sum(frame: pl.DataFrame, name: str) -> float | None:
    known = frame[name].drop_nulls() if _is_number(frame, name) else pl.Series()
    return float(known.sum()) if len(known) else None


def _is_number(frame: pl.DataFrame, name: str) -> bool:
    return name in frame.columns and frame[name].dtype.is_numeric()

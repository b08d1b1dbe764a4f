"""The numbers and plots of an experiment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import frozen

from arize_async.results.summary import Summary
from arize_async.server.ui.charts import Histogram, histogram
from arize_async.server.ui.run_cache import figure_columns

if TYPE_CHECKING:
    import polars as pl

    from arize_async.server.storage.experiments import StoredExperiment
    from arize_async.server.ui.site import Visit

_WHAT = "figures"


@frozen
class Figures:
    """An experiment in numbers, and how these are spread.

    Attributes:
        plots: By evaluator, of those that have scores.
        latency_plot: None when no run knows its latency.
    """

    summary: Summary
    plots: Mapping[str, Histogram]
    latency_plot: Histogram | None


def figures(visit: Visit, experiment: StoredExperiment) -> Figures:
    """Return the figures of an experiment; they are made once until it changes."""
    return visit.cache.made(_WHAT, lambda: _figures(visit, experiment), experiment)


def has_figures(visit: Visit, experiment: StoredExperiment) -> bool:
    """Whether the figures are there already."""
    return visit.cache.knows(_WHAT, experiment)


def _figures(visit: Visit, experiment: StoredExperiment) -> Figures:
    frame = visit.cache.frame(visit.transaction, experiment, figure_columns(visit.transaction, experiment))
    summary = Summary.of(frame)
    plots = {each.name: _plot(frame, each.name, f"eval.{each.name}.score") for each in summary.evaluators}
    return Figures(
        summary=summary,
        plots={name: plot for name, plot in plots.items() if plot},
        latency_plot=_plot(frame, "latency", "latency"),
    )


def _plot(frame: pl.DataFrame, name: str, column: str) -> Histogram | None:
    if column not in frame.columns or not frame[column].dtype.is_numeric():
        return None
    return histogram(name, frame[column])

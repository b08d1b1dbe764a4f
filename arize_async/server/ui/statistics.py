"""What a comparison of experiments shows, in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aiohttp import web
from attrs import frozen

from arize_async.errors import InvalidInput, MissingLibrary
from arize_async.results.comparing import compare
from arize_async.results.metrics import Metric
from arize_async.server.storage import experiments
from arize_async.server.ui.comparison import read_question
from arize_async.server.ui.rendering import render
from arize_async.server.ui.run_cache import evaluators, figure_columns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from arize_async.server.storage.experiments import StoredExperiment
    from arize_async.server.ui.site import Site, Visit


@frozen
class Line:
    """A metric of a candidate, and where its interval lies; places are in percent, zero is at 50."""

    metric: Metric
    low: float | None
    high: float | None
    middle: float | None


@frozen
class Statistics:
    """What was found, or why nothing could be."""

    lines: Sequence[Line]
    complaint: str = ""
    tests: int = 0


class StatisticsPages:
    """Handlers of the statistics, which are fetched behind the page of a comparison."""

    def __init__(self, site: Site) -> None:
        """Show a site."""
        self._site = site

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        return (web.get("/compare/statistics", self.show),)

    async def show(self, request: web.Request) -> web.Response:
        """Show the statistics, alone or as a part of a page."""
        question, alone = read_question(request), "part" not in request.query
        template = "statistics.html" if alone else "statistics_part.html"

        def make(visit: Visit) -> str:
            found = [experiments.get(visit.transaction, experiment_id) for experiment_id in question.ids]
            return render(
                template,
                statistics=statistics(visit, found, question.lower),
                baseline=found[0].experiment,
                question=question,
                form_token=visit.form_token,
            )

        return await self._site.show(request, make)


def statistics(visit: Visit, found: Sequence[StoredExperiment], lower: Sequence[str]) -> Statistics:
    """Compare experiments with the first one; it is done once until one of them changes."""
    known = {name for each in found for name in evaluators(figure_columns(visit.transaction, each))}
    falling = sorted(known.intersection(lower))
    return visit.cache.made(f"statistics {falling}", lambda: _statistics(visit, found, falling), *found)


def _statistics(visit: Visit, found: Sequence[StoredExperiment], lower: Sequence[str]) -> Statistics:
    frames = [visit.cache.frame(visit.transaction, each, figure_columns(visit.transaction, each)) for each in found]
    names = _names(found)
    try:
        candidates = dict(zip(names[1:], frames[1:], strict=True))
        compared = compare(frames[0], candidates, baseline_name=names[0], lower_is_better=lower)
    except (InvalidInput, MissingLibrary) as error:
        return Statistics((), str(error))
    widest: dict[str, float] = {}
    for metric in compared.metrics:
        if metric.interval:
            reach = max(abs(metric.interval.low), abs(metric.interval.high))
            widest[metric.name] = max(reach, widest.get(metric.name, 0.0))
    return Statistics(
        [_line(metric, widest.get(metric.name, 0.0)) for metric in compared.metrics], tests=compared.tests
    )


def _line(metric: Metric, widest: float) -> Line:
    def place(value: float) -> float:
        return 50 + 46 * value / widest

    if metric.interval is None or metric.difference is None or not widest:
        return Line(metric, None, None, None)
    return Line(metric, place(metric.interval.low), place(metric.interval.high), place(metric.difference))


def _names(found: Sequence[StoredExperiment]) -> list[str]:
    """Return names that differ: experiments of two datasets may have the same one."""
    names = [each.experiment.name for each in found]
    return [
        name if names.count(name) == 1 else f"{name} ({each.experiment.id})"
        for name, each in zip(names, found, strict=True)
    ]

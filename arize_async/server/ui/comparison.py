"""The page that compares experiments, example by example."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aiohttp import web
from attrs import evolve, frozen

from arize_async.server.storage import experiments, selections
from arize_async.server.storage.refusals import malformed
from arize_async.server.storage.selections import ShownRun
from arize_async.server.ui import examples
from arize_async.server.ui.differences import Differ, Piece
from arize_async.server.ui.examples import ShownExample
from arize_async.server.ui.experiment import around
from arize_async.server.ui.pairing import WORDS, pair
from arize_async.server.ui.queries import number, word
from arize_async.server.ui.rendering import link, render
from arize_async.server.ui.run_cache import evaluators, figure_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl

    from arize_async.server.storage.experiments import StoredExperiment
    from arize_async.server.ui.site import Site, Visit

PAGE = 20
MOST = 4
_CHARACTERS = 4000
COSTS = {"latency": "latency, ms", "token_count": "tokens", "total_cost": "cost"}
"""Columns of numbers that are no evaluator's, and how they are called; lower ones are better."""


@frozen
class Question:
    """What the address asks for.

    Attributes:
        ids: The experiments; the first is the baseline.
        metric: An evaluator or one of ``COSTS``; empty means the first evaluator.
        lower: Evaluators whose scores are better when they are lower.
        oldest_first: Whether the oldest experiment is the baseline, in whatever order they were chosen.
    """

    ids: tuple[str, ...]
    metric: str
    show: str
    page: int
    oldest_first: bool = False
    lower: tuple[str, ...] = ()

    def link(self, **changes: object) -> str:
        """Return the address with some parameters changed; the page is the first unless it is given."""
        wanted = {
            "experiment": list(self.ids),
            "metric": self.metric,
            "show": self.show,
            "lower": self.lower,
            **changes,
        }
        return link("compare", **wanted)

    def with_baseline(self, experiment_id: str) -> str:
        """Return the address that compares with another experiment."""
        others = [found for found in self.ids if found != experiment_id]
        return self.link(experiment=[experiment_id, *others])


@frozen
class Cell:
    """One experiment's run of an example.

    Attributes:
        run: The first run; None when there is none.
        runs: How many runs of the example there are.
        score: The mean of their scores.
        label: Of the only run.
        change: Of the score, from the baseline.
        pieces: The output beside the baseline's; None when the texts are too long to be compared.
    """

    run: ShownRun | None
    runs: int
    score: float | None
    label: object
    change: float | None
    pieces: Sequence[Piece] | None


@frozen
class ComparedExample:
    """An example and its runs."""

    id: str
    example: ShownExample | None
    cells: Sequence[Cell]


class ComparisonPages:
    """Handlers of the page and of its statistics."""

    def __init__(self, site: Site) -> None:
        """Show a site."""
        self._site = site

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        return (web.get("/compare", self.show),)

    async def show(self, request: web.Request) -> web.Response:
        """Compare experiments."""
        question = read_question(request)
        return await self._site.show(request, lambda visit: _page(visit, question))


def read_question(request: web.Request) -> Question:
    """Read an address.

    Raises:
        BadRequest: It names too few or too many experiments, or asks for nonsense.
    """
    ids = tuple(dict.fromkeys(request.query.getall("experiment", [])))
    if not 1 < len(ids) <= MOST:
        raise malformed(f"A comparison is of two to {MOST} different experiments, and this address names {len(ids)}.")
    show = word(request, "show", *WORDS)
    oldest_first = request.query.get("oldest") == "first"
    lower = tuple(dict.fromkeys(request.query.getall("lower", [])))
    return Question(ids, request.query.get("metric", ""), show, number(request, "page"), oldest_first, lower)


def _page(visit: Visit, question: Question) -> str:
    found = [experiments.get(visit.transaction, experiment_id) for experiment_id in question.ids]
    if question.oldest_first:
        found.sort(key=lambda each: each.number)
        question = evolve(question, ids=tuple(each.experiment.id for each in found))
    frames = [visit.cache.frame(visit.transaction, each, figure_columns(visit.transaction, each)) for each in found]
    metrics = _metrics(frames)
    metric = question.metric or metrics[0]
    if metric not in metrics:
        raise malformed(f"metric: none of these experiments has {metric!r}; there are: {', '.join(metrics)}")
    column = metric if metric in COSTS else f"eval.{metric}.score"
    lower_is_better = metric in COSTS or metric in question.lower
    paired = pair(frames, column, question.show, lower_is_better=lower_is_better)
    rows = paired.frame.slice((question.page - 1) * PAGE, PAGE)
    return render(
        "compare.html",
        **around(visit, found[0]),
        question=question,
        experiments=[each.experiment for each in found],
        metrics=metrics,
        metric=metric,
        costs=COSTS,
        lower_is_better=lower_is_better,
        paired=paired,
        means=[_mean(frame, column) for frame in frames],
        heights=[frame.height for frame in frames],
        rows=_rows(visit, found, rows, metric),
        pages=max(1, -(-paired.frame.height // PAGE)),
        first=(question.page - 1) * PAGE + 1,
        crosses_datasets=len({each.dataset_number for each in found}) > 1,
    )


def _metrics(frames: Sequence[pl.DataFrame]) -> list[str]:
    names = dict.fromkeys(name for frame in frames for name in evaluators(frame.columns))
    scored = [name for name in names if any(_is_number(frame, f"eval.{name}.score") for frame in frames)]
    return [*scored, *(name for name in COSTS if name == "latency" or any(_is_number(each, name) for each in frames))]


def _is_number(frame: pl.DataFrame, column: str) -> bool:
    return column in frame.columns and frame[column].dtype.is_numeric()


def _mean(frame: pl.DataFrame, column: str) -> tuple[float | None, int]:
    if not _is_number(frame, column):
        return None, 0
    known = frame[column].drop_nulls()
    mean = known.mean()
    return (float(mean) if isinstance(mean, (int, float)) else None), len(known)


def _rows(visit: Visit, found: Sequence[StoredExperiment], rows: pl.DataFrame, metric: str) -> list[ComparedExample]:
    shown = [_runs(visit, each, rows[f"seq_{place}"]) for place, each in enumerate(found)]
    known: dict[str | None, ShownExample] = {}
    for each in found:
        known = examples.of_runs(visit.transaction, each, rows["example_id"].to_list()) | known
    differ = Differ()
    return [_row(row, metric, shown, known, differ) for row in rows.iter_rows(named=True)]


def _runs(visit: Visit, experiment: StoredExperiment, numbers: pl.Series) -> Mapping[int, ShownRun]:
    wanted = numbers.drop_nulls().to_list()
    return {run.number: run for run in selections.shown(visit.transaction, experiment.number, wanted, _CHARACTERS)}


def _row(
    row: Mapping[str, Any],
    metric: str,
    shown: Sequence[Mapping[int, ShownRun]],
    known: Mapping[str | None, ShownExample],
    differ: Differ,
) -> ComparedExample:
    chosen = [runs.get(row[f"seq_{place}"]) for place, runs in enumerate(shown)]
    cells = [_cell(row, metric, place, (chosen[0], run), differ) for place, run in enumerate(chosen)]
    return ComparedExample(str(row["example_id"]), known.get(row["example_id"]), cells)


def _cell(
    row: Mapping[str, Any], metric: str, place: int, runs: tuple[ShownRun | None, ShownRun | None], differ: Differ
) -> Cell:
    baseline, run = runs
    score, reference, count = row[f"score_{place}"], row["score_0"], row[f"runs_{place}"] or 0
    change = None if not place or score is None or reference is None else score - reference
    return Cell(
        run=run,
        runs=count,
        score=score,
        label=run.columns.get(f"eval.{metric}.label") if run and count == 1 else None,
        change=change,
        pieces=differ.compare(baseline.output or "", run.output or "") if place and baseline and run else None,
    )

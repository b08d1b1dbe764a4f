"""The page of an experiment: its figures and a table of its runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import polars as pl
from aiohttp import web
from attrs import evolve, frozen

from arize_async.errors import BadRequest, UnprocessableEntity
from arize_async.models.annotation import Annotation
from arize_async.server.storage import (
    columns,
    datasets,
    experiments,
    record_annotations,
    run_columns,
    selections,
    spaces,
)
from arize_async.server.storage.selections import ShownRun
from arize_async.server.ui import examples
from arize_async.server.ui.examples import ShownExample
from arize_async.server.ui.figures import figures, has_figures
from arize_async.server.ui.queries import number, word
from arize_async.server.ui.rendering import link, render
from arize_async.server.ui.run_cache import FACTS, Selection, evaluators, page_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from arize_async.server.storage.experiments import StoredExperiment
    from arize_async.server.ui.site import Site, Visit

PAGE = 50
_CHARACTERS = 400
_SUMMARIZED = 20_000
"""Runs whose figures are made with the page; those of more are fetched behind it."""
_POSITION = re.compile(r"filter, position (\d+): ")


@frozen
class View:
    """What the address asks for."""

    experiment_id: str
    selection: Selection
    page: int

    @property
    def is_plain(self) -> bool:
        """Whether all runs are shown in their order."""
        return self.selection == Selection()

    def query(self) -> dict[str, object]:
        """Return the parameters of the selection in an address."""
        chosen = self.selection
        return {"filter": chosen.only, "sort": chosen.sort, "order": "desc" if chosen.is_descending else None}

    def link(self, page: int = 1) -> str:
        """Return the address of a page of this selection."""
        return link("experiments", self.experiment_id, **self.query(), page=page if page > 1 else None)

    def sorted_by(self, column: str) -> str:
        """Return the address that sorts by a column, and turns the order around when that is done already."""
        turn = self.selection.sort == column and not self.selection.is_descending
        chosen = evolve(self.selection, sort=column, is_descending=turn)
        return evolve(self, selection=chosen).link()

    def direction(self, column: str) -> str:
        """Return what a header says of its order: ``ascending``, ``descending`` or ``none``."""
        if self.selection.sort != column:
            return "none"
        return "descending" if self.selection.is_descending else "ascending"


@frozen
class Complaint:
    """Why a filter or an order is none, and the filter before and behind that place."""

    message: str
    before: str = ""
    there: str = ""
    behind: str = ""


@frozen
class Rows:
    """A page of runs.

    Attributes:
        matched: How many runs fit.
        total: How many there are.
    """

    runs: Sequence[ShownRun]
    examples: Mapping[str | None, ShownExample]
    notes: Mapping[str, Sequence[Annotation]]
    matched: int
    total: int
    first: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.matched // PAGE))


def read_view(request: web.Request) -> View:
    """Read an address.

    Raises:
        BadRequest: It asks for no order or no page.
    """
    descending = word(request, "order", "asc", "desc") == "desc"
    selection = Selection(request.query.get("filter", "").strip(), request.query.get("sort", ""), descending)
    return View(request.match_info["experiment_id"], selection, number(request, "page"))


class ExperimentPages:
    """Handlers of the page and of its figures."""

    def __init__(self, site: Site) -> None:
        """Show a site."""
        self._site = site

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        return (
            web.get("/experiments/{experiment_id}", self.table),
            web.get("/experiments/{experiment_id}/figures", self.figures),
        )

    async def table(self, request: web.Request) -> web.Response:
        """Show the runs of an experiment."""
        view = read_view(request)
        return await self._site.show(request, lambda visit: _page(visit, view))

    async def figures(self, request: web.Request) -> web.Response:
        """Show the figures of an experiment, alone."""
        experiment_id, alone = request.match_info["experiment_id"], "part" not in request.query
        return await self._site.show(request, lambda visit: _figures(visit, experiment_id, alone=alone))


def _page(visit: Visit, view: View) -> str:
    transaction = visit.transaction
    experiment = experiments.get(transaction, view.experiment_id)
    total = run_columns.count(transaction, experiment.number)
    complaint = None
    try:
        rows = _rows(visit, experiment, view, total)
    except (BadRequest, UnprocessableEntity) as error:
        complaint = _complain(error.detail, view.selection.only)
        rows = Rows([], {}, {}, 0, total, 0)
    is_quick = total <= _SUMMARIZED or has_figures(visit, experiment)
    names = [column.name for column in columns.read(transaction, experiment.number)]
    return render(
        "experiment.html",
        **around(visit, experiment),
        view=view,
        rows=rows,
        complaint=complaint,
        evaluators=evaluators(names),
        columns=names,
        facts=[name for name in FACTS[:3] if any(run.columns.get(name) is not None for run in rows.runs)],
        figures=figures(visit, experiment) if is_quick else None,
    )


def around(visit: Visit, experiment: StoredExperiment) -> dict[str, object]:
    """Return what the pages of an experiment say of where it belongs."""
    found = experiment.experiment
    dataset = datasets.get(visit.transaction, found.dataset_id).dataset if found.dataset_id else None
    space = spaces.get(visit.transaction, found.space_id).space
    return {"experiment": found, "dataset": dataset, "space": space, "form_token": visit.form_token}


def _rows(visit: Visit, experiment: StoredExperiment, view: View, total: int) -> Rows:
    transaction, skip = visit.transaction, (view.page - 1) * PAGE
    if view.is_plain:
        runs, matched = selections.first(transaction, experiment.number, skip, PAGE, _CHARACTERS), total
    else:
        chosen = visit.cache.selected(transaction, experiment, view.selection)
        matched = len(chosen)
        runs = selections.shown(transaction, experiment.number, page_of(chosen, view.page, PAGE), _CHARACTERS)
    return Rows(
        runs=runs,
        examples=examples.of_runs(transaction, experiment, [run.example_id for run in runs]),
        notes=record_annotations.of_records(transaction, experiment.number, [run.id for run in runs]),
        matched=matched,
        total=total,
        first=skip + 1,
    )


def neighbours(visit: Visit, experiment: StoredExperiment, view: View, run: ShownRun) -> tuple[str | None, str | None]:
    """Return the ids of the runs before and behind one in a selection."""
    try:
        chosen = visit.cache.selected(visit.transaction, experiment, view.selection)
    except (BadRequest, UnprocessableEntity):
        return None, None
    found = (chosen == run.number).arg_true()
    if not len(found):
        return None, None
    place = int(found[0])
    near = [chosen[place - 1] if place else None, chosen[place + 1] if place + 1 < len(chosen) else None]
    ids = visit.cache.frame(visit.transaction, experiment, ()).filter(
        pl.col("seq").is_in([n for n in near if n is not None])
    )
    by_number = dict(ids.select("seq", "id").iter_rows())
    return by_number.get(near[0]), by_number.get(near[1])


def _figures(visit: Visit, experiment_id: str, *, alone: bool) -> str:
    experiment = experiments.get(visit.transaction, experiment_id)
    made = figures(visit, experiment)
    template = "figures.html" if alone else "figures_part.html"
    return render(template, **around(visit, experiment), figures=made)


def _complain(message: str, only: str) -> Complaint:
    found = _POSITION.match(message)
    if found is None:
        return Complaint(message)
    place = int(found[1]) - 1
    return Complaint(message, only[:place], only[place : place + 1] or " ", only[place + 1 :])

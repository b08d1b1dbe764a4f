"""The pages of a space and of a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from attrs import frozen

from arize_async.models.dataset import Dataset
from arize_async.models.experiment import Experiment
from arize_async.server.storage import counts, datasets, experiments, spaces
from arize_async.server.storage.pages import PageRequest
from arize_async.server.ui.figures import Figures, figures, has_figures
from arize_async.server.ui.rendering import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from arize_async.server.storage.experiments import StoredExperiment
    from arize_async.server.ui.site import Site, Visit

_PAGE = 50
_SUMMARIZED = 20_000
"""Runs that are counted for one page of experiments; the figures of further ones are on their own pages."""


@frozen
class ListedDataset:
    """A dataset with the numbers of its examples and experiments."""

    dataset: Dataset
    examples: int
    experiments: int


@frozen
class ListedExperiment:
    """An experiment with the number of its runs, and its figures if they are quickly made."""

    experiment: Experiment
    runs: int
    figures: Figures | None


class DatasetPages:
    """Handlers of the two pages."""

    def __init__(self, site: Site) -> None:
        """Show a site."""
        self._site = site

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        return (web.get("/", self.space), web.get("/datasets/{dataset_id}", self.dataset))

    async def space(self, request: web.Request) -> web.Response:
        """Show the datasets of a space."""
        query = request.query
        return await self._site.show(
            request, lambda visit: _space(visit, query.get("space", ""), query.get("name", ""), query.get("cursor"))
        )

    async def dataset(self, request: web.Request) -> web.Response:
        """Show the experiments of a dataset."""
        dataset_id, query = request.match_info["dataset_id"], request.query
        return await self._site.show(
            request, lambda visit: _dataset(visit, dataset_id, query.get("name", ""), query.get("cursor"))
        )


def _space(visit: Visit, space_id: str, name: str, cursor: str | None) -> str:
    transaction = visit.transaction
    known = [found.space for found in spaces.page(transaction, PageRequest(500)).items]
    space = spaces.get(transaction, space_id).space if space_id else (known[-1] if known else None)
    wanted = PageRequest(_PAGE, cursor)
    if space is None:
        return render("space.html", space=None, spaces=[], form_token=visit.form_token)
    page = datasets.page(transaction, wanted, space_id=space.id, name=name)
    counted = counts.of_datasets(transaction, [found.number for found in page.items])
    standalone = experiments.page(transaction, PageRequest(_PAGE), space_id=space.id).items
    alone = [found for found in standalone if found.dataset_number is None]
    return render(
        "space.html",
        space=space,
        spaces=known,
        name=name,
        datasets=[ListedDataset(found.dataset, *counted.get(found.number, (0, 0))) for found in page.items],
        next_cursor=page.next_cursor,
        standalone=_listed(visit, alone),
        form_token=visit.form_token,
    )


def _dataset(visit: Visit, dataset_id: str, name: str, cursor: str | None) -> str:
    transaction = visit.transaction
    found = datasets.get(transaction, dataset_id)
    page = experiments.page(transaction, PageRequest(_PAGE, cursor), dataset_id=dataset_id, name=name)
    listed = _listed(visit, page.items)
    return render(
        "dataset.html",
        dataset=found.dataset,
        space=spaces.get(transaction, found.dataset.space_id).space,
        versions=datasets.versions(transaction, found),
        name=name,
        experiments=listed,
        evaluators=_names(listed),
        means=_means(listed),
        next_cursor=page.next_cursor,
        examples=counts.of_datasets(transaction, [found.number]).get(found.number, (0, 0))[0],
        form_token=visit.form_token,
    )


def _listed(visit: Visit, found: Sequence[StoredExperiment]) -> list[ListedExperiment]:
    runs = counts.of_experiments(visit.transaction, [experiment.number for experiment in found])
    left, listed = _SUMMARIZED, list[ListedExperiment]()
    for experiment in found:
        count = runs.get(experiment.number, 0)
        is_quick = count <= left or has_figures(visit, experiment)
        left -= min(count, left)
        made = figures(visit, experiment) if is_quick else None
        listed.append(ListedExperiment(experiment.experiment, count, made))
    return listed


def _names(listed: Sequence[ListedExperiment]) -> list[str]:
    return list(dict.fromkeys(name for row in listed for name, mean in _evaluators(row) if mean is not None))


def _means(listed: Sequence[ListedExperiment]) -> Mapping[tuple[str, str], float | None]:
    return {(row.experiment.id, name): mean for row in listed for name, mean in _evaluators(row)}


def _evaluators(row: ListedExperiment) -> list[tuple[str, float | None]]:
    return [(each.name, each.mean) for each in row.figures.summary.evaluators] if row.figures else []

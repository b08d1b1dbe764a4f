"""``/v2/experiments`` without their runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from arize_async.models.requests import CreateExperiment
from arize_async.server.rest.exchange import answer, answer_page, narrowing, nothing, page_request, read_body
from arize_async.server.storage import datasets, experiments, runs
from arize_async.wire import paths

if TYPE_CHECKING:
    from collections.abc import Iterable

    from arize_async.models.experiment import Experiment
    from arize_async.server.storage.store import Store
    from arize_async.server.storage.transaction import Transaction


class ExperimentHandlers:
    """Handlers of experiments."""

    def __init__(self, store: Store) -> None:
        """Serve a store."""
        self._store = store

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        return (
            web.get(paths.EXPERIMENTS, self.list),
            web.post(paths.EXPERIMENTS, self.create),
            web.get(paths.EXPERIMENT, self.get),
            web.delete(paths.EXPERIMENT, self.delete),
        )

    async def list(self, request: web.Request) -> web.Response:
        """List experiments."""
        names = narrowing(request, "dataset_id", "space_id", "name")
        page = await self._store.read(experiments.page, page_request(request, 100), **names)
        return answer_page("experiments", [found.experiment for found in page.items], page.next_cursor)

    async def create(self, request: web.Request) -> web.Response:
        """Make an experiment with its first runs."""
        body = await read_body(request, CreateExperiment)
        return answer(await self._store.write(_create, body), 201)

    async def get(self, request: web.Request) -> web.Response:
        """Return an experiment."""
        found = await self._store.read(experiments.get, request.match_info["experiment_id"])
        return answer(found.experiment)

    async def delete(self, request: web.Request) -> web.Response:
        """Delete an experiment with its runs."""
        await self._store.write(experiments.delete, request.match_info["experiment_id"])
        return nothing()


def _create(transaction: Transaction, body: CreateExperiment) -> Experiment:
    if body.dataset_id is not None:
        dataset = datasets.get(transaction, body.dataset_id)
        made = experiments.create_on_dataset(transaction, dataset, body.name)
    else:
        made = experiments.create_standalone(transaction, body.space_id or "", body.name)
    runs.add_rows(transaction, made, body.experiment_runs)
    return experiments.get(transaction, made.experiment.id).experiment

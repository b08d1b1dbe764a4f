"""``/v2/experiments/{id}/runs``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from arize_async.models.experiment import ExperimentWithRunIds
from arize_async.models.requests import AnnotateRecords, AppendRuns, SearchRuns
from arize_async.server.rest.exchange import answer, answer_page, nothing, page_request, read_body
from arize_async.server.storage import experiments, runs
from arize_async.server.storage.pages import Page, PageRequest
from arize_async.wire import paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from arize_async.models.annotation import AnnotateRecordInput
    from arize_async.models.run import ExperimentRun
    from arize_async.server.storage.store import Store
    from arize_async.server.storage.transaction import Transaction


class RunHandlers:
    """Handlers of runs."""

    def __init__(self, store: Store) -> None:
        """Serve a store."""
        self._store = store

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        return (
            web.get(paths.EXPERIMENT_RUNS, self.list),
            web.post(paths.EXPERIMENT_RUNS, self.append),
            web.post(paths.EXPERIMENT_RUNS_SEARCH, self.search),
            web.post(paths.EXPERIMENT_RUNS_ANNOTATE, self.annotate),
        )

    async def list(self, request: web.Request) -> web.Response:
        """List runs."""
        wanted = page_request(request, 500)
        page = await self._store.read(_page, request.match_info["experiment_id"], wanted)
        return answer_page("experiment_runs", page.items, page.next_cursor)

    async def search(self, request: web.Request) -> web.Response:
        """List runs that fit a filter."""
        body = await read_body(request, SearchRuns)
        wanted = PageRequest(body.limit, body.cursor)
        page = await self._store.read(_page, request.match_info["experiment_id"], wanted, body.filter)
        return answer_page("experiment_runs", page.items, page.next_cursor)

    async def append(self, request: web.Request) -> web.Response:
        """Add runs."""
        body = await read_body(request, AppendRuns)
        made = await self._store.write(_append, request.match_info["experiment_id"], body.experiment_runs)
        return answer(made, 201)

    async def annotate(self, request: web.Request) -> web.Response:
        """Annotate runs."""
        body = await read_body(request, AnnotateRecords)
        await self._store.write(_annotate, request.match_info["experiment_id"], body.annotations)
        return nothing(202)


def _page(
    transaction: Transaction, experiment_id: str, request: PageRequest, only: str | None = None
) -> Page[ExperimentRun]:
    return runs.page(transaction, experiments.get(transaction, experiment_id), request, only)


def _append(transaction: Transaction, experiment_id: str, rows: Sequence[Mapping[str, object]]) -> ExperimentWithRunIds:
    ids = runs.add_rows(transaction, experiments.get(transaction, experiment_id), rows)
    made = experiments.get(transaction, experiment_id).experiment
    return ExperimentWithRunIds(
        id=made.id,
        name=made.name,
        space_id=made.space_id,
        dataset_id=made.dataset_id,
        dataset_version_id=made.dataset_version_id,
        created_at=made.created_at,
        updated_at=made.updated_at,
        experiment_traces_project_id=made.experiment_traces_project_id,
        run_ids=ids,
    )


def _annotate(transaction: Transaction, experiment_id: str, inputs: Sequence[AnnotateRecordInput]) -> None:
    runs.annotate(transaction, experiments.get(transaction, experiment_id), inputs)

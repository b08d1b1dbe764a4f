"""``/v2/datasets/{id}/examples``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from arize_async.models.dataset import DatasetVersionWithExampleIds
from arize_async.models.requests import InsertExamples, SearchExamples
from arize_async.server.rest.exchange import answer, answer_page, page_request, read_body
from arize_async.server.storage import datasets, examples
from arize_async.server.storage.pages import Page, PageRequest
from arize_async.wire import paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from arize_async.models.example import DatasetExample
    from arize_async.server.storage.datasets import StoredVersion
    from arize_async.server.storage.store import Store
    from arize_async.server.storage.transaction import Transaction


class ExampleHandlers:
    """Handlers of examples."""

    def __init__(self, store: Store) -> None:
        """Serve a store."""
        self._store = store

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        return (
            web.get(paths.DATASET_EXAMPLES, self.list),
            web.post(paths.DATASET_EXAMPLES, self.insert),
            web.post(paths.DATASET_EXAMPLES_SEARCH, self.search),
        )

    async def list(self, request: web.Request) -> web.Response:
        """List examples of a version."""
        wanted = page_request(request, 500)
        page = await self._store.read(_page, *_target(request), wanted)
        return answer_page("examples", page.items, page.next_cursor)

    async def search(self, request: web.Request) -> web.Response:
        """List examples that fit a filter."""
        body = await read_body(request, SearchExamples)
        wanted = PageRequest(body.limit, body.cursor)
        page = await self._store.read(
            _page, request.match_info["dataset_id"], body.dataset_version_id, wanted, body.filter
        )
        return answer_page("examples", page.items, page.next_cursor)

    async def insert(self, request: web.Request) -> web.Response:
        """Add examples to a version."""
        body = await read_body(request, InsertExamples)
        return answer(await self._store.write(_insert, *_target(request), body.examples), 201)


def _target(request: web.Request) -> tuple[str, str | None]:
    return request.match_info["dataset_id"], request.query.get("dataset_version_id")


def _version(transaction: Transaction, dataset_id: str, version_id: str | None) -> StoredVersion:
    return datasets.version(transaction, datasets.get(transaction, dataset_id), version_id)


def _page(
    transaction: Transaction, dataset_id: str, version_id: str | None, request: PageRequest, only: str | None = None
) -> Page[DatasetExample]:
    dataset = datasets.get(transaction, dataset_id)
    return examples.page(transaction, dataset, datasets.version(transaction, dataset, version_id), request, only)


def _insert(
    transaction: Transaction, dataset_id: str, version_id: str | None, rows: Sequence[Mapping[str, object]]
) -> DatasetVersionWithExampleIds:
    version = _version(transaction, dataset_id, version_id)
    ids = examples.add_rows(transaction, version, rows)
    return changed(transaction, dataset_id, version, ids)


def changed(
    transaction: Transaction, dataset_id: str, version: StoredVersion, ids: Sequence[str]
) -> DatasetVersionWithExampleIds:
    """Return the state of a dataset after some examples of a version changed."""
    dataset = datasets.get(transaction, dataset_id).dataset
    return DatasetVersionWithExampleIds(
        id=dataset.id,
        name=dataset.name,
        space_id=dataset.space_id,
        created_at=dataset.created_at,
        updated_at=dataset.updated_at,
        dataset_version_id=version.version.id,
        example_ids=list(ids),
    )

"""``/v2/datasets`` without their examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from aiohttp import web

from arize_async.models.requests import CreateDataset, RenameDataset
from arize_async.server.rest.exchange import answer, answer_page, narrowing, nothing, page_request, read_body
from arize_async.server.storage import datasets, examples, removal
from arize_async.wire import paths

if TYPE_CHECKING:
    from collections.abc import Iterable

    from arize_async.models.dataset import Dataset
    from arize_async.server.storage.store import Store
    from arize_async.server.storage.transaction import Transaction


class DatasetHandlers:
    """Handlers of datasets."""

    def __init__(self, store: Store) -> None:
        """Serve a store."""
        self._store = store

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        return (
            web.get(paths.DATASETS, self.list),
            web.post(paths.DATASETS, self.create),
            web.get(paths.DATASET, self.get),
            web.patch(paths.DATASET, self.rename),
            web.delete(paths.DATASET, self.delete),
        )

    async def list(self, request: web.Request) -> web.Response:
        """List datasets."""
        names = narrowing(request, "space_id", "space_name", "name")
        page = await self._store.read(datasets.page, page_request(request, 100), **names)
        return answer_page("datasets", [found.dataset for found in page.items], page.next_cursor)

    async def create(self, request: web.Request) -> web.Response:
        """Make a dataset with its first examples."""
        body = await read_body(request, CreateDataset)
        return answer(await self._store.write(_create, body), 201)

    async def get(self, request: web.Request) -> web.Response:
        """Return a dataset with its versions."""
        return answer(await self._store.read(with_versions, request.match_info["dataset_id"]))

    async def rename(self, request: web.Request) -> web.Response:
        """Give a dataset another name."""
        body = await read_body(request, RenameDataset)
        return answer(await self._store.write(_rename, request.match_info["dataset_id"], body.name))

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a dataset with everything on it."""
        await self._store.write(removal.delete_dataset, request.match_info["dataset_id"])
        return nothing()


def with_versions(transaction: Transaction, dataset_id: str) -> Dataset:
    """Return a dataset with its versions.

    Raises:
        NotFound: No dataset has this id.
    """
    found = datasets.get(transaction, dataset_id)
    return attrs.evolve(found.dataset, versions=datasets.versions(transaction, found))


def _create(transaction: Transaction, body: CreateDataset) -> Dataset:
    made = datasets.create(transaction, body.space_id, body.name)
    examples.add_rows(transaction, datasets.version(transaction, made), body.examples)
    return with_versions(transaction, made.dataset.id)


def _rename(transaction: Transaction, dataset_id: str, name: str) -> Dataset:
    datasets.rename(transaction, dataset_id, name)
    return with_versions(transaction, dataset_id)

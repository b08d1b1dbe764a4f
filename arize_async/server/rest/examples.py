"""``/v2/datasets/{id}/examples``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from arize_async.models.dataset import DatasetVersionWithExampleIds, DeleteDatasetExamplesResponse
from arize_async.models.requests import AnnotateRecords, InsertExamples, SearchExamples
from arize_async.server.rest.exchange import answer, answer_page, nothing, page_request, read_body
from arize_async.server.rest.requests import DeleteExamples, UpdateExamples
from arize_async.server.storage import datasets, example_changes, examples
from arize_async.server.storage.pages import Page, PageRequest
from arize_async.wire import paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from arize_async.models.annotation import AnnotateRecordInput
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
            web.patch(paths.DATASET_EXAMPLES, self.update),
            web.delete(paths.DATASET_EXAMPLES, self.delete),
            web.post(paths.DATASET_EXAMPLES_SEARCH, self.search),
            web.post(paths.DATASET_EXAMPLES_ANNOTATE, self.annotate),
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

    async def update(self, request: web.Request) -> web.Response:
        """Change examples of a version, or of a new one that begins with it."""
        body = await read_body(request, UpdateExamples)
        changed = await self._store.write(_update, *_target(request), body)
        return answer(changed)

    async def delete(self, request: web.Request) -> web.Response:
        """Delete examples of a version."""
        body = await read_body(request, DeleteExamples)
        return answer(await self._store.write(_delete, request.match_info["dataset_id"], body))

    async def annotate(self, request: web.Request) -> web.Response:
        """Annotate examples."""
        body = await read_body(request, AnnotateRecords)
        await self._store.write(_annotate, request.match_info["dataset_id"], body.annotations)
        return nothing(202)


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
    return _changed(transaction, dataset_id, version, ids)


def _changed(
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


def _update(
    transaction: Transaction, dataset_id: str, version_id: str | None, body: UpdateExamples
) -> DatasetVersionWithExampleIds:
    dataset = datasets.get(transaction, dataset_id)
    version = datasets.version(transaction, dataset, version_id)
    changed = example_changes.update(transaction, dataset, version, body.examples, body.new_version)
    return _changed(transaction, dataset_id, changed.version, changed.ids)


def _delete(transaction: Transaction, dataset_id: str, body: DeleteExamples) -> DeleteDatasetExamplesResponse:
    version = _version(transaction, dataset_id, body.dataset_version_id)
    deleted = example_changes.delete(transaction, version, body.example_ids)
    return DeleteDatasetExamplesResponse(
        completed=True,
        deleted_example_ids=[example for example in body.example_ids if example in deleted],
        not_deleted_example_ids=[example for example in body.example_ids if example not in deleted],
    )


def _annotate(transaction: Transaction, dataset_id: str, inputs: Sequence[AnnotateRecordInput]) -> None:
    example_changes.annotate(transaction, datasets.get(transaction, dataset_id), inputs)

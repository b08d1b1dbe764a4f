"""Tags of experiments, datasets and annotation configs.

The protocol has no operation here that makes a tag, so a resource of this server has none, and every tag id is unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from arize_async.models.tag import DeleteTagsResponse
from arize_async.server.rest.exchange import answer, answer_page, page_request, read_body
from arize_async.server.rest.requests import TagIds
from arize_async.server.storage import annotation_configs, datasets, experiments
from arize_async.server.storage.refusals import unprocessable
from arize_async.wire import paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from arize_async.server.storage.store import Store
    from arize_async.server.storage.transaction import Transaction

_FINDERS: Mapping[str, Callable[[Transaction, str], object]] = {
    "annotation_config_id": annotation_configs.get,
    "dataset_id": datasets.get,
    "experiment_id": experiments.get,
}


class TagHandlers:
    """Handlers of tags."""

    def __init__(self, store: Store) -> None:
        """Serve a store."""
        self._store = store

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        return (
            web.get(paths.EXPERIMENT_TAGS, self.list),
            web.post(paths.EXPERIMENT_TAGS, self.add),
            web.get(paths.DATASET_TAGS, self.list),
            web.post(paths.DATASET_TAGS, self.add),
            web.delete(paths.DATASET_TAGS, self.remove),
            web.get(paths.ANNOTATION_CONFIG_TAGS, self.list),
            web.post(paths.ANNOTATION_CONFIG_TAGS, self.add),
        )

    async def list(self, request: web.Request) -> web.Response:
        """List the tags of a resource: none."""
        page_request(request, 100)
        await self._require_resource(request)
        return answer_page("tags", [], None)

    async def add(self, request: web.Request) -> web.Response:
        """Refuse tags, because none is known."""
        body = await read_body(request, TagIds)
        await self._require_resource(request)
        raise unprocessable(f"no tag {body.tag_ids[0]!r} in the space")

    async def remove(self, request: web.Request) -> web.Response:
        """Remove tags: none was there."""
        body = await read_body(request, TagIds)
        await self._require_resource(request)
        return answer(DeleteTagsResponse(completed=True, deleted=[], not_deleted=body.tag_ids))

    async def _require_resource(self, request: web.Request) -> None:
        ((kind, resource_id),) = request.match_info.items()
        await self._store.read(_FINDERS[kind], resource_id)

"""``/v2/experiments/{id}/tags``, and the same of datasets and annotation configs."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from aiohttp import web

from arize_async.server.rest.exchange import answer, answer_page, decoded, read_body
from arize_async.server.rest.tag_requests import MAX_TAGS, TagIds
from arize_async.server.storage import resource_tags
from arize_async.server.storage.refusals import unprocessable
from arize_async.wire import paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from arize_async.server.storage.resource_tags import Table
    from arize_async.server.storage.store import Store

_TABLES: Mapping[str, Table] = {
    "annotation_config_id": "annotation_configs",
    "dataset_id": "datasets",
    "experiment_id": "experiments",
}


class ResourceTagHandlers:
    """Handlers of the tags of a resource."""

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
        """List the tags of a resource, all at once."""
        return answer_page("tags", await self._store.read(resource_tags.of, *_resource(request)), None)

    async def add(self, request: web.Request) -> web.Response:
        """Give tags to a resource and return all that it has."""
        tag_ids = await _tag_ids(request)
        return answer_page("tags", await self._store.write(resource_tags.add, *_resource(request), tag_ids), None)

    async def remove(self, request: web.Request) -> web.Response:
        """Take tags from a resource; those that it does not have are named."""
        tag_ids = await _tag_ids(request)
        return answer(await self._store.write(resource_tags.remove, *_resource(request), tag_ids))


def _resource(request: web.Request) -> tuple[Table, str]:
    ((name, resource_id),) = request.match_info.items()
    return _TABLES[name], resource_id


async def _tag_ids(request: web.Request) -> list[str]:
    """Read the ids; too few and too many of them are a 422, as the platform documents it."""
    body = await read_body(request, dict[str, object])
    given = body.get("tag_ids")
    if isinstance(given, list) and not 1 <= len(cast("list[object]", given)) <= MAX_TAGS:
        raise unprocessable(f"$.tag_ids: 1 to {MAX_TAGS} entries, got {len(cast('list[object]', given))}")
    return decoded(TagIds, body).tag_ids

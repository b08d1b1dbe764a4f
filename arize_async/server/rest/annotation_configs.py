"""``/v2/annotation-configs``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from arize_async.server.rest.exchange import answer, answer_page, narrowing, nothing, page_request, read_body
from arize_async.server.rest.requests import decode_create_config, decode_update_config
from arize_async.server.storage import annotation_configs
from arize_async.wire import paths

if TYPE_CHECKING:
    from collections.abc import Iterable

    from arize_async.server.storage.store import Store


class AnnotationConfigHandlers:
    """Handlers of annotation configs; requests say ``annotation_config_type``, answers say ``type``."""

    def __init__(self, store: Store) -> None:
        """Serve a store."""
        self._store = store

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        return (
            web.get(paths.ANNOTATION_CONFIGS, self.list),
            web.post(paths.ANNOTATION_CONFIGS, self.create),
            web.get(paths.ANNOTATION_CONFIG, self.get),
            web.patch(paths.ANNOTATION_CONFIG, self.update),
            web.delete(paths.ANNOTATION_CONFIG, self.delete),
        )

    async def list(self, request: web.Request) -> web.Response:
        """List annotation configs."""
        names = narrowing(request, "space_id", "space_name", "name")
        page = await self._store.read(annotation_configs.page, page_request(request, 100), **names)
        return answer_page("annotation_configs", page.items, page.next_cursor)

    async def create(self, request: web.Request) -> web.Response:
        """Make an annotation config."""
        config = decode_create_config(await read_body(request, dict[str, object]))
        body = config.to_dict()
        fields = {key: value for key, value in body.items() if key not in {"name", "space_id"}}
        fields["type"] = fields.pop("annotation_config_type")
        made = await self._store.write(annotation_configs.create, config.space_id, config.name, fields)
        return answer(made, 201)

    async def get(self, request: web.Request) -> web.Response:
        """Return an annotation config."""
        found = await self._store.read(annotation_configs.get, request.match_info["annotation_config_id"])
        return answer(found)

    async def update(self, request: web.Request) -> web.Response:
        """Change an annotation config; what is absent stays."""
        changes = decode_update_config(await read_body(request, dict[str, object])).to_dict()
        changes["type"] = changes.pop("annotation_config_type")
        config_id = request.match_info["annotation_config_id"]
        return answer(await self._store.write(annotation_configs.update, config_id, changes))

    async def delete(self, request: web.Request) -> web.Response:
        """Delete an annotation config."""
        await self._store.write(annotation_configs.delete, request.match_info["annotation_config_id"])
        return nothing()

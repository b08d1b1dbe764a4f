"""``/v2/tags``: the tags of spaces.

The list is an addition of this server: without it a tag could not be found again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from arize_async.server.rest.exchange import answer, answer_page, decoded, narrowing, nothing, page_request, read_body
from arize_async.server.rest.tag_requests import CreateTag, UpdateTag
from arize_async.server.storage import tags
from arize_async.server.storage.refusals import malformed
from arize_async.wire import paths

if TYPE_CHECKING:
    from collections.abc import Iterable

    from arize_async.server.storage.store import Store


class TagHandlers:
    """Handlers of tags."""

    def __init__(self, store: Store) -> None:
        """Serve a store."""
        self._store = store

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        return (
            web.get(paths.TAGS, self.list),
            web.post(paths.TAGS, self.create),
            web.patch(paths.TAG, self.update),
            web.delete(paths.TAG, self.delete),
        )

    async def list(self, request: web.Request) -> web.Response:
        """List tags."""
        names = narrowing(request, "space_id", "space_name", "name")
        page = await self._store.read(tags.page, page_request(request, 100), **names)
        return answer_page("tags", [found.tag for found in page.items], page.next_cursor)

    async def create(self, request: web.Request) -> web.Response:
        """Make a tag."""
        body = await read_body(request, CreateTag)
        made = await self._store.write(tags.create, body.space_id, body.name, body.description, body.color)
        return answer(made.tag, 201)

    async def update(self, request: web.Request) -> web.Response:
        """Change a tag; a field that is null is cleared, one that is absent stays."""
        given = await read_body(request, dict[str, object])
        body = decoded(UpdateTag, given)
        if not given or given.get("name", "") is None:
            raise malformed("give at least one of name, description and color; name cannot be null")
        changes = {name: getattr(body, name) for name in given}
        changed = await self._store.write(tags.update, request.match_info["tag_id"], changes)
        return answer(changed.tag)

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a tag, and take it from everything that has it."""
        await self._store.write(tags.delete, request.match_info["tag_id"])
        return nothing()

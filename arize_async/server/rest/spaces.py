"""``/v2/spaces``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from arize_async.models.base import plain
from arize_async.server.rest.exchange import answer, answer_page, decoded, narrowing, nothing, page_request, read_body
from arize_async.server.rest.requests import CreateSpace, UpdateSpace
from arize_async.server.storage import removal, spaces
from arize_async.server.storage.refusals import malformed
from arize_async.wire import paths

if TYPE_CHECKING:
    from collections.abc import Iterable

    from arize_async.server.storage.store import Store


class SpaceHandlers:
    """Handlers of spaces."""

    def __init__(self, store: Store) -> None:
        """Serve a store."""
        self._store = store

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        return (
            web.get(paths.SPACES, self.list),
            web.post(paths.SPACES, self.create),
            web.get(paths.SPACE, self.get),
            web.patch(paths.SPACE, self.update),
            web.delete(paths.SPACE, self.delete),
        )

    async def list(self, request: web.Request) -> web.Response:
        """List spaces."""
        names = narrowing(request, "name", "org_id")
        page = await self._store.read(
            spaces.page, page_request(request, 100), name=names["name"], organization_id=names["org_id"]
        )
        return answer_page("spaces", [found.space for found in page.items], page.next_cursor)

    async def create(self, request: web.Request) -> web.Response:
        """Make a space."""
        body = await read_body(request, CreateSpace)
        settings = {name: body.to_dict()[name] for name in ("description", "is_private") if name in body.to_dict()}
        made = await self._store.write(spaces.create, body.name, body.organization_id, settings)
        return answer(made.space, 201)

    async def get(self, request: web.Request) -> web.Response:
        """Return a space."""
        found = await self._store.read(spaces.get, request.match_info["space_id"])
        return answer(found.space)

    async def update(self, request: web.Request) -> web.Response:
        """Change a space; a field that is null is cleared, one that is absent stays."""
        given = await read_body(request, dict[str, object])
        body = decoded(UpdateSpace, given)
        if not given or None in {given.get("name", ""), given.get("is_private", False)}:
            raise malformed("give at least one field; name and is_private cannot be null")
        changes = {name: plain(getattr(body, name)) for name in given}
        changed = await self._store.write(spaces.update, request.match_info["space_id"], changes)
        return answer(changed.space)

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a space with everything in it."""
        await self._store.write(removal.delete_space, request.match_info["space_id"])
        return nothing()

"""``/v2/spaces/{id}/users``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from arize_async.models.membership import CustomSpaceRole, PredefinedSpaceRole
from arize_async.server.rest.exchange import answer, nothing, read_body
from arize_async.server.rest.member_requests import AddSpaceUser, CustomRole
from arize_async.server.storage import members
from arize_async.wire import paths

if TYPE_CHECKING:
    from collections.abc import Iterable

    from arize_async.models.membership import SpaceRole
    from arize_async.server.storage.store import Store


class MemberHandlers:
    """Handlers of the users of a space."""

    def __init__(self, store: Store) -> None:
        """Serve a store."""
        self._store = store

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        return (web.post(paths.SPACE_USERS, self.add), web.delete(paths.SPACE_USER, self.remove))

    async def add(self, request: web.Request) -> web.Response:
        """Give a user a role in a space."""
        body = await read_body(request, AddSpaceUser)
        space_id = request.match_info["space_id"]
        return answer(await self._store.write(members.put, space_id, body.user_id, _role(body)))

    async def remove(self, request: web.Request) -> web.Response:
        """Take a user out of a space."""
        await self._store.write(members.remove, request.match_info["space_id"], request.match_info["user_id"])
        return nothing()


def _role(body: AddSpaceUser) -> SpaceRole:
    role = body.role
    return CustomSpaceRole(id=role.id) if isinstance(role, CustomRole) else PredefinedSpaceRole(name=role.name)

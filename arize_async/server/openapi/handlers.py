"""``GET /openapi.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from aiohttp import web

from arize_async.server.openapi.document import build

if TYPE_CHECKING:
    from collections.abc import Iterable

PATH = "/openapi.json"


class DocumentHandlers:
    """Serves the document of the application that it is part of; it holds no data, so it needs no key."""

    def __init__(self) -> None:
        """Make the document when it is first asked for: by then every route is known."""
        self._document: bytes | None = None

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        return (web.get(PATH, self.get),)

    async def get(self, request: web.Request) -> web.Response:
        """Return the OpenAPI document."""
        if self._document is None:
            self._document = orjson.dumps(build(request.app.router.routes()))
        return web.Response(body=self._document, content_type="application/json")

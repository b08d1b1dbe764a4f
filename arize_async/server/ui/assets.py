"""The script and the stylesheet."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from aiohttp import web

from arize_async.server.ui.answers import Page
from arize_async.server.ui.rendering import FOLDER, environment

if TYPE_CHECKING:
    from collections.abc import Iterable

_KINDS = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}


class Assets:
    """Serves the files; each is read once, when the server starts."""

    def __init__(self) -> None:
        """Read the files and the templates of the pages; this blocks."""
        environment()
        self._files = {name: (FOLDER / "static" / name).read_bytes() for name in _KINDS}
        self._tags = {
            name: f'"{hashlib.blake2b(data, digest_size=8).hexdigest()}"' for name, data in self._files.items()
        }

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        return (web.get("/static/{name}", self.get),)

    async def get(self, request: web.Request) -> web.Response:
        """Return a file.

        Raises:
            HTTPNotFound: There is none of this name.
        """
        name = request.match_info["name"]
        if name not in self._files:
            raise web.HTTPNotFound
        headers = {"ETag": self._tags[name], "Cache-Control": "no-cache"}
        if request.headers.get("If-None-Match") == self._tags[name]:
            return web.Response(status=304, headers=headers)
        return Page(body=self._files[name], content_type=_KINDS[name], charset="utf-8", headers=headers)

"""The embedded server of a client."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from arize_async.errors import ServerFailed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from arize_async.config import Config
    from arize_async.server.embedded import LocalServer

_MEMORY = ":memory:"


class Embedded:
    """The embedded server of a client: started at first use, stopped with the client or with its event loop."""

    def __init__(self, path: str | os.PathLike[str], config: Config) -> None:
        """Start nothing yet."""
        self.config = config
        self._path = path
        self._process = os.getpid()
        self._lock = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._running: AsyncGenerator[LocalServer, None] | None = None

    async def settings(self) -> Config:
        """Return the settings that lead to the server, and start it if need be."""
        self._claim(asyncio.get_running_loop())
        async with self._lock:
            if self._running is None:
                running = _served(self._path)
                server = await anext(running)
                self._running = running
                self.config = attrs.evolve(self.config, **server.client_options)
        return self.config

    def _claim(self, loop: asyncio.AbstractEventLoop) -> None:
        """Bind the server to a loop; when that loop is gone, so is the server, and the next loop may start it again."""
        if self._loop is loop:
            return
        if self._loop is not None and (str(self._path) == _MEMORY or not self._loop.is_closed()):
            raise ServerFailed("the embedded server belongs to another event loop; make a client on this one")
        self._loop, self._running, self._lock = loop, None, asyncio.Lock()

    async def aclose(self) -> None:
        """Stop the server, on the loop that it belongs to; a forked child leaves it to its parent."""
        if self._running is None or self._loop is None or self._process != os.getpid():
            return
        if self._loop is asyncio.get_running_loop():
            await self._running.aclose()
        elif self._loop.is_running():
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._running.aclose(), self._loop))

    def __repr__(self) -> str:
        """Show the name of the directory."""
        return f"local {Path(self._path).name!r}"


async def _served(path: str | os.PathLike[str]) -> AsyncGenerator[LocalServer, None]:
    """Run a server until the generator is closed, which the event loop does at its own end at the latest."""
    from arize_async.server.embedded import LocalServer

    server = LocalServer(path)
    await server.start()
    try:
        yield server
    finally:
        await server.aclose()

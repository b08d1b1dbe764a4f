"""Real servers on this machine, and clocks that nobody waits for."""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from arize_async.config import Config
from arize_async.transport.retry import Timing

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
    Serve = Callable[..., AbstractAsyncContextManager[Config]]
    Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
    ServeRaw = Callable[..., AbstractAsyncContextManager[tuple["RawServer", Config]]]

KEY = "secret-key"


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        """Start at zero."""
        self.now = 0.0
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        """Move the clock."""
        self.slept.append(seconds)
        self.now += seconds

    @property
    def timing(self) -> Timing:
        """Longest waits, no chance."""
        return Timing(clock=lambda: self.now, sleep=self.sleep, draw=lambda _, high: high)


@pytest.fixture
def fake_time() -> FakeTime:
    """A clock at zero."""
    return FakeTime()


@pytest.fixture
def serve() -> Serve:
    """Start an HTTP server whose every path is answered by one handler; gives the settings that lead to it."""

    @asynccontextmanager
    async def start(handler: Handler, **options: object) -> AsyncGenerator[Config]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        async with TestServer(app) as server:
            address = {"api_scheme": "http", "api_host": server.host, "api_port": server.port}
            yield Config.load(environ={}, api_key=KEY, **address, **options)

    return start


class RawServer:
    """A server that says what a test wants, byte by byte, and knows which connections are open."""

    def __init__(self, talk: Talk) -> None:
        """Talk on each connection once the head of a request has come."""
        self._talk = talk
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self.opened = 0
        self.open_now = 0
        self.heads: list[bytes] = []
        self.all_closed = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection, and wait until the client leaves it where ``talk`` does not close it."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.opened += 1
        self.open_now += 1
        self.all_closed.clear()
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
                await self._talk(reader, writer)
                await writer.drain()
        finally:
            self.open_now -= 1
            if not self.open_now:
                self.all_closed.set()
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def wait(self) -> None:
        """Wait until all connections are done."""
        async with asyncio.timeout(30):
            await asyncio.gather(*self._tasks)


async def accept_no_more(server: asyncio.Server) -> None:
    """Leave the port, and let what was accepted become tasks: a connection that meets a closed server leaks."""
    for listening in server.sockets:
        asyncio.get_running_loop().remove_reader(listening.fileno())
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.fixture
def serve_raw() -> ServeRaw:
    """Start a server that answers with raw bytes; gives it and the settings that lead to it."""

    @asynccontextmanager
    async def start(talk: Talk, **options: object) -> AsyncGenerator[tuple[RawServer, Config]]:
        raw = RawServer(talk)
        server = await asyncio.start_server(raw.serve, "127.0.0.1", 0)
        raw.port = server.sockets[0].getsockname()[1]
        address = {"api_scheme": "http", "api_host": "127.0.0.1", "api_port": raw.port}
        try:
            yield raw, Config.load(environ={}, api_key=KEY, **{**address, **options})
        finally:
            await accept_no_more(server)
            server.close()
            await raw.wait()

    return start


@pytest.fixture
async def unused_port() -> AsyncIterator[int]:
    """A port that is bound and on which nobody listens."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]

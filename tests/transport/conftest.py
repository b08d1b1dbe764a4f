"""Real servers on this machine, and clocks that nobody waits for."""

from __future__ import annotations

import socket
from contextlib import AbstractAsyncContextManager, asynccontextmanager
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


@pytest.fixture
async def unused_port() -> AsyncIterator[int]:
    """A port that is bound and on which nobody listens."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]

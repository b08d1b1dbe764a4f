"""A server in memory with a few experiments, and a browser of plain HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest

from arize_async.server import LocalServer

from .visits import HOSTILE, Filled, Visitor, fill

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def server() -> AsyncIterator[LocalServer]:
    """A server that keeps nothing."""
    async with LocalServer(":memory:") as running:
        yield running


@pytest.fixture
async def stranger(server: LocalServer) -> AsyncIterator[Visitor]:
    """Somebody who is not signed in."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(server.url, cookie_jar=jar, timeout=aiohttp.ClientTimeout(30)) as session:
        yield Visitor(session)


@pytest.fixture
async def visitor(server: LocalServer, stranger: Visitor) -> Visitor:
    """Somebody who followed the link of the server."""
    assert (await stranger.get(server.page)).status == 200
    return stranger


@pytest.fixture
async def filled(server: LocalServer) -> Filled:
    """Two experiments of three examples: the second one is worse at the first example and better at the last."""
    assert server._running is not None
    return await fill(server._running.store, "plain")


@pytest.fixture
async def hostile(server: LocalServer) -> Filled:
    """The same with markup in every name and text."""
    assert server._running is not None
    return await fill(server._running.store, HOSTILE)

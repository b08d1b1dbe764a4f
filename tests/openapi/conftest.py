"""An embedded server in memory, a client of it, and the document that it publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from arize_async.server import LocalServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def server() -> AsyncIterator[LocalServer]:
    """A server that keeps nothing."""
    async with LocalServer(":memory:") as running:
        yield running


@pytest.fixture
async def session(server: LocalServer) -> AsyncIterator[aiohttp.ClientSession]:
    """A plain HTTP client with the key."""
    headers = {"Authorization": f"Bearer {server.api_key}"}
    async with aiohttp.ClientSession(server.url, headers=headers, timeout=aiohttp.ClientTimeout(30)) as client:
        yield client


@pytest.fixture
async def document(session: aiohttp.ClientSession) -> dict[str, Any]:
    """The document of the server."""
    async with session.get("/openapi.json") as response:
        return await response.json()

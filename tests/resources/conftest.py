"""A client of an embedded server, and a server that only listens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from arize_async import ArizeClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from arize_async.models.dataset import Dataset

QUESTIONS = [{"question": f"q{number}", "answer": f"a{number}"} for number in range(3)]
SPACE = "U3BhY2U6MTpBYkNk"
DATASET = "RGF0YXNldDoxMTpBYkNk"
EXPERIMENT = "RXhwZXJpbWVudDoxMzpBYkNk"
CONFIG = "QW5ub3RhdGlvbkNvbmZpZzo2OkFiQ2Q="


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the files of embedded servers in the test's folder."""
    monkeypatch.setenv("ARIZE_DIRECTORY", str(tmp_path / "arize"))


@pytest.fixture
async def client() -> AsyncIterator[ArizeClient]:
    """A client of an embedded server that keeps nothing."""
    async with ArizeClient.local(":memory:") as client:
        yield client


@pytest.fixture
async def dataset(client: ArizeClient) -> Dataset:
    """A dataset with three examples."""
    return await client.datasets.create(name="questions", space="default", examples=QUESTIONS)


@pytest.fixture
async def example_ids(client: ArizeClient, dataset: Dataset) -> list[str]:
    """The ids of the three examples."""
    return [example.id async for example in await client.datasets.list_examples(dataset=dataset.id)]


class Listener:
    """An HTTP server that notes every request and answers what it was told."""

    def __init__(self) -> None:
        """Note nothing yet."""
        self.lines: list[str] = []
        self.answers: dict[str, Any] = {}
        self.script: list[tuple[int, Any]] = []
        self.bodies: list[Any] = []

    async def handle(self, request: web.Request) -> web.Response:
        """Note a request; the answer is the next of the script, else the one whose key begins the request line."""
        line = f"{request.method} {request.raw_path}"
        text = await request.text()
        self.lines.append(line)
        self.bodies.append(json.loads(text) if text else None)
        key = max((key for key in self.answers if line.startswith(key)), key=len, default=None)
        status, body = self.answers[key] if key is not None else (200, {})
        if self.script:
            status, body = self.script.pop(0)
        return web.Response(
            status=status, text=None if body is None else json.dumps(body), content_type="application/json"
        )


@pytest.fixture
async def listener() -> AsyncIterator[tuple[Listener, ArizeClient]]:
    """The server that listens, and a client of it."""
    listening = Listener()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", listening.handle)
    async with (
        TestServer(app) as server,
        ArizeClient(api_key="k", api_scheme="http", api_host=server.host, api_port=server.port) as client,
    ):
        yield listening, client

"""An embedded server, clients of it that share a cache, and a count of what is downloaded."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest

from arize_async import ArizeClient
from arize_async.server import LocalServer
from arize_async.transport.flight import FlightTransport

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from arize_async.models.dataset import Dataset

ROWS = [{"question": f"q{number}", "number": number, "metadata": {"n": number}} for number in range(5)]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep caches and the files of embedded servers in the test's folder."""
    monkeypatch.setenv("ARIZE_DIRECTORY", str(tmp_path / "arize"))
    monkeypatch.delenv("ARIZE_ENABLE_CACHING", raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the cached files are."""
    return tmp_path / "arize" / "cache" / "examples"


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The versions of datasets that were read over Flight, in order; "" is the latest."""
    seen: list[str] = []
    read = FlightTransport.read_dataset

    def noted(self: FlightTransport, space_id: str, dataset_id: str, version: str = "") -> Any:
        seen.append(version)
        return read(self, space_id, dataset_id, version)

    monkeypatch.setattr(FlightTransport, "read_dataset", noted)
    return seen


@pytest.fixture
async def server() -> AsyncIterator[LocalServer]:
    """A server that keeps nothing."""
    async with LocalServer(":memory:") as running:
        yield running


@pytest.fixture
async def connect(server: LocalServer) -> AsyncIterator[Callable[..., ArizeClient]]:
    """Make clients of the server; what is given goes before the server's own options."""
    async with AsyncExitStack() as stack:
        opened: list[ArizeClient] = []

        async def close() -> None:
            for client in opened:
                await client.aclose()

        stack.push_async_callback(close)

        def make(**options: Any) -> ArizeClient:
            together: dict[str, Any] = {**server.client_options, **options}
            opened.append(ArizeClient(**together))
            return opened[-1]

        yield make


@pytest.fixture
def client(connect: Callable[..., ArizeClient]) -> ArizeClient:
    """A client with a cache."""
    return connect()


@pytest.fixture
async def dataset(client: ArizeClient) -> Dataset:
    """A dataset of five examples."""
    return await client.datasets.create(name="questions", space="default", examples=ROWS)

"""A real OTLP collector, a client whose spans go there, and a model to call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import openai
import pytest
import trustme
from tracing.parts.collector import Collector, collecting
from tracing.parts.model import Model

from arize_async import ArizeClient
from arize_async.server import LocalServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from arize_async.models.dataset import Dataset


@pytest.fixture
def collector() -> Iterator[Collector]:
    """Run a collector."""
    with collecting() as running:
        yield running


@pytest.fixture
def authority() -> trustme.CA:
    """An authority that nobody trusts by itself."""
    return trustme.CA()


@pytest.fixture
def secure_collector(authority: trustme.CA) -> Iterator[Collector]:
    """Run a collector that speaks TLS."""
    issued = authority.issue_cert("127.0.0.1")
    pair = (issued.private_key_pem.bytes(), issued.cert_chain_pems[0].bytes())
    with collecting(grpc.ssl_server_credentials([pair])) as running:
        yield running


@pytest.fixture
async def client(collector: Collector) -> AsyncIterator[ArizeClient]:
    """Open a client of an embedded server; spans go to the collector."""
    async with LocalServer(":memory:") as server:
        options: dict[str, Any] = {**server.client_options, "otlp_port": collector.port}
        async with ArizeClient(**options) as opened:
            yield opened


@pytest.fixture
async def dataset(client: ArizeClient) -> Dataset:
    """Store three examples."""
    examples = [{"attributes.input.value": f"q{i}", "number": i} for i in range(3)]
    return await client.datasets.create(name="traced", space="default", examples=examples)


@pytest.fixture
async def model() -> AsyncIterator[Model]:
    """Run a model server."""
    async with Model().served() as served:
        yield served


@pytest.fixture
async def llm(model: Model) -> AsyncIterator[openai.AsyncOpenAI]:
    """Open the real client."""
    async with openai.AsyncOpenAI(api_key="k", base_url=model.url, max_retries=0) as opened:
        yield opened

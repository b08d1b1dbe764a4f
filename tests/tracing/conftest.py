"""A real OTLP collector and a client whose spans go there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
import pytest
import trustme
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

from arize_async import ArizeClient
from arize_async.server import LocalServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator, Iterator

    from arize_async.models.dataset import Dataset


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """Keeps every span with its project and the metadata of its request."""

    def __init__(self) -> None:
        """Start empty."""
        self.port = 0
        self.spans: list[Any] = []
        self.projects: list[str] = []
        self.metadata: dict[str, Any] = {}

    def Export(self, request: Any, context: Any) -> Any:  # noqa: N802 - the name in the protocol
        """Take spans."""
        self.metadata = dict(context.invocation_metadata())
        for resource_spans in request.resource_spans:
            project = attributes(resource_spans.resource)["openinference.project.name"]
            for scope_spans in resource_spans.scope_spans:
                self.spans.extend(scope_spans.spans)
                self.projects.extend([project] * len(scope_spans.spans))
        return trace_service_pb2.ExportTraceServiceResponse()

    def named(self, prefix: str) -> list[Any]:
        """Return the spans whose name starts so, oldest first."""
        found = [span for span in self.spans if span.name.startswith(prefix)]
        return sorted(found, key=lambda span: span.start_time_unix_nano)


def attributes(holder: Any) -> dict[str, Any]:
    """Return attributes as a dict of Python values."""
    return {item.key: getattr(item.value, item.value.WhichOneof("value")) for item in holder.attributes}


@contextmanager
def collecting(credentials: grpc.ServerCredentials | None = None) -> Generator[Collector]:
    """Run a collector on a port of its own, with TLS where there are credentials."""
    servicer = Collector()
    server = grpc.server(ThreadPoolExecutor(2))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(servicer, server)
    address = "127.0.0.1:0"
    servicer.port = server.add_secure_port(address, credentials) if credentials else server.add_insecure_port(address)
    server.start()
    yield servicer
    server.stop(None).wait(30)


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

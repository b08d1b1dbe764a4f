"""A real OTLP collector."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Generator


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """Keeps every span with its project and the metadata of its request."""

    def __init__(self) -> None:
        """Start empty."""
        self.port = 0
        self.spans: list[Any] = []
        self.projects: list[str] = []
        self.resources: list[dict[str, Any]] = []
        self.metadata: dict[str, Any] = {}

    def Export(self, request: Any, context: Any) -> Any:  # noqa: N802 - the name in the protocol
        """Take spans."""
        self.metadata = dict(context.invocation_metadata())
        for resource_spans in request.resource_spans:
            resource = attributes(resource_spans.resource)
            project = resource["openinference.project.name"]
            for scope_spans in resource_spans.scope_spans:
                self.spans.extend(scope_spans.spans)
                self.projects.extend([project] * len(scope_spans.spans))
                self.resources.extend([resource] * len(scope_spans.spans))
        return trace_service_pb2.ExportTraceServiceResponse()

    def clear(self) -> None:
        """Forget all spans."""
        for kept in (self.spans, self.projects, self.resources):
            kept.clear()

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


def under(collector: Collector, parents: str) -> Counter[str]:
    """Count the names of the spans below spans of a name, all of them in the same project."""
    owners = {
        span.span_id: (span.trace_id, project)
        for span, project in zip(collector.spans, collector.projects, strict=True)
        if span.name.startswith(parents)
    }
    return Counter(
        span.name
        for span, project in zip(collector.spans, collector.projects, strict=True)
        if owners.get(span.parent_span_id) == (span.trace_id, project)
    )

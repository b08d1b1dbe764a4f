"""Spans as they came: an OTLP collector that records them and hands them on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import (
    TraceServiceServicer,
    TraceServiceStub,
    add_TraceServiceServicer_to_server,
)

if TYPE_CHECKING:
    from collections.abc import Generator

    from journal import Journal

_TIMEOUT = 60.0
_OF_ONE_CONNECTION = {"user-agent"}


@contextmanager
def recorded_otlp(journal: Journal, port: int) -> Generator[int]:
    """Record what is sent to the port that is yielded, and send it to ``port``."""
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel, ThreadPoolExecutor() as threads:
        server = grpc.server(threads)
        add_TraceServiceServicer_to_server(_Recorder(journal, TraceServiceStub(channel)), server)
        own = server.add_insecure_port("127.0.0.1:0")
        server.start()
        yield own
        server.stop(grace=None).wait(_TIMEOUT)


class _Recorder(TraceServiceServicer):
    def __init__(self, journal: Journal, target: TraceServiceStub) -> None:
        self._journal = journal
        self._target = target

    def Export(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 - the service's name for it
        """Take spans."""
        given = [(name, value) for name, value in context.invocation_metadata() if name not in _OF_ONE_CONNECTION]
        self._journal.add(
            "otlp",
            headers=[[name, value] for name, value in given],
            resources=[MessageToDict(spans, preserving_proto_field_name=True) for spans in request.resource_spans],
        )
        return self._target.Export(request, metadata=given, timeout=_TIMEOUT)

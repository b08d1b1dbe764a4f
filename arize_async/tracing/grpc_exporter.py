"""OTLP by gRPC, with an eye on what the collector answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

from arize_async.tracing.encoding import encode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
    from opentelemetry.sdk.trace import ReadableSpan

    from arize_async.tracing.health import Answer, Health

_BUSY = {grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.ABORTED}
_NOBODY = ("failed to connect to all addresses", "DNS resolution failed", "empty address list")
_LOST = {grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED}


class GrpcExporter(OTLPSpanExporter):
    """OpenTelemetry's exporter; it keeps for itself what collectors answer, so the stub is watched.

    Where a version of it has no ``_translate_data`` to replace, it encodes all spans itself.
    """

    def __init__(self, health: Health, **options: Any) -> None:
        """Tell ``health`` what requests meet; ``options`` are those of the exporter."""
        self._health = health
        super().__init__(**options)

    def _initialize_channel_and_stub(self) -> None:
        super()._initialize_channel_and_stub()  # pyright: ignore[reportPrivateUsage] - it makes the stub again and again
        self._client: Any = _WatchedStub(self._client, self._health)

    def _translate_data(self, data: Sequence[ReadableSpan]) -> ExportTraceServiceRequest:
        return encode(data)


class _WatchedStub:
    def __init__(self, stub: Any, health: Health) -> None:
        self._stub, self._health = stub, health

    def Export(self, **request: Any) -> Any:  # noqa: N802 - the name in the protocol
        self._health.begin()
        try:
            response = self._stub.Export(**request)
        except grpc.RpcError as error:
            self._health.met(_answer(error))
            raise
        self._health.met("taken", max(0, response.partial_success.rejected_spans))
        return response


def _answer(error: Any) -> Answer:
    code = error.code()
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED and "larger than max" in str(error.details()):
        return "large"
    if code in _BUSY:
        return "busy"
    if code is grpc.StatusCode.UNAVAILABLE:  # said by the collector, or by gRPC when it finds none
        return "absent" if any(text in str(error.details()) for text in _NOBODY) else "busy"
    return "silence" if code in _LOST else "refused"

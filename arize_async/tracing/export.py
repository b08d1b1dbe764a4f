"""Sending spans: in requests that a collector takes, counted, and given up when it is dead."""

from __future__ import annotations

import logging
from threading import Lock
from typing import TYPE_CHECKING, Any

import grpc
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from arize_async.wire.headers import otlp_headers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
    from opentelemetry.sdk.trace import ReadableSpan

    from arize_async.config import Config

log = logging.getLogger("arize_async.tracing")
REQUEST_BYTES = 3 * 1024 * 1024  # collectors take 4 MiB unless they are set up otherwise


class CountingExporter(SpanExporter):
    """Splits batches by size and counts the spans that another exporter could not deliver.

    Attributes:
        delivered: Spans that the collector took.
        lost: Spans that it did not take.
        fails: Whether the last request failed.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        """Wrap an exporter."""
        self._exporter = exporter
        self._given_up = False
        self._watcher: Callable[[], None] = _nobody
        self._lock = Lock()  # spans are lost in many threads
        self.delivered = 0
        self.lost = 0
        self.fails = False

    @property
    def done(self) -> int:
        """How many spans were delivered or lost."""
        return self.delivered + self.lost

    def watch(self, watcher: Callable[[], None]) -> None:
        """Tell ``watcher`` of each export that ended, in the thread that made it."""
        self._watcher = watcher

    def lose(self, spans: int) -> None:
        """Count spans as lost."""
        with self._lock:
            self.lost += spans

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export and count."""
        results = [self._export(part) for part in _by_size(spans)]
        return SpanExportResult.SUCCESS if all(results) else SpanExportResult.FAILURE

    def give_up(self) -> None:
        """Count what is not delivered yet as lost; an export under way ends."""
        self._given_up = True
        self._exporter.shutdown()

    def shutdown(self) -> None:
        """Shut the wrapped exporter down."""
        if not self._given_up:
            self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Flush the wrapped exporter."""
        return self._exporter.force_flush(timeout_millis)

    def _export(self, spans: Sequence[ReadableSpan]) -> bool:
        delivered, before = False, self._rejected
        try:
            delivered = not self._given_up and self._exporter.export(spans) is SpanExportResult.SUCCESS
        except Exception:
            log.exception("spans could not be sent")
        self.fails = not delivered
        lost = min(self._rejected - before, len(spans)) if delivered else len(spans)
        self.delivered += len(spans) - lost
        self.lose(lost)
        self._watcher()
        return delivered

    @property
    def _rejected(self) -> int:
        return self._exporter.rejected if isinstance(self._exporter, PlatformExporter) else 0


class PlatformExporter(OTLPSpanExporter):
    """Exports over gRPC and counts what a collector refuses of a batch that it takes.

    Attributes:
        rejected: Spans that collectors refused so (OTLP 1.x, partial success).
    """

    rejected: int = 0

    def _initialize_channel_and_stub(self) -> None:
        """Listen to the answers, which the exporter does not look at; a reconnection comes here again."""
        super()._initialize_channel_and_stub()
        self._client: Any = _Listened(self._client, self._heard)

    def _heard(self, answer: ExportTraceServiceResponse) -> None:
        self.rejected += max(0, answer.partial_success.rejected_spans)


class _Listened:
    """A stub whose answers are heard."""

    def __init__(self, stub: Any, heard: Callable[[ExportTraceServiceResponse], None]) -> None:
        self._stub = stub
        self._heard = heard

    def Export(self, **call: Any) -> ExportTraceServiceResponse:  # noqa: N802 - the protocol's name
        answer: ExportTraceServiceResponse = self._stub.Export(**call)
        self._heard(answer)
        return answer


def _nobody() -> None:
    """Take no notice."""


def span_exporter(config: Config, space_id: str, trusted: bytes | None = None) -> SpanExporter:
    """Return the exporter to the platform (wire contract 1.5 and 5.1).

    Args:
        config: Where spans go, and the key.
        space_id: The space of the project.
        trusted: Certificates of the authorities to trust; by default those that gRPC comes with.
    """
    endpoint = config.endpoints.otlp
    return PlatformExporter(
        endpoint=endpoint.url,
        insecure=not endpoint.encrypted,
        credentials=grpc.ssl_channel_credentials(trusted) if trusted else None,
        headers=otlp_headers(config, space_id),
        timeout=config.timeouts.export,
    )


def _by_size(spans: Sequence[ReadableSpan]) -> Iterator[Sequence[ReadableSpan]]:
    """Cut a batch so that no request is too large; a span that is too large goes alone."""
    start, size = 0, 0
    for index, span in enumerate(spans):
        width = _size(span)
        if size + width > REQUEST_BYTES and index > start:
            yield spans[start:index]
            start, size = index, 0
        size += width
    if start < len(spans):
        yield spans[start:]


def _size(span: ReadableSpan) -> int:
    """Estimate the bytes of a span: its texts, and something for the rest."""
    holders = [span.attributes or {}, *(event.attributes or {} for event in span.events)]
    texts = [value for holder in holders for value in holder.values() if isinstance(value, str)]
    return 500 + sum(len(text) if text.isascii() else 4 * len(text) for text in texts)

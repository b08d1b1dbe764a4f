"""The tracer provider of one run."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from openinference.semconv.resource import ResourceAttributes
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from arize_async._version import __version__
from arize_async.tracing.usage import UsageCollector
from arize_async.wire.headers import otlp_headers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import Tracer

    from arize_async.config import Config

log = logging.getLogger("arize_async.tracing")
QUEUE_SPANS = 1_000_000
BATCH_SPANS = 512


class CountingExporter(SpanExporter):
    """Counts the spans that another exporter could not deliver."""

    def __init__(self, exporter: SpanExporter) -> None:
        """Wrap an exporter."""
        self._exporter = exporter
        self.delivered = 0
        self.lost = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export and count."""
        result = self._exporter.export(spans)
        if result is SpanExportResult.SUCCESS:
            self.delivered += len(spans)
        else:
            self.lost += len(spans)
        return result

    def shutdown(self) -> None:
        """Shut the wrapped exporter down."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Flush the wrapped exporter."""
        return self._exporter.force_flush(timeout_millis)


class RunTracing:
    """Makes the spans of one run and sends them to its project.

    Attributes:
        provider: The run's own provider; nothing global is touched.
        usage: Tokens and cost of the LLM spans, by trace.
    """

    def __init__(self, project: str, exporter: SpanExporter | None) -> None:
        """Send to ``exporter``, or only make ids when there is none."""
        self.provider = TracerProvider(
            resource=Resource({ResourceAttributes.PROJECT_NAME: project}), shutdown_on_exit=False
        )
        self.usage = UsageCollector()
        self.provider.add_span_processor(self.usage)
        self._exporter = CountingExporter(exporter) if exporter else None
        if self._exporter:
            self.provider.add_span_processor(
                BatchSpanProcessor(self._exporter, max_queue_size=QUEUE_SPANS, max_export_batch_size=BATCH_SPANS)
            )

    @property
    def tracer(self) -> Tracer:
        """The tracer of task and evaluator spans."""
        return self.provider.get_tracer("arize_async", __version__)

    async def aclose(self, timeout: float) -> int:  # noqa: ASYNC109 - flushing is bounded by its own deadline
        """Flush what is queued, for so many seconds at most, and return how many spans were lost."""
        return await asyncio.to_thread(self._close, timeout)

    def _close(self, seconds: float) -> int:
        flushed = self.provider.force_flush(int(seconds * 1000))
        self.provider.shutdown()
        if self._exporter is None:
            return 0
        if self._exporter.lost or not flushed:
            log.warning("%d spans of the run could not be delivered; its results are complete", self._exporter.lost)
        return self._exporter.lost


def span_exporter(config: Config, space_id: str) -> SpanExporter:
    """Return the exporter to the platform (wire contract 1.5 and 5.1)."""
    endpoint = config.endpoints.otlp
    return OTLPSpanExporter(
        endpoint=endpoint.url,
        insecure=not endpoint.encrypted,
        headers=otlp_headers(config, space_id),
        timeout=config.timeouts.export,
    )

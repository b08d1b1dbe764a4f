"""The tracer provider of one run."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from openinference.semconv.resource import ResourceAttributes
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from arize_async._version import __version__
from arize_async.executors.threads import ThreadExecutor
from arize_async.tracing.export import CountingExporter
from arize_async.tracing.usage import UsageCollector

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer

log = logging.getLogger("arize_async.tracing")
QUEUE_SPANS = 1_000_000
BATCH_SPANS = 512


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

    async def aclose(self, timeout: float) -> int:  # noqa: ASYNC109 - what is not delivered by then is given up
        """Deliver what is queued, for so many seconds at most, and return how many spans were lost."""
        if self._exporter is None:
            return 0
        threads = ThreadExecutor("arize-export")
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await threads.call(self.provider.force_flush)
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await threads.call(self._end)
        await threads.aclose()
        if self._exporter.lost:
            log.warning("%d spans of the run could not be delivered; its results are complete", self._exporter.lost)
        return self._exporter.lost

    def _end(self) -> None:
        if self._exporter:
            self._exporter.give_up()
        self.provider.shutdown()

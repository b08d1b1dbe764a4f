"""The tracer provider of one run."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from openinference.semconv.resource import ResourceAttributes
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from arize_async._version import __version__
from arize_async.tracing.export import CountingExporter
from arize_async.tracing.queue import SpanQueue
from arize_async.tracing.span import RunSpan
from arize_async.tracing.usage import UsageCollector
from arize_async.transport.threads import in_thread

if TYPE_CHECKING:
    from collections.abc import Callable

    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import SpanContext
    from opentelemetry.util.types import AttributeValue

log = logging.getLogger("arize_async.tracing")
_SCOPE = InstrumentationScope("arize_async", __version__)


class _RunResource(Resource):
    """The resource of one run; the exporter asks for its hash with every span, and the SDK's writes JSON for that."""

    def __hash__(self) -> int:
        """Return a number of this object's own; equal resources of other runs are never in one export."""
        return id(self)


class RunTracing:
    """Makes the spans of one run and sends them to its project.

    Attributes:
        provider: The run's own provider; nothing global is touched.
        usage: Tokens and cost of the LLM spans, by trace.
    """

    def __init__(self, project: str, exporter: SpanExporter | None) -> None:
        """Send to ``exporter``, or only make ids when there is none."""
        self.provider = TracerProvider(
            resource=_RunResource({ResourceAttributes.PROJECT_NAME: project}), shutdown_on_exit=False
        )
        self.usage = UsageCollector()
        self.provider.add_span_processor(self.usage)
        self._exporter = CountingExporter(exporter) if exporter else None
        self._queue = SpanQueue(self._exporter) if self._exporter else None
        if self._queue:
            self.provider.add_span_processor(self._queue)

    def start_span(self, name: str, attributes: dict[str, AttributeValue], link: SpanContext | None = None) -> RunSpan:
        """Start a root span with attributes that are valid."""
        return RunSpan(name, attributes, link=link, resource=self.provider.resource, scope=_SCOPE, ended=self._send)

    def _send(self, span: ReadableSpan) -> None:
        if self._queue:
            self._queue.on_end(span)

    @property
    def is_behind(self) -> bool:
        """Whether more spans wait to be sent than should."""
        return self._queue is not None and self._queue.is_behind

    async def caught_up(self) -> None:
        """Wait until no more spans wait to be sent than should; a collector that fails is not waited for."""
        if self._queue:
            await self._queue.caught_up()

    async def flush(self, timeout: float) -> None:  # noqa: ASYNC109 - what is not delivered by then comes later
        """Deliver what is queued, for so many seconds at most."""
        if self._exporter is not None:
            await _within(timeout, self.provider.force_flush)

    async def aclose(self, timeout: float) -> int:  # noqa: ASYNC109 - what is not delivered by then is given up
        """Deliver what is queued, for so many seconds at most, and return how many spans were lost."""
        if self._exporter is None:
            return 0
        await self.flush(timeout)
        await _within(timeout, self._end)
        if self._exporter.lost:
            log.warning("%d spans of the run could not be delivered; its results are complete", self._exporter.lost)
        return self._exporter.lost

    def _end(self) -> None:
        if self._exporter:
            self._exporter.give_up()
        self.provider.shutdown()


async def _within(seconds: float, call: Callable[[], object]) -> None:
    """Make a call that blocks; it is left alone when it takes too long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await in_thread(call, name="arize-export", grace=0)

"""The tracer provider of one run."""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from openinference.semconv.resource import ResourceAttributes
from opentelemetry.sdk.environment_variables import OTEL_ATTRIBUTE_COUNT_LIMIT, OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from arize_async._version import __version__
from arize_async.config.tracing import Tracing
from arize_async.tracing.content import Content, copied_span
from arize_async.tracing.health import Health
from arize_async.tracing.outbox import Outbox
from arize_async.tracing.span import RunSpan
from arize_async.tracing.usage import UsageCollector
from arize_async.transport.threads import in_thread

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import ReadableSpan, Span
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import SpanContext, Tracer
    from opentelemetry.util.types import AttributeValue

log = logging.getLogger("arize_async.tracing")
MOST_ATTRIBUTES = 10_000
"""Of one span, as OpenInference has it: each part of a message is an attribute."""
MOST_OPEN = 10_000
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
        tracers: Those that were made of the provider for instrumentors.
        closed: Whether the run takes no further spans.
    """

    def __init__(
        self,
        project: str,
        exporter: SpanExporter | None,
        tracing: Tracing | None = None,
        health: Health | None = None,
    ) -> None:
        """Send with ``exporter``, which tells ``health`` what requests meet, or only make ids when there is none."""
        tracing = tracing or Tracing()
        self._resource = _RunResource({ResourceAttributes.PROJECT_NAME: project})
        self._merged: dict[int, tuple[Resource, Resource]] = {}
        self.provider = TracerProvider(
            resource=self._resource, sampler=ALWAYS_ON, span_limits=_limits(), shutdown_on_exit=False
        )
        self.usage = UsageCollector(tracing.prices)
        self.tracers: dict[object, Tracer] = {}
        self.closed = False
        self._deadline: float | None = None
        self._open = _OpenSpans(self)
        self.provider.add_span_processor(self._open)
        self._outbox = Outbox(exporter, health or Health(), Content(tracing)) if exporter else None

    def start_span(self, name: str, attributes: dict[str, AttributeValue], link: SpanContext | None = None) -> RunSpan:
        """Start a root span with attributes that are valid."""
        return RunSpan(name, attributes, link=link, resource=self._resource, scope=_SCOPE, ended=self._send)

    def take(self, span: ReadableSpan) -> None:
        """Take a span that ended in this run."""
        self.usage.add(span)
        self._send(span)

    def adopt(self, span: ReadableSpan) -> None:
        """Take a copy of a span that another provider made; its resource keeps what it says beside the project."""
        _, merged = self._merged.get(id(span.resource), (None, None))
        if merged is None:
            merged = _RunResource(span.resource.merge(self._resource).attributes)
            self._merged[id(span.resource)] = span.resource, merged  # kept, so that the id stays its own
        self.take(copied_span(span, resource=merged))

    @property
    def lost(self) -> int:
        """How many spans will not be delivered."""
        return 0 if self._outbox is None else self._outbox.lost

    @property
    def is_behind(self) -> bool:
        """Whether no task should begin before the collector has caught up."""
        return self._outbox is not None and self._outbox.is_crowded

    async def caught_up(self) -> None:
        """Wait until the collector has caught up, or counts as dead."""
        if self._outbox is not None:
            await self._outbox.room()

    async def flush(self, timeout: float) -> None:  # noqa: ASYNC109 - counted from the first flush on
        """Deliver what is there, for so many seconds at most."""
        self._open.end()
        if self._outbox is not None:
            self._deadline = self._deadline or asyncio.get_running_loop().time() + timeout
            with suppress(TimeoutError):
                async with asyncio.timeout_at(self._deadline):
                    await self._outbox.flush()

    async def aclose(self, timeout: float) -> int:  # noqa: ASYNC109 - what is not delivered by then is given up
        """Deliver what is there, for so many seconds at most, and return how many spans were lost."""
        await self.flush(timeout)
        self.closed = True
        if self._outbox is None:
            return 0
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await in_thread(self._outbox.close, name="arize-export", grace=0)
        if self._outbox.lost:
            log.warning("%d spans of the run could not be delivered; its results are complete", self._outbox.lost)
        return self._outbox.lost

    def _send(self, span: ReadableSpan) -> None:
        if self._outbox:
            self._outbox.add(span)


class _OpenSpans(SpanProcessor):
    """Ends the spans that nobody ends: those of streamed answers that were not read to their end."""

    def __init__(self, run: RunTracing) -> None:
        self._run = run
        self._spans: dict[int, Span] = {}

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        del parent_context
        self._spans[span.get_span_context().span_id] = span
        if len(self._spans) > MOST_OPEN:
            with suppress(RuntimeError, StopIteration):  # another thread was faster
                self._abandon(next(iter(self._spans)))

    def on_end(self, span: ReadableSpan) -> None:
        if span.context is not None:
            self._spans.pop(span.context.span_id, None)
        self._run.take(span)

    def end(self) -> None:
        for number in list(self._spans):
            self._abandon(number)

    def _abandon(self, number: int) -> None:
        if span := self._spans.pop(number, None):
            span.add_event("abandoned")
            span.end()


def _limits() -> SpanLimits:
    """Return limits that hold long conversations, or those of the environment."""
    is_set = os.environ.get(OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT) or os.environ.get(OTEL_ATTRIBUTE_COUNT_LIMIT)
    return SpanLimits() if is_set else SpanLimits(max_span_attributes=MOST_ATTRIBUTES)

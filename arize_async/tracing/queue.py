"""Spans on their way out: few enough for memory, whatever the collector does."""

from __future__ import annotations

import asyncio
import sys
from itertools import count
from typing import TYPE_CHECKING, Final

from opentelemetry.sdk.trace import SpanProcessor
from opentelemetry.sdk.trace.export import BatchSpanProcessor

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

    from arize_async.tracing.export import CountingExporter

HIGH: Final = 4096
"""Spans that wait before whoever makes them has to wait too."""
LOW: Final = 2048
"""Spans that wait when it goes on; more than a batch, which is sent without delay."""
MOST: Final = 4 * HIGH
"""Spans that are kept for a collector that fails, for which nobody waits."""
BATCH_SPANS: Final = 512
DELAY_MS: Final = 100
"""How long a span waits for others at most: what is sent while tasks wait need not be sent at the end."""


class SpanQueue(SpanProcessor):
    """Sends spans in batches from a thread, and says when it cannot keep up.

    A slow collector holds the run back; one that fails does not, and what it cannot take is counted as lost.
    """

    def __init__(self, exporter: CountingExporter) -> None:
        """Send to ``exporter``; this is called on the event loop of the run."""
        self._exporter = exporter
        self._numbers = count(1)
        self._taken = 0
        self._loop = asyncio.get_running_loop()
        self._has_room = asyncio.Event()
        self._has_room.set()
        exporter.watch(self._exported)
        self._batches = BatchSpanProcessor(
            exporter,
            max_queue_size=sys.maxsize,  # what it drops it does not count
            max_export_batch_size=BATCH_SPANS,
            schedule_delay_millis=DELAY_MS,
        )

    def __repr__(self) -> str:
        """Show how many spans wait."""
        return f"<SpanQueue [{self.waiting} waiting, {self._exporter.lost} lost]>"

    @property
    def waiting(self) -> int:
        """How many spans were taken and are neither delivered nor lost."""
        return self._taken - self._exporter.done

    @property
    def is_behind(self) -> bool:
        """Whether whoever makes spans should wait."""
        return self.waiting >= HIGH and not self._exporter.fails

    async def caught_up(self) -> None:
        """Wait until the queue is not behind; a collector that does not answer is waited for once, for its timeout."""
        while self.is_behind:
            self._has_room.clear()
            if self.is_behind:  # or the last export ended just before
                await self._has_room.wait()

    def on_end(self, span: ReadableSpan) -> None:
        """Take a span, from any thread."""
        if not (span.context and span.context.trace_flags.sampled):  # it would not be sent
            return
        self._taken = next(self._numbers)
        if self._exporter.fails and self.waiting > MOST:
            self._exporter.lose(1)
        else:
            self._batches.on_end(span)

    def force_flush(self, timeout_millis: int | None = None) -> bool:
        """Deliver what waits; this blocks."""
        return self._batches.force_flush(timeout_millis)

    def shutdown(self) -> None:
        """Deliver what waits and end the thread; this blocks."""
        self._batches.shutdown()

    def _exported(self) -> None:
        """Let the run go on; called by the thread that exports."""
        if not self._has_room.is_set() and (self.waiting <= LOW or self._exporter.fails) and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._has_room.set)

"""Spans on their way to the collector: batched, sent by a thread, counted."""

from __future__ import annotations

import asyncio
import logging
import math
import threading
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from opentelemetry import context as otel_context
from opentelemetry.context import _SUPPRESS_INSTRUMENTATION_KEY  # pyright: ignore[reportPrivateUsage] - as the SDK
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from arize_async.models.jsonable import safe_repr
from arize_async.tracing.size import cut, size_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from opentelemetry.sdk.trace import ReadableSpan

    from arize_async.tracing.content import Content
    from arize_async.tracing.health import Health

log = logging.getLogger("arize_async.tracing")
REQUEST_BYTES = 3 * 1024 * 1024  # collectors take 4 MiB unless they are set up otherwise
BATCH_SPANS = 512
DELAY = 0.1
"""Seconds that a span waits for others at most: what is sent while tasks wait need not be sent at the end."""
CROWD_SPANS, CROWD_BYTES = 4096, 64 * 1024 * 1024
"""How much may wait before no further task is begun, for a collector that takes spans."""
MOST_SPANS, MOST_BYTES = 16_384, 256 * 1024 * 1024
"""How much is kept for a collector that may come back, or that has not answered yet."""
_LIVING = 4
"""How many times as much is kept for one that takes spans: what is under way when tasks are held back comes too."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 5.0


class Outbox:
    """Takes spans that ended from any thread and sends them from one of its own.

    What a collector does not take is offered again, as long as there is room for it and time.

    Attributes:
        delivered: Spans that the collector took.
        lost: Spans that it will not get.
    """

    def __init__(self, exporter: SpanExporter, health: Health, content: Content) -> None:
        """Send with ``exporter`` what ``content`` leaves of the spans; ``health`` tells what requests meet."""
        self._exporter = exporter
        self._health = health
        self._content = content
        self._queue: deque[tuple[ReadableSpan, int]] = deque()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._gone = threading.Event()
        self._hurried = False
        self._spans = self._bytes = 0
        self._waiting: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self.delivered = self.lost = 0
        health.changed = self._tell
        threading.Thread(target=self._work, name="arize-spans", daemon=True).start()

    def __repr__(self) -> str:
        """Show the counts."""
        return f"<Outbox [{self._spans} waiting, {self.delivered} delivered, {self.lost} lost]>"

    def add(self, span: ReadableSpan) -> None:
        """Send a span, some time later."""
        size = size_of(span)
        with self._lock:
            if self._gone.is_set() or self._is_full(size):
                self.lost += 1
                return
            self._queue.append((span, size))
            self._spans += 1
            self._bytes += size
            is_due = len(self._queue) == BATCH_SPANS or self._bytes > REQUEST_BYTES
        if is_due:
            self._wake.set()

    @property
    def is_crowded(self) -> bool:
        """Whether a collector that is alive is so far behind that no further task should begin."""
        spans, size = (CROWD_SPANS, CROWD_BYTES) if self._health.has_taken else (MOST_SPANS, MOST_BYTES)
        return (self._spans >= spans or self._bytes >= size) and not self._health.is_dead

    async def room(self) -> None:
        """Wait until it is not crowded."""
        await self._until(lambda: not self.is_crowded)

    async def flush(self) -> None:
        """Wait until everything is delivered, or is not going to be."""
        self._hurried = True
        self._wake.set()
        await self._until(lambda: not self._spans or self._health.is_dead or self._gone.is_set())

    def close(self) -> None:
        """Count what is not delivered yet as lost; this blocks for as long as the exporter takes to stop."""
        with self._lock:
            self._gone.set()
            self.lost += self._spans
            self._spans = self._bytes = 0
            self._queue.clear()
        self._wake.set()
        self._exporter.shutdown()

    def _is_full(self, size: int) -> bool:
        if self._spans < MOST_SPANS and self._bytes + size <= MOST_BYTES:
            return False
        times = 1 if self._health.is_dead else _LIVING
        return self._spans >= times * MOST_SPANS or (self._spans > 0 and self._bytes + size > times * MOST_BYTES)

    async def _until(self, is_so: Callable[[], bool]) -> None:
        changed = asyncio.Event()
        self._waiting[changed] = asyncio.get_running_loop()
        try:
            while not is_so():
                patience = self._health.patience
                with suppress(TimeoutError):  # it has become dead
                    async with asyncio.timeout(None if math.isinf(patience) else max(0.0, patience)):
                        await changed.wait()
                changed.clear()
        finally:
            del self._waiting[changed]

    def _tell(self) -> None:
        """Wake whoever waits, from any thread."""
        for changed, loop in list(self._waiting.items()):
            with suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(changed.set)

    def _work(self) -> None:
        otel_context.attach(otel_context.set_value(_SUPPRESS_INSTRUMENTATION_KEY, value=True))
        while not self._gone.is_set():
            if not self._hurried and len(self._queue) < BATCH_SPANS:
                self._wake.wait(DELAY)
            elif not self._queue:
                self._wake.wait()
            self._wake.clear()
            while batch := self._next():
                self._send(batch)

    def _next(self) -> list[tuple[ReadableSpan, int]]:
        """Take what makes one request."""
        batch: list[tuple[ReadableSpan, int]] = []
        total = 0
        with self._lock:
            while (
                self._queue and len(batch) < BATCH_SPANS and (not batch or total + self._queue[0][1] <= REQUEST_BYTES)
            ):
                batch.append(self._queue.popleft())
                total += batch[-1][1]
        return batch

    def _send(self, batch: list[tuple[ReadableSpan, int]]) -> None:
        size = sum(width for _, width in batch)
        taken = self._offer([span for span, _ in batch])
        with self._lock:
            if self._gone.is_set():  # they have been counted
                return
            self._spans -= len(batch)
            self._bytes -= size
            self.delivered += taken
            self.lost += len(batch) - taken
        self._tell()

    def _offer(self, spans: list[ReadableSpan]) -> int:
        """Offer what is to be sent of spans and return how many were taken."""
        return self._delivered([ready for span in spans if (ready := self._ready(span))])

    def _ready(self, span: ReadableSpan) -> ReadableSpan | None:
        try:
            return self._content.of(span)
        except Exception as error:  # noqa: BLE001 - user code made the span
            log.warning("a span could not be made ready: %s", type(error).__name__)
            return None

    def _delivered(self, spans: list[ReadableSpan]) -> int:
        """Offer spans; one that cannot be encoded does not take others with it."""
        if not spans:
            return 0
        try:
            return self._offered(spans)
        except Exception as error:  # noqa: BLE001 - whatever the exporter minds
            if len(spans) > 1:
                return sum(self._delivered([span]) for span in spans)
            log.warning("a span could not be encoded: %s", safe_repr(error))
            return 0

    def _offered(self, spans: list[ReadableSpan]) -> int:
        """Offer spans until they are taken or refused for good."""
        pause = _FIRST_PAUSE
        while not self._gone.is_set():
            self._health.prepare()
            if self._exporter.export(spans) is SpanExportResult.SUCCESS:
                return len(spans) - min(self._health.rejected, len(spans))
            if self._health.last == "unsent" and not self._gone.is_set():
                raise ValueError("the exporter made no request of it")  # it has logged why
            if self._health.last == "large":
                return self._divided(spans)
            if self._health.last in {"taken", "refused"}:
                return 0
            self._gone.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        return 0

    def _divided(self, spans: list[ReadableSpan]) -> int:
        """Offer spans that are too large together one half at a time, and one that is too large alone cut short."""
        if len(spans) > 1:
            middle = len(spans) // 2
            return self._delivered(spans[:middle]) + self._delivered(spans[middle:])
        short = cut(spans[0])
        return 0 if short is None else self._offered([short])

"""Spans on their way to a collector that is slow, hangs or is dead."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from arize_async.tracing import queue
from arize_async.tracing.export import CountingExporter
from arize_async.tracing.provider import RunTracing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.sdk.trace import ReadableSpan

HIGH, LOW, BATCH = 20, 10, 5


@pytest.fixture(autouse=True)
def _small_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the queue be behind with few spans."""
    monkeypatch.setattr(queue, "HIGH", HIGH)
    monkeypatch.setattr(queue, "LOW", LOW)
    monkeypatch.setattr(queue, "MOST", 2 * HIGH)
    monkeypatch.setattr(queue, "BATCH_SPANS", BATCH)


class Gate(SpanExporter):
    """Takes nothing before it is opened, and then what it is given, or nothing."""

    def __init__(self) -> None:
        """Start closed."""
        self.opened = threading.Event()
        self.result = SpanExportResult.SUCCESS
        self.raised: Exception | None = None
        self.taken = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Wait for the opening."""
        assert self.opened.wait(30)
        if self.raised is not None:
            raise self.raised
        self.taken += len(spans)
        return self.result

    def shutdown(self) -> None:
        """Open."""
        self.opened.set()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Do nothing."""
        return True


def make_spans(tracing: RunTracing, count: int) -> None:
    """End so many spans."""
    for _ in range(count):
        tracing.start_span("span", {}).end()


async def test_a_slow_collector_holds_back_and_lets_go() -> None:
    """Who makes spans waits while too many are on their way, goes on when few are, and none is lost."""
    gate = Gate()
    tracing = RunTracing("project", gate)
    make_spans(tracing, HIGH - 1)
    assert not tracing.is_behind
    await tracing.caught_up()
    make_spans(tracing, 3 * HIGH)
    assert tracing.is_behind
    waiting = [asyncio.create_task(tracing.caught_up()) for _ in range(3)]
    await asyncio.wait(waiting, timeout=0)
    assert not any(task.done() for task in waiting)
    gate.opened.set()
    async with asyncio.timeout(30):
        await asyncio.gather(*waiting)
    assert not tracing.is_behind
    assert await tracing.aclose(30) == 0
    assert gate.taken == 4 * HIGH - 1


@pytest.mark.parametrize("raised", [None, RuntimeError("broken")])
async def test_a_dead_collector_holds_nobody_back(raised: Exception | None, caplog: pytest.LogCaptureFixture) -> None:
    """Once a request has failed the run goes on, a bounded number of spans is kept, and each loss is counted."""
    gate = Gate()
    gate.result, gate.raised = SpanExportResult.FAILURE, raised
    tracing = RunTracing("project", gate)
    make_spans(tracing, 3 * HIGH)
    waiting = asyncio.create_task(tracing.caught_up())
    await asyncio.wait([waiting], timeout=0)
    assert not waiting.done()
    gate.opened.set()
    async with asyncio.timeout(30):
        await waiting
    make_spans(tracing, 10 * HIGH)
    assert not tracing.is_behind
    assert await tracing.aclose(30) == 13 * HIGH
    assert f"{13 * HIGH} spans of the run could not be delivered" in caplog.text


async def test_spans_beyond_what_is_kept_for_a_dead_collector_are_dropped() -> None:
    """Memory stays bounded while nothing can be delivered."""
    gate = Gate()
    gate.result = SpanExportResult.FAILURE
    exporter = CountingExporter(gate)
    spans = queue.SpanQueue(exporter)
    tracing = RunTracing("project", None)
    tracing.provider.add_span_processor(spans)
    exporter.fails = True
    tracer = tracing.provider.get_tracer("test")
    for _ in range(5 * HIGH):
        tracer.start_span("span").end()
    assert spans.waiting == 2 * HIGH
    assert exporter.lost == 3 * HIGH
    assert repr(spans) == f"<SpanQueue [{2 * HIGH} waiting, {3 * HIGH} lost]>"
    gate.opened.set()
    await asyncio.to_thread(spans.shutdown)
    assert exporter.lost == 5 * HIGH

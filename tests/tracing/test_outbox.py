"""Spans on their way: what a slow, a dead and a choosy collector does to them."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import anyio
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from arize_async.config import Tracing
from arize_async.tracing.content import Content
from arize_async.tracing.health import LATE_SECONDS, Health
from arize_async.tracing.outbox import CROWD_SPANS, MOST_SPANS, Outbox
from arize_async.tracing.size import TRUNCATED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.sdk.trace import ReadableSpan


class Clock:
    """Tells the time that it is set to."""

    def __init__(self) -> None:
        """Start at zero."""
        self.now = 0.0

    def __call__(self) -> float:
        """Return seconds."""
        return self.now


class Collecting(SpanExporter):
    """Answers as it is told to, once it is let."""

    def __init__(self, health: Health) -> None:
        """Take spans."""
        self.health = health
        self.open = threading.Event()
        self.answer: Any = "taken"
        self.rejected = 0
        self.spans: list[ReadableSpan] = []

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Take spans, or not."""
        self.health.begin()
        self.open.wait(30)
        self.health.met(self.answer, self.rejected)
        if self.answer != "taken" and not (
            self.answer == "large" and spans[0].attributes and TRUNCATED in spans[0].attributes
        ):
            return SpanExportResult.FAILURE
        self.spans += spans
        return SpanExportResult.SUCCESS


def made(clock: Clock | None = None, tracing: Tracing | None = None) -> tuple[Outbox, Collecting, Health]:
    """Return an outbox with its collector."""
    health = Health(clock or time.monotonic)
    collecting = Collecting(health)
    return Outbox(collecting, health, Content(tracing or Tracing())), collecting, health


def span(**attributes: Any) -> Any:
    """Return a span that ended."""
    made = TracerProvider().get_tracer("t").start_span("s", attributes=attributes)
    made.end()
    return made


async def test_a_slow_collector_holds_back_and_loses_nothing() -> None:
    """Whoever makes spans waits until it has caught up."""
    outbox, collecting, health = made()
    health.met("taken")
    one = span()
    for _ in range(CROWD_SPANS + 600):
        outbox.add(one)
    assert outbox.is_crowded
    collecting.open.set()
    with anyio.fail_after(30):
        await outbox.room()
        await outbox.flush()
    assert (outbox.delivered, outbox.lost) == (CROWD_SPANS + 600, 0)
    await anyio.to_thread.run_sync(outbox.close)


async def test_a_dead_collector_holds_nothing_and_its_loss_is_counted() -> None:
    """What is kept for its return is bounded; at the end it is not waited for."""
    clock = Clock()
    outbox, collecting, health = made(clock)
    health.begin()
    health.met("silence")
    clock.now = 60.0
    collecting.answer = "silence"
    one = span()
    for _ in range(MOST_SPANS + 1000):
        outbox.add(one)
    assert not outbox.is_crowded
    assert outbox.lost >= 1000
    collecting.open.set()
    with anyio.fail_after(30):
        await outbox.flush()
    await anyio.to_thread.run_sync(outbox.close)
    assert (outbox.delivered, outbox.lost) == (0, MOST_SPANS + 1000)


def test_a_collector_that_is_late_may_come_back() -> None:
    """One that took spans is waited for after a missed deadline, however long that was; one that never did is not."""
    clock = Clock()
    known, unknown = Health(clock), Health(clock)
    known.begin()
    known.met("taken")
    for health in (known, unknown):
        health.begin()
    clock.now += 100
    for health in (known, unknown):
        health.met("silence")
    assert (known.is_dead, unknown.is_dead) == (False, True)
    clock.now += LATE_SECONDS + 1
    assert known.is_dead
    known.met("taken")
    assert not known.is_dead


async def test_rejected_spans_and_large_ones() -> None:
    """A partial success counts what was rejected; a span that is too large goes without most of its texts."""
    outbox, collecting, _ = made()
    collecting.rejected = 2
    one = span()
    for _ in range(5):  # soon enough for one request
        outbox.add(one)
    collecting.open.set()
    with anyio.fail_after(30):
        await outbox.flush()
        assert (outbox.delivered, outbox.lost) == (3, 2)
        collecting.answer, collecting.rejected = "large", 0
        outbox.add(span(text="x" * 10_000_000))
        await outbox.flush()
    assert len(str((collecting.spans[-1].attributes or {})["text"])) == 10_000
    await anyio.to_thread.run_sync(outbox.close)


def test_content_is_left_out_or_redacted() -> None:
    """Neither inputs nor what a hook fails on are sent."""

    def redact(name: str, value: Any) -> Any:
        return {"a": None, "b": "hidden"}[name]

    found = span(**{"input.value": "i", "output.value": "o", "a": 1, "b": "secret", "c": "fails"})
    sent = Content(Tracing(inputs=False, outputs=False, redact=redact)).of(found)
    assert dict(sent.attributes or {}) == {"b": "hidden"}

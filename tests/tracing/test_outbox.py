"""Spans on their way: what a slow, a dead and a choosy collector does to them."""

from __future__ import annotations

import math
import re
import threading
import time
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Status, StatusCode

from arize_async.config import Price, Tracing
from arize_async.tracing.content import Content
from arize_async.tracing.health import LATE_SECONDS, Health
from arize_async.tracing.outbox import CROWD_SPANS, MOST_SPANS, Outbox
from arize_async.tracing.size import TRUNCATED, cut, size_of
from arize_async.tracing.usage import NOTHING, UsageCollector

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
        self.minds = ""
        self.spans: list[ReadableSpan] = []

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Take spans, or not."""
        if self.minds and any(self.minds in (span.attributes or {}) for span in spans):
            return SpanExportResult.FAILURE
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
    outbox.add(span())
    collecting.open.set()
    with anyio.fail_after(30):
        await outbox.flush()
        assert (outbox.delivered, outbox.lost) == (0, 1)
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


@pytest.mark.parametrize("answer", [object(), re.match("s", "secret"), {1: "secret"}, [object()], SystemExit("secret")])
def test_what_a_hook_gives_that_no_attribute_can_hold_is_not_sent(
    answer: object, caplog: pytest.LogCaptureFixture
) -> None:
    """It might quote what it was to hide; the log says only what it was."""

    def redact(name: str, value: object) -> object:
        if isinstance(answer, BaseException):
            raise answer
        return answer

    found = span(a="secret", b=1)
    found._status = Status(StatusCode.ERROR, "secret")
    sent = Content(Tracing(redact=redact)).of(found)
    assert not sent.attributes
    assert sent.status.description is None
    assert sent.status.status_code is StatusCode.ERROR
    assert "such attributes are left out" in caplog.text
    assert "secret" not in caplog.text


ODD: dict[str, Any] = {
    "surrogate": "a\ud800b",
    "huge": 10**5000,
    "nan": math.nan,
    "none": None,
    "bytes": b"\xff\x00",
    "nested": [[1, None, {"k\ud800": ["\ud800", 2**64]}], "x"],
    "object": object(),
    "mixed": [1, "a", 2.5, True],
    "": "nameless",
}


@pytest.mark.parametrize("tracing", [Tracing(), Tracing(inputs=False), Tracing(redact=lambda _, value: value)])
def test_odd_values_are_encoded_one_way_or_another(tracing: Tracing, caplog: pytest.LogCaptureFixture) -> None:
    """None of them takes the others, or the span, with it."""
    made: Any = TracerProvider().get_tracer("t").start_span("s\ud800", attributes=ODD)
    made.add_event("e\ud800", ODD)
    made.set_status(StatusCode.ERROR, "bad \ud800")
    made.end()
    caplog.clear()
    usage = UsageCollector({})
    usage.add(made)
    (encoded,) = encode_spans([Content(tracing).of(made)]).resource_spans[0].scope_spans[0].spans
    for holder in (encoded, encoded.events[0]):
        assert {"surrogate", "huge", "nan", "bytes", "nested", "mixed"} <= {item.key for item in holder.attributes}
    assert (encoded.name, encoded.events[0].name, encoded.status.message) == ("s\ufffd", "e\ufffd", "bad \ufffd")
    assert not caplog.records


def test_costs_and_tokens_that_are_none_are_not_counted() -> None:
    """A span says whatever its maker wants to."""
    usage = UsageCollector({})
    for odd in (math.nan, math.inf, -math.inf, 10**400, "3", True, None, [1]):
        found = span(**{"openinference.span.kind": "LLM", "llm.cost.total": odd, "llm.token_count.total": odd})
        usage.add(found)
        assert usage.take(found) == NOTHING


def test_prices_that_are_none_are_refused() -> None:
    """Neither negative nor endless ones, nor numbers that arithmetic chokes on."""
    for odd in (-1, math.nan, math.inf, 10**400, "1", True, None):
        with pytest.raises(ValueError, match="price in US dollars"):
            Price(input=odd, output=1)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] - as users do


async def test_one_span_that_cannot_be_encoded_takes_no_others_with_it() -> None:
    """Exporters that do not even make a request lose that one only."""
    outbox, collecting, _ = made()
    collecting.minds = "unfit"
    for number in range(5):
        outbox.add(span(**({"unfit": 1} if number == 2 else {"n": number})))
    collecting.open.set()
    with anyio.fail_after(30):
        await outbox.flush()
    assert (outbox.delivered, outbox.lost) == (4, 1)
    await anyio.to_thread.run_sync(outbox.close)


def test_a_span_that_is_too_large_is_cut_below_a_megabyte() -> None:
    """Whatever makes it large: one text, many, lists of vectors, or the text of its error."""
    many = {f"k{number}": "y" * 50_000 for number in range(110)}
    found = span(text="x" * 10**7, blob=b"x" * 10**7, vector=[0.5] * 10**6, **many, small=1)
    found._status = Status(StatusCode.ERROR, "z" * 10**7)
    assert size_of(found) > 3 * 10**7
    short = cut(found)
    assert short is not None
    assert encode_spans([short]).ByteSize() < 2**20 + 10**5
    assert (short.attributes or {})["small"] == 1
    assert cut(short) is None

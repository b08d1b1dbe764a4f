"""Spans as OTLP messages: the short way leads to the same message as OpenTelemetry's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.trace import SpanContext, StatusCode, TraceFlags

from arize_async.tracing.encoding import encode
from arize_async.tracing.provider import RunTracing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.sdk.trace import ReadableSpan

SCALARS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


class Run:
    """A run whose spans are kept."""

    def __init__(self) -> None:
        """Send nothing."""
        self.spans: list[ReadableSpan] = []
        self.tracing = RunTracing("project", None)
        self.tracing._send = self.spans.append  # pyright: ignore[reportAttributeAccessIssue, reportPrivateUsage] - no collector


@pytest.fixture
def run() -> Run:
    """A run without a collector."""
    return Run()


def by_id(spans: Sequence[ReadableSpan], message: Any) -> dict[bytes, Any]:
    """Return the messages of spans, each with its resource and its scope."""
    found = {
        span.span_id: (span, group.resource, scope.scope)
        for group in message.resource_spans
        for scope in group.scope_spans
        for span in scope.spans
    }
    assert len(found) == len(spans)
    return found


def assert_same(spans: Sequence[ReadableSpan]) -> None:
    """Compare with OpenTelemetry's encoder."""
    assert by_id(spans, encode(spans)) == by_id(spans, encode_spans(spans))


@given(st.lists(st.dictionaries(NAMES, SCALARS), min_size=1, max_size=4))
def test_plain_spans_are_what_opentelemetry_makes_of_them(attributes: list[dict[str, Any]]) -> None:
    """Texts, booleans, integers and floats, some spans at a time."""
    run = Run()
    for each in attributes:
        run.tracing.start_span("Task: t", each).end()
    assert_same(run.spans)


@pytest.mark.parametrize("is_remote", [False, True])
def test_links_and_states_are_the_same(run: Run, *, is_remote: bool) -> None:
    """Of a task of this run, and of one that an interrupted run has called."""
    link = SpanContext(2**127 + 1, 2**63 + 1, is_remote=is_remote, trace_flags=TraceFlags(1))
    for code, text in ((StatusCode.OK, None), (StatusCode.ERROR, "it broke"), (StatusCode.UNSET, None)):
        span = run.tracing.start_span("Evaluation: e", {"score": 1.0}, link)
        span.set_status(code, text)
        span.end()
    assert_same(run.spans)


def test_all_others_go_with_them(run: Run) -> None:
    """Errors, lists, and spans of instrumentors, whose scope is another one, in any order."""
    tracer = run.tracing.provider.get_tracer("openai", "1")
    tracer.start_span("ChatCompletion", attributes={"llm.model_name": "m"}).end()
    for number in range(3):
        plain = run.tracing.start_span("Task: t", {"number": number})
        failed = run.tracing.start_span("Task: t", {"number": number})
        failed.record_exception(ValueError("no"))
        listed = run.tracing.start_span("Task: t", {"number": number})
        listed.set_attribute("tags", ["a", "b"])
        for span in (failed, plain, listed):
            span.end()
        tracer.start_span("Embedding", attributes={"size": number}).end()
    assert len(run.spans) == 13
    assert_same(run.spans)
    assert_same(run.spans[-1:])


def test_no_spans_are_an_empty_message() -> None:
    """As OpenTelemetry has it."""
    assert encode([]) == encode_spans([])

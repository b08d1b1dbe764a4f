"""Spans as OTLP messages.

OpenTelemetry's encoder makes an object for each part of a span. Encoding is most of what exporting costs, and it holds
the interpreter while the event loop waits for it, so the spans that a run makes itself take a shorter way to the same
message; all others take OpenTelemetry's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, SpanFlags

from arize_async.tracing.span import RunSpan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opentelemetry.sdk.trace import ReadableSpan

_FIELDS: Final[Mapping[type, str]] = {str: "string_value", bool: "bool_value", int: "int_value", float: "double_value"}
_FLAGS: Final = SpanFlags.SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK
_INTERNAL: Final = Span.SpanKind.SPAN_KIND_INTERNAL


def encode(spans: Sequence[ReadableSpan]) -> ExportTraceServiceRequest:
    """Return the message of some spans; those that a run has made itself are of one run."""
    quick: list[RunSpan] = []
    others: list[ReadableSpan] = []
    for span in spans:
        if isinstance(span, RunSpan) and _is_plain(span):
            quick.append(span)
        else:
            others.append(span)
    message = encode_spans(others) if others else ExportTraceServiceRequest()
    if quick:
        first = encode_spans(quick[:1])  # with the resource and the scope, which all of them share
        same = first.resource_spans[0].scope_spans[0].spans
        for span in quick[1:]:
            same.add(**_fields(span))
        message.MergeFrom(first)
    return message


def _is_plain(span: RunSpan) -> bool:
    """Whether a span has nothing but attributes of one value each and links: no error, no failed attempt."""
    return not span.events and all(type(value) in _FIELDS for value in (span.attributes or {}).values())


def _fields(span: RunSpan) -> dict[str, Any]:
    ids, status = span.get_span_context(), span.status
    return {
        "trace_id": ids.trace_id.to_bytes(16, "big"),
        "span_id": ids.span_id.to_bytes(8, "big"),
        "name": span.name,
        "kind": _INTERNAL,
        "start_time_unix_nano": span.start_time,
        "end_time_unix_nano": span.end_time,
        "attributes": [
            {"key": key, "value": {_FIELDS[type(value)]: value}} for key, value in (span.attributes or {}).items()
        ],
        "links": [
            {
                "trace_id": link.context.trace_id.to_bytes(16, "big"),
                "span_id": link.context.span_id.to_bytes(8, "big"),
                "flags": _FLAGS | (link.context.is_remote and SpanFlags.SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK),
            }
            for link in span.links
        ],
        "status": {"code": status.status_code.value, "message": status.description},
        "flags": _FLAGS,
    }

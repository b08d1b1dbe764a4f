"""OTLP messages as spans of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from arize_async.server.storage.refusals import malformed
from arize_async.server.storage.traces import StoredSpan
from arize_async.wire.text import json_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

PROJECT = "openinference.project.name"
_DEFAULT_PROJECT = "default"
_DEPTH = 20
_KINDS = {number: name.removeprefix("SPAN_KIND_") for name, number in Span.SpanKind.items()}
_STATUSES = {number: name.removeprefix("STATUS_CODE_") for name, number in Status.StatusCode.items()}
_UNKNOWN = "UNSPECIFIED"
_NONE = "[]"


def decode_export(body: bytes) -> dict[str, list[StoredSpan]]:
    """Return the spans of an export by project name.

    Raises:
        BadRequest: The bytes are no export request.
    """
    try:
        message = ExportTraceServiceRequest.FromString(body)
    except DecodeError:
        raise malformed("the body is not an ExportTraceServiceRequest") from None
    spans: dict[str, list[StoredSpan]] = {}
    for group in message.resource_spans:
        resource = _attributes(group.resource.attributes)
        project = spans.setdefault(str(resource.get(PROJECT) or _DEFAULT_PROJECT), [])
        text = _json(resource)
        for scope in group.scope_spans:
            project.extend(_span(span, scope.scope.name, text) for span in scope.spans)
    return spans


def _span(span: Span, scope: str, resource: str) -> StoredSpan:
    return StoredSpan(
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex() or None,
        name=span.name,
        kind=_KINDS.get(span.kind, _UNKNOWN),
        start_ns=span.start_time_unix_nano,
        end_ns=span.end_time_unix_nano,
        status=_STATUSES.get(span.status.code, _UNKNOWN),
        status_message=span.status.message or None,
        scope=scope,
        attributes=_json(_attributes(span.attributes)),
        events=_json([_event(event) for event in span.events]) if span.events else _NONE,
        links=_json([_link(link) for link in span.links]) if span.links else _NONE,
        resource=resource,
    )


def _event(event: Span.Event) -> dict[str, object]:
    return {"name": event.name, "time_ns": event.time_unix_nano, "attributes": _attributes(event.attributes)}


def _link(link: Span.Link) -> dict[str, object]:
    return {"trace_id": link.trace_id.hex(), "span_id": link.span_id.hex()}


def _attributes(pairs: Iterable[KeyValue], depth: int = _DEPTH) -> dict[str, object]:
    if depth == 0:
        return {pair.key: None for pair in pairs}
    # most values are text, and to ask for that takes less than to ask what they are
    return {pair.key: pair.value.string_value or _value(pair.value, depth) for pair in pairs}


def _value(value: AnyValue, depth: int) -> object:
    kind = value.WhichOneof("value")
    if kind is None or depth == 0:
        return None
    if kind == "array_value":
        return [_value(item, depth - 1) for item in value.array_value.values]
    if kind == "kvlist_value":
        return _attributes(value.kvlist_value.values, depth - 1)
    plain: object = getattr(value, kind)
    return plain


def _json(value: object) -> str:
    return json_bytes(value).decode()

"""What of a span is sent: all of it, without inputs or outputs, or redacted."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from openinference.semconv.trace import SpanAttributes
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import Link, Status

from arize_async.models.unicode import valid_text
from arize_async.tracing.span import RunSpan

if TYPE_CHECKING:
    from opentelemetry.util.types import Attributes, AttributeValue

    from arize_async.config import Tracing

log = logging.getLogger("arize_async.tracing")
DESCRIPTION = "status.description"
_LEAST, _GREATEST = -(2**63), 2**63 - 1
_INPUTS = (
    "input.",
    SpanAttributes.LLM_INPUT_MESSAGES,
    SpanAttributes.LLM_PROMPTS,
    SpanAttributes.LLM_PROMPT_TEMPLATE,
    SpanAttributes.LLM_PROMPT_TEMPLATE_VARIABLES,
    SpanAttributes.LLM_INVOCATION_PARAMETERS,
    SpanAttributes.LLM_TOOLS,
    SpanAttributes.EMBEDDING_EMBEDDINGS,
    SpanAttributes.TOOL_PARAMETERS,
    "reranker.query",
    "reranker.input_documents",
    "gen_ai.input",
    "gen_ai.prompt",
    "gen_ai.system_instructions",
)
_OUTPUTS = (
    "output.",
    SpanAttributes.LLM_OUTPUT_MESSAGES,
    SpanAttributes.LLM_FUNCTION_CALL,
    SpanAttributes.RETRIEVAL_DOCUMENTS,
    "llm.choices",
    "reranker.output_documents",
    "explanation",
    "metadata.",
    "gen_ai.output",
    "gen_ai.completion",
)


class Content:
    """Makes the spans that are sent out of those that ended."""

    def __init__(self, tracing: Tracing) -> None:
        """Do what ``tracing`` says."""
        self._redact = tracing.redact
        self._left_out = (() if tracing.inputs else _INPUTS) + (() if tracing.outputs else _OUTPUTS)
        self._has_failed = False
        self._is_whole = not self._left_out and self._redact is None

    def of(self, span: ReadableSpan) -> ReadableSpan:
        """Return what is sent of a span."""
        if self._is_whole:
            return span if isinstance(span, RunSpan) or not _is_odd(span) else self._copied(span)
        return self._copied(span)

    def _copied(self, span: ReadableSpan) -> ReadableSpan:
        description = span.status.description
        if description is not None:
            text = self._redacted(DESCRIPTION, valid_text(description))
            description = text if isinstance(text, str) else None
        return copied_span(
            span,
            name=valid_text(span.name),
            attributes=self._attributes(span.attributes),
            events=[
                Event(valid_text(event.name), self._attributes(event.attributes), event.timestamp)
                for event in span.events
            ],
            links=[Link(link.context, self._attributes(link.attributes)) for link in span.links],
            status=Status(span.status.status_code, description),
        )

    def _attributes(self, attributes: Attributes) -> dict[str, AttributeValue]:
        sent: dict[str, AttributeValue] = {}
        for key, value in (attributes or {}).items():
            if not key.startswith(self._left_out):
                found = self._redacted(key, value)
                if found is not None:
                    sent[valid_text(key)] = cast("AttributeValue", _encodable(found))
        return sent

    def _redacted(self, key: str, value: object) -> object:
        """Return what the hook makes of a value; what it fails on is not sent, nor are things that may quote it."""
        if self._redact is None:
            return value
        try:
            found = self._redact(key, value)
            if found is None or _is_sendable(found):
                return found
            failure = f"returned {type(found).__name__}"
        except BaseException as error:  # noqa: BLE001 - not even sys.exit() of a hook ends the thread that delivers
            failure = f"failed with {type(error).__name__}"
        if not self._has_failed:
            self._has_failed = True
            log.warning("redact %s; such attributes are left out of spans", failure)
        return None


def _is_sendable(value: object) -> bool:
    if isinstance(value, (list, tuple)):
        return all(_is_sendable(item) for item in cast("Sequence[object]", value))
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value)
        return all(isinstance(key, str) and _is_sendable(item) for key, item in items.items())
    return value is None or isinstance(value, (str, bool, int, float, bytes))


def _is_odd(span: ReadableSpan) -> bool:
    """Tell whether something of a span cannot be encoded."""
    held = [span.attributes, *(event.attributes for event in span.events), *(link.attributes for link in span.links)]
    texts = [span.name, span.status.description, *(event.name for event in span.events)]
    return any(map(_is_unfit, held)) or any(map(_is_unfit, texts))


def _is_unfit(value: object) -> bool:
    """Tell of lone surrogates and of integers of more than 64 bits, however deep."""
    if isinstance(value, str):
        return not value.isascii() and valid_text(value) is not value
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value)
        return any(_is_unfit(key) or _is_unfit(item) for key, item in items.items())
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return any(map(_is_unfit, cast("Sequence[object]", value)))
    return isinstance(value, int) and not _LEAST <= value <= _GREATEST


def _encodable(value: object) -> object:
    """Replace what `_is_unfit` tells of."""
    if not _is_unfit(value):
        return value
    if isinstance(value, str):
        return valid_text(value)
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value)
        return {valid_text(str(key)): _encodable(item) for key, item in items.items()}
    if isinstance(value, Sequence):
        return [_encodable(item) for item in cast("Sequence[object]", value)]
    return hex(cast("int", value))  # decimal digits of large ones are refused


def copied_span(span: ReadableSpan, **changes: object) -> ReadableSpan:
    """Return a span with some of its parts changed."""
    parts: dict[str, object] = {
        "name": span.name,
        "context": span.context,
        "parent": span.parent,
        "resource": span.resource,
        "attributes": span.attributes,
        "events": span.events,
        "links": span.links,
        "kind": span.kind,
        "status": span.status,
        "start_time": span.start_time,
        "end_time": span.end_time,
        "instrumentation_scope": span.instrumentation_scope,
        **changes,
    }
    return ReadableSpan(**parts)  # pyright: ignore[reportArgumentType] - the parts of a span

"""What of a span is sent: all of it, without inputs or outputs, or redacted."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, cast

from openinference.semconv.trace import SpanAttributes
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import Status

from arize_async.tracing.span import checked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.util.types import AttributeValue

    from arize_async.config import Tracing

log = logging.getLogger("arize_async.tracing")
DESCRIPTION = "status.description"
_INPUTS = (
    SpanAttributes.INPUT_VALUE,
    SpanAttributes.INPUT_MIME_TYPE,
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
    SpanAttributes.OUTPUT_VALUE,
    SpanAttributes.OUTPUT_MIME_TYPE,
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
        self.is_whole = not self._left_out and self._redact is None

    def of(self, span: ReadableSpan) -> ReadableSpan:
        """Return what is sent of a span."""
        if self.is_whole:
            return span
        status = span.status
        if status.description is not None:
            text = self._attribute(DESCRIPTION, status.description)
            status = Status(status.status_code, None if text is None else str(text))
        return copied_span(
            span, attributes=self._attributes(span.attributes or {}), events=self._events(span), status=status
        )

    def _events(self, span: ReadableSpan) -> list[Event]:
        return [Event(event.name, self._attributes(event.attributes or {}), event.timestamp) for event in span.events]

    def _attributes(self, attributes: Mapping[str, AttributeValue]) -> dict[str, AttributeValue]:
        kept = {key: value for key, value in attributes.items() if not key.startswith(self._left_out)}
        if self._redact is None:
            return kept
        redacted = {key: self._attribute(key, value) for key, value in kept.items()}
        return checked(cast("dict[str, AttributeValue]", {key: v for key, v in redacted.items() if v is not None}))

    def _attribute(self, key: str, value: AttributeValue) -> object:
        if self._redact is None:
            return value
        try:
            return self._redact(key, value)
        except Exception as error:  # noqa: BLE001 - what cannot be redacted is not sent
            if not self._has_failed:
                self._has_failed = True
                log.warning("redact failed with %s; what it fails on is left out of spans", type(error).__name__)
            return None


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

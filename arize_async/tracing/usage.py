"""Tokens and cost of a run, summed over its LLM spans (wire contract 5.6)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeGuard

from attrs import define
from openinference.semconv.trace import OpenInferenceSpanKindValues, SpanAttributes
from opentelemetry.sdk.trace import SpanProcessor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import Span


_MOST_TOKENS = 2**53


@define
class Usage:
    """What the LLM calls of one trace used; None where no span said so."""

    tokens: int | None = None
    cost: float | None = None


class UsageCollector(SpanProcessor):
    """Sums tokens and cost by trace id until somebody asks for them."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._by_trace: dict[int, Usage] = {}

    def on_end(self, span: ReadableSpan) -> None:
        """Add an LLM span to its trace."""
        attributes = span.attributes or {}
        kind = attributes.get(SpanAttributes.OPENINFERENCE_SPAN_KIND)
        if kind != OpenInferenceSpanKindValues.LLM.value or span.context is None:
            return
        usage = self._by_trace.setdefault(span.context.trace_id, Usage())
        if (tokens := _tokens(attributes)) is not None:
            usage.tokens = (usage.tokens or 0) + tokens
        cost = attributes.get("llm.cost.total")
        if isinstance(cost, (int, float)) and math.isfinite(cost):
            usage.cost = (usage.cost or 0.0) + cost

    def take(self, span: Span) -> Usage:
        """Return and forget what the trace of a span used."""
        return self._by_trace.pop(span.get_span_context().trace_id, None) or Usage()


def _tokens(attributes: Mapping[str, object]) -> int | None:
    total = attributes.get(SpanAttributes.LLM_TOKEN_COUNT_TOTAL)
    if _is_count(total):
        return int(total)
    parts = [
        attributes.get(SpanAttributes.LLM_TOKEN_COUNT_PROMPT),
        attributes.get(SpanAttributes.LLM_TOKEN_COUNT_COMPLETION),
    ]
    known = [int(part) for part in parts if _is_count(part)]
    return sum(known) if known else None


def _is_count(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and 0 <= value < _MOST_TOKENS

"""Tokens that a judge's model reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arize_async.evaluators.judges.models import Reply


def record_usage(model: str | None, replies: Sequence[Reply]) -> None:
    """Put what the calls of one evaluation used on its span.

    That is an evaluator span and no LLM span, so nobody who sums LLM spans counts these tokens twice.
    """
    counts = [_sum(column) for column in zip(*(reply.tokens for reply in replies), strict=True)]
    if all(count is None for count in counts):
        return
    from openinference.semconv.trace import OpenInferenceSpanKindValues, SpanAttributes
    from opentelemetry import trace

    span = trace.get_current_span()
    attributes: object = getattr(span, "attributes", None)
    kind = OpenInferenceSpanKindValues.EVALUATOR.value
    if not isinstance(attributes, Mapping) or attributes.get(SpanAttributes.OPENINFERENCE_SPAN_KIND) != kind:
        return  # a span of the application, which a judge that is called outside of a run leaves alone
    names = (
        SpanAttributes.LLM_TOKEN_COUNT_PROMPT,
        SpanAttributes.LLM_TOKEN_COUNT_COMPLETION,
        SpanAttributes.LLM_TOKEN_COUNT_TOTAL,
    )
    span.set_attributes({name: count for name, count in zip(names, counts, strict=True) if count is not None})
    if named := replies[-1].model or model:
        span.set_attribute(SpanAttributes.LLM_MODEL_NAME, named)


def _sum(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None

"""Tokens and cost of a run, summed over its LLM spans (wire contract 5.6)."""

from __future__ import annotations

import logging
import re
import threading
from typing import TYPE_CHECKING, TypeGuard, TypeVar

from attrs import frozen
from openinference.semconv.trace import OpenInferenceSpanKindValues, SpanAttributes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import Span

    from arize_async.config.tracing import Price
    from arize_async.tracing.span import RunSpan

log = logging.getLogger("arize_async.tracing")
_MOST_TOKENS = 2**53
_MOST_DOLLARS = 1e15
_VERSION = re.compile(r"[-@](\d{4}-\d{2}-\d{2}|\d{4,8}|latest)")
_LLM = OpenInferenceSpanKindValues.LLM.value
_MILLION = 1_000_000
N = TypeVar("N", int, float)


@frozen
class Usage:
    """What LLM calls used; None where no span said so."""

    tokens: int | None = None
    cost: float | None = None

    def __add__(self, other: Usage) -> Usage:
        """Return both together."""
        return Usage(_sum(self.tokens, other.tokens), _sum(self.cost, other.cost))


NOTHING = Usage()


class UsageCollector:
    """Sums tokens and cost by trace until somebody asks for them.

    A call through a framework makes an LLM span inside of another one, and both tell the same tokens: the outer one
    counts.
    """

    def __init__(self, prices: Mapping[str, Price]) -> None:
        """Start with nothing; ``prices`` are for spans that do not tell their cost."""
        self._prices = prices
        self._unknown: set[str] = set()
        self._lock = threading.Lock()
        self._below: dict[int, dict[int, Usage]] = {}

    def add(self, span: ReadableSpan) -> None:
        """Add a span that ended to its trace."""
        attributes, context = span.attributes or {}, span.context
        if context is None:
            return
        own = self._usage(attributes) if attributes.get(SpanAttributes.OPENINFERENCE_SPAN_KIND) == _LLM else NOTHING
        with self._lock:
            trace = self._below.get(context.trace_id)
            inner = NOTHING if trace is None else trace.pop(context.span_id, NOTHING)
            tokens = inner.tokens if own.tokens is None else own.tokens
            cost = inner.cost if own.cost is None else own.cost
            if tokens is None and cost is None:
                return
            parent = 0 if span.parent is None else span.parent.span_id
            trace = self._below.setdefault(context.trace_id, {})
            trace[parent] = trace.get(parent, NOTHING) + Usage(tokens, cost)

    def take(self, span: Span) -> Usage:
        """Return and forget what the trace of a span used."""
        if not self._below:
            return NOTHING
        with self._lock:
            trace = self._below.pop(span.get_span_context().trace_id, None)
        return sum(trace.values(), NOTHING) if trace else NOTHING

    def take_evaluation(self, span: RunSpan) -> Usage:
        """Return and forget what an evaluation used; its own span tells it where no LLM span below it does."""
        used, attributes = self.take(span), span.attributes or {}
        return used if used.tokens is not None or _tokens(attributes) is None else self._usage(attributes)

    def _usage(self, attributes: Mapping[str, object]) -> Usage:
        return Usage(_tokens(attributes), _cost(attributes, self._price(attributes)))

    def _price(self, attributes: Mapping[str, object]) -> Price | None:
        model = attributes.get(SpanAttributes.LLM_MODEL_NAME)
        if not self._prices or not isinstance(model, str):
            return None
        for name in sorted(self._prices, key=len, reverse=True):
            if model == name or (model.startswith(name) and _VERSION.fullmatch(model, len(name))):
                return self._prices[name]
        if model not in self._unknown:
            self._unknown.add(model)
            log.warning("no price is given for %r: the cost of its calls is counted only where spans tell it", model)
        return None


def _tokens(attributes: Mapping[str, object]) -> int | None:
    total = attributes.get(SpanAttributes.LLM_TOKEN_COUNT_TOTAL)
    if _is_count(total):
        return int(total)
    prompt, completion = _parts(attributes)
    return _sum(prompt, completion)


def _cost(attributes: Mapping[str, object], price: Price | None) -> float | None:
    total = attributes.get(SpanAttributes.LLM_COST_TOTAL)
    if _is_cost(total):
        return total
    parts = [attributes.get(SpanAttributes.LLM_COST_PROMPT), attributes.get(SpanAttributes.LLM_COST_COMPLETION)]
    known = [part for part in parts if _is_cost(part)]
    if known:
        return sum(known)
    prompt, completion = _parts(attributes)
    if price is None or (prompt is None and completion is None):
        return None
    cached = attributes.get(SpanAttributes.LLM_TOKEN_COUNT_PROMPT_DETAILS_CACHE_READ)
    cheap = min(int(cached), prompt or 0) if _is_count(cached) and price.cached_input is not None else 0
    dollars = ((prompt or 0) - cheap) * price.input + (completion or 0) * price.output
    return (dollars + cheap * (price.cached_input or 0.0)) / _MILLION


def _parts(attributes: Mapping[str, object]) -> tuple[int | None, int | None]:
    prompt = attributes.get(SpanAttributes.LLM_TOKEN_COUNT_PROMPT)
    completion = attributes.get(SpanAttributes.LLM_TOKEN_COUNT_COMPLETION)
    return int(prompt) if _is_count(prompt) else None, int(completion) if _is_count(completion) else None


def _sum(one: N | None, other: N | None) -> N | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other


def _is_count(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < _MOST_TOKENS


def _is_cost(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _MOST_DOLLARS

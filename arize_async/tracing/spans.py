"""Spans of tasks and evaluators (wire contract 5.3 and 5.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from attrs import asdict
from openinference.semconv.trace import OpenInferenceMimeTypeValues, OpenInferenceSpanKindValues, SpanAttributes
from opentelemetry import context as otel_context
from opentelemetry.trace import Status, StatusCode, format_trace_id, set_span_in_context

from arize_async.models.finished import FinishedTask
from arize_async.models.jsonable import jsonify, safe_str
from arize_async.models.unicode import valid_text
from arize_async.wire.text import json_text, output_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from opentelemetry.context import Context
    from opentelemetry.trace import Span
    from opentelemetry.util.types import AttributeValue

    from arize_async.models.evaluation import EvaluationResult
    from arize_async.models.example import Example
    from arize_async.models.finished import Attempt
    from arize_async.tracing.provider import RunTracing
    from arize_async.tracing.span import RunSpan

_JSON, _TEXT = OpenInferenceMimeTypeValues.JSON.value, OpenInferenceMimeTypeValues.TEXT.value
_CHAIN, _EVALUATOR = OpenInferenceSpanKindValues.CHAIN.value, OpenInferenceSpanKindValues.EVALUATOR.value
_OK = Status(StatusCode.OK)


def make_current(span: Span, context: Context) -> None:
    """Make a span the parent of the spans that start from now on; ``context`` tells them their run."""
    otel_context.attach(set_span_in_context(span, context))


REPETITION, ATTEMPTS = "arize.repetition", "arize.attempts"
"""Attributes of spans: which execution of its example it is, and how many calls it took; absent where that is one."""


def start_task_span(tracing: RunTracing, name: str, example: Example, metadata: str) -> RunSpan:
    """Start the root span of a task; ``metadata`` is JSON text about the experiment."""
    return tracing.start_span(
        f"Task: {name}",
        {
            SpanAttributes.METADATA: metadata,
            SpanAttributes.INPUT_VALUE: _input(example),
            SpanAttributes.INPUT_MIME_TYPE: _JSON,
            SpanAttributes.OPENINFERENCE_SPAN_KIND: _CHAIN,
        },
    )


def end_task_span(span: RunSpan, output: object, error: BaseException | None) -> None:
    """Put output or error on a task span and end it."""
    if error is not None:
        record_error(span, error)
    else:
        text = output_text(output)
        if text is not None:
            span.set_valid({SpanAttributes.OUTPUT_VALUE: text})
            if not isinstance(output, str):
                span.set_valid({SpanAttributes.OUTPUT_MIME_TYPE: _JSON})
        span.set_status(_OK)
    span.end()


def start_evaluator_span(
    tracing: RunTracing, name: str, task_span: Span | None, attributes: dict[str, AttributeValue]
) -> RunSpan:
    """Start the root span of an evaluation, linked to the span of its task when it judges one."""
    return tracing.start_span(
        f"Evaluation: {name}",
        {**attributes, SpanAttributes.OPENINFERENCE_SPAN_KIND: _EVALUATOR},
        None if task_span is None else task_span.get_span_context(),
    )


def inputs(values: Mapping[str, object]) -> dict[str, AttributeValue]:
    """Return the attributes that say what an evaluator was given; values are JSON data."""
    if len(values) == 1:
        (value,) = values.values()
        if isinstance(value, str):
            return {SpanAttributes.INPUT_VALUE: valid_text(value), SpanAttributes.INPUT_MIME_TYPE: _TEXT}
    if isinstance(task := values.get("run"), FinishedTask):
        values = {**values, "run": asdict(task)}
    return {SpanAttributes.INPUT_VALUE: json_text(values), SpanAttributes.INPUT_MIME_TYPE: _JSON}


def end_evaluator_span(span: RunSpan, result: EvaluationResult | None, error: BaseException | None) -> None:
    """Put result or error on an evaluator span and end it."""
    if error is not None:
        record_error(span, error)
    elif result is not None:
        parts = {"score": result.score, "label": result.label, "explanation": result.explanation}
        said = {key: _scalar(value) for key, value in parts.items() if value is not None}
        span.set_valid(said)
        span.set_valid({SpanAttributes.OUTPUT_VALUE: json_text(said), SpanAttributes.OUTPUT_MIME_TYPE: _JSON})
        if result.metadata:
            span.set_valid(dict(_flat("metadata", jsonify(result.metadata))))
        span.set_status(_OK)
    span.end()


def record_error(span: Span, error: BaseException) -> None:
    """Set the error status and add the event."""
    span.set_status(Status(StatusCode.ERROR, f"{type(error).__name__}: {safe_str(error)}"))
    span.record_exception(error)


def record_attempt(span: Span, attempt: Attempt, wait: float, number: int) -> None:
    """Add the event of an attempt that another one follows; ``number`` is from 1."""
    parts = {"attempt": number, "error": attempt.error or "", "seconds": attempt.seconds, "wait": wait}
    span.add_event("attempt failed", parts)


def record_attempts(span: RunSpan, number: int) -> None:
    """Say how many calls were made, when it was more than one."""
    if number > 1:
        span.set_valid({ATTEMPTS: number})


def trace_id(span: Span) -> str:
    """Return the trace id as 32 lower-case hexadecimal digits."""
    return format_trace_id(span.get_span_context().trace_id)


def _input(example: Example) -> str | bool | int | float:
    value = example.input or dict(example.dataset_row)
    return _scalar(value) if isinstance(value, (str, bool, int, float)) else json_text(value)


def _flat(prefix: str, value: object) -> Iterator[tuple[str, AttributeValue]]:
    """Flatten nested maps with dots; lists of scalars of one type stay lists, other lists are numbered."""
    if isinstance(value, dict):
        for key, item in cast("dict[str, object]", value).items():
            yield from _flat(valid_text(f"{prefix}.{key}"), item)
    elif isinstance(value, list):
        items = cast("list[object]", value)
        if {type(item) for item in items} in _SCALAR_LISTS:
            yield prefix, [_scalar(item) for item in cast("list[str]", items)]
        else:
            for index, item in enumerate(items):
                yield from _flat(f"{prefix}.{index}", item)
    elif isinstance(value, (str, bool, int, float)):
        yield prefix, _scalar(value)


def _scalar(value: str | float) -> str | float:
    """Return what the protocol can hold: an integer has 64 bits, and text is valid."""
    if isinstance(value, str):
        return valid_text(value)
    return str(value) if isinstance(value, int) and not -(2**63) <= value < 2**63 else value


_SCALAR_LISTS: tuple[set[type], ...] = ({str}, {bool}, {int}, {float})

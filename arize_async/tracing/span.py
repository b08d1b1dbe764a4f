"""The spans that a run makes itself: one a task and one an evaluation.

They are OpenTelemetry spans in every respect but their cost: the SDK's own spend most of it on limits, samplers and
hooks that a run does not have.
"""

from __future__ import annotations

import time
import traceback
from typing import TYPE_CHECKING

from opentelemetry.attributes import BoundedAttributes
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import Link, Span, SpanContext, Status, StatusCode, TraceFlags

from arize_async.models.jsonable import safe_str
from arize_async.models.unicode import valid_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope
    from opentelemetry.util.types import Attributes, AttributeValue

_FRAMES = 50  # the innermost ones: an exception that is raised again and again has ever more
_IDS = RandomIdGenerator()
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)


class RunSpan(Span, ReadableSpan):
    """A root span; what user code puts on it is checked, what the run puts on it is valid already."""

    def __init__(
        self,
        name: str,
        attributes: dict[str, AttributeValue],
        *,
        link: SpanContext | None,
        resource: Resource,
        scope: InstrumentationScope,
        ended: Callable[[ReadableSpan], None],
    ) -> None:
        """Start the span; ``ended`` gets it when it ends."""
        trace, span = _IDS.generate_trace_id(), _IDS.generate_span_id()
        self._ids = SpanContext(trace, span, is_remote=False, trace_flags=_SAMPLED)
        self._own: dict[str, AttributeValue] = attributes
        self._happened: list[Event] = []
        self._ended = ended
        self._is_open = True
        ReadableSpan.__init__(
            self,
            name,
            self._ids,
            resource=resource,
            attributes=self._own,
            events=self._happened,
            links=() if link is None else (Link(link),),
            start_time=time.time_ns(),
            instrumentation_scope=scope,
        )

    def get_span_context(self) -> SpanContext:
        """Return the ids."""
        return self._ids

    def is_recording(self) -> bool:
        """Whether the span has not ended."""
        return self._is_open

    def set_valid(self, attributes: Mapping[str, AttributeValue]) -> None:
        """Set attributes that are known to be valid."""
        self._own.update(attributes)

    def set_attribute(self, key: str, value: AttributeValue) -> None:
        """Set an attribute."""
        self.set_attributes({key: value})

    def set_attributes(self, attributes: Mapping[str, AttributeValue]) -> None:
        """Set attributes."""
        if self.is_recording():
            self._own.update(checked(attributes))

    def add_event(self, name: str, attributes: Attributes = None, timestamp: int | None = None) -> None:
        """Add an event."""
        if self.is_recording():
            self._happened.append(Event(name, checked(attributes or {}), timestamp))

    def record_exception(
        self,
        exception: BaseException,
        attributes: Attributes = None,
        timestamp: int | None = None,
        escaped: bool = False,  # noqa: FBT001, FBT002 - the signature of OpenTelemetry
    ) -> None:
        """Add the ``exception`` event of the OpenTelemetry conventions."""
        event = {
            "exception.type": _qualified(type(exception)),
            "exception.message": safe_str(exception),
            "exception.stacktrace": valid_text("".join(traceback.format_exception(exception, limit=-_FRAMES))),
            "exception.escaped": str(escaped),
        }
        self.add_event("exception", {**event, **(attributes or {})}, timestamp)

    def set_status(self, status: Status | StatusCode, description: str | None = None) -> None:
        """Set the status; OK is final and "unset" changes nothing, as OpenTelemetry demands."""
        new = status if isinstance(status, Status) else Status(status, description)
        if self._is_open and self._status.status_code is not StatusCode.OK and not new.is_unset:
            self._status = new

    def update_name(self, name: str) -> None:
        """Rename the span."""
        self._name = name

    def end(self, end_time: int | None = None) -> None:
        """End the span; once."""
        if self._is_open:
            self._is_open = False
            self._end_time = time.time_ns() if end_time is None else end_time
            self._ended(self)


def checked(attributes: Mapping[str, AttributeValue]) -> dict[str, AttributeValue]:
    """Return attributes that can be sent; what is no attribute value becomes text."""
    texts = {key: valid_text(value) if isinstance(value, str) else value for key, value in attributes.items()}
    return dict(BoundedAttributes(attributes=texts))  # pyright: ignore[reportArgumentType] - it turns what is odd into text


def _qualified(kind: type) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"

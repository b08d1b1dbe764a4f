"""Which run a span belongs to: the one in whose task or evaluator it starts, whoever makes it.

Instrumentors and the global provider are one for the whole process; the route in the OpenTelemetry context tells them
the run. It reaches asyncio tasks, worker threads of a run and whatever else context variables reach.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen
from opentelemetry import context as otel_context
from opentelemetry.sdk.trace import SpanProcessor
from opentelemetry.trace import NoOpTracerProvider, Tracer, TracerProvider
from opentelemetry.util._decorator import _agnosticcontextmanager  # pyright: ignore[reportPrivateUsage] - as the SDK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import ReadableSpan, Span
    from opentelemetry.trace import Span as AnySpan

    from arize_async.tracing.provider import RunTracing  # noqa: TC004 - it needs this module; nobody evaluates the hint

_ROUTE = otel_context.create_key("arize-run")
_NOWHERE = NoOpTracerProvider().get_tracer("arize_async")


@frozen(eq=False)
class Route:
    """Where spans go.

    Attributes:
        run: The run.
        instrumented: Whether spans of instrumentors are part of it, and those of the application's own provider.
        globally: Whether spans made with the global provider are part of it.
    """

    run: RunTracing
    instrumented: bool
    globally: bool


def routed(context: Context, route: Route) -> Context:
    """Return a context in which spans take a route."""
    return otel_context.set_value(_ROUTE, route, context)


def route_of(context: Context | None = None) -> Route | None:
    """Return the route in a context, or else in the current one."""
    found = None if context is None else otel_context.get_value(_ROUTE, context)
    found = found or otel_context.get_value(_ROUTE)
    return found if isinstance(found, Route) else None


class SwitchingProvider(TracerProvider):
    """Delegates to the provider of the run in the current context; outside of runs spans go nowhere."""

    def __init__(self, allowed: Callable[[Route], bool]) -> None:
        """Take the routes that are ``allowed``."""
        self._allowed = allowed

    def get_tracer(self, *args: Any, **kwargs: Any) -> Tracer:
        """Return a tracer that asks for the current run at every span."""
        return _SwitchingTracer(self._allowed, args, kwargs)


class _SwitchingTracer(Tracer):
    def __init__(self, allowed: Callable[[Route], bool], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._allowed, self._args, self._kwargs = allowed, args, kwargs

    def _tracer(self, context: Context | None) -> Tracer:
        route = route_of(context)
        if route is None or not self._allowed(route):
            return _NOWHERE
        tracers = route.run.tracers
        if self not in tracers:
            tracers[self] = route.run.provider.get_tracer(*self._args, **self._kwargs)
        return tracers[self]

    def start_span(self, name: str, context: Context | None = None, *args: Any, **kwargs: Any) -> AnySpan:
        return self._tracer(context).start_span(name, context, *args, **kwargs)

    @_agnosticcontextmanager
    def start_as_current_span(
        self, name: str, context: Context | None = None, *args: Any, **kwargs: Any
    ) -> Iterator[AnySpan]:
        with self._tracer(context).start_as_current_span(name, context, *args, **kwargs) as span:
            yield span


class Router(SpanProcessor):
    """Gives runs a copy of the spans that an application's own provider makes in their tasks and evaluators.

    A provider cannot be rid of a processor, so one stays for good; outside of runs it does nothing.
    """

    def __init__(self) -> None:
        """Begin without spans."""
        self._open: dict[tuple[int, int], RunTracing] = {}

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Remember the run of a span that starts."""
        route = route_of(parent_context)
        if route is None or not (route.instrumented or route.globally) or route.run.closed:
            return
        self._open[_key(span)] = route.run

    def on_end(self, span: ReadableSpan) -> None:
        """Give the run its copy."""
        if self._open and (run := self._open.pop(_key(span), None)):
            run.adopt(span)

    def forget(self, run: RunTracing) -> None:
        """Drop the spans of a run that have not ended."""
        for key in [key for key, found in list(self._open.items()) if found is run]:
            self._open.pop(key, None)


def _key(span: ReadableSpan) -> tuple[int, int]:
    context = span.get_span_context()
    return (context.trace_id, context.span_id) if context else (0, 0)

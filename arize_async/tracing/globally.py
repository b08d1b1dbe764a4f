"""One global tracer provider for any number of runs, one after the other or at once.

OpenTelemetry accepts a global provider once in the life of a process. This one is installed once, and gives each span
to the provider of the run in whose task or evaluator it starts.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.trace import NoOpTracerProvider, ProxyTracerProvider, Tracer, TracerProvider
from opentelemetry.util._decorator import _agnosticcontextmanager  # pyright: ignore[reportPrivateUsage] - as the SDK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.context import Context
    from opentelemetry.trace import Span

log = logging.getLogger("arize_async.tracing")
_RUN = otel_context.create_key("arize-run-provider")
_NOWHERE = NoOpTracerProvider()


class SwitchingProvider(TracerProvider):
    """Delegates to the provider of the run in the current context; outside of runs spans go nowhere."""

    def get_tracer(self, *args: Any, **kwargs: Any) -> Tracer:
        """Return a tracer that asks for the current provider at every span."""
        return _SwitchingTracer(args, kwargs)


class _SwitchingTracer(Tracer):
    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._args, self._kwargs = args, kwargs

    @property
    def _tracer(self) -> Tracer:
        provider = otel_context.get_value(_RUN)
        chosen = provider if isinstance(provider, TracerProvider) else _NOWHERE
        return chosen.get_tracer(*self._args, **self._kwargs)

    def start_span(self, *args: Any, **kwargs: Any) -> Span:
        return self._tracer.start_span(*args, **kwargs)

    @_agnosticcontextmanager
    def start_as_current_span(self, *args: Any, **kwargs: Any) -> Iterator[Span]:
        with self._tracer.start_as_current_span(*args, **kwargs) as span:
            yield span


def visible_to_libraries(context: Context, provider: TracerProvider) -> Context:
    """Return a context in which libraries that use the global provider get the provider of a run."""
    return otel_context.set_value(_RUN, provider, context)


def install_globally() -> None:
    """Install the switching provider, once a process.

    An application that has set a global provider of its own keeps it: OpenTelemetry does not allow to replace it.
    """
    found = trace.get_tracer_provider()
    if isinstance(found, ProxyTracerProvider):
        trace.set_tracer_provider(SwitchingProvider())
    elif not isinstance(found, SwitchingProvider):
        log.warning(
            "set_global_tracer_provider has no effect: the application has set a global tracer provider of its own;"
            " spans of libraries go there, and tokens and cost are not counted"
        )

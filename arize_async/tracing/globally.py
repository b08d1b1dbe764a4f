"""One global tracer provider for many runs, one after the other.

OpenTelemetry accepts a global provider once in the life of a process. This one is installed once and hands every
span to the provider of the run that is current, so that the spans
of the second run do not end up in the project of the first.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry.trace import NoOpTracerProvider, Tracer, TracerProvider

if TYPE_CHECKING:
    from collections.abc import Generator

    from opentelemetry.trace import Span


class SwitchingProvider(TracerProvider):
    """Delegates to the provider of the current run; before and after a run its spans go nowhere."""

    def __init__(self) -> None:
        """Start without a run."""
        self.current: TracerProvider = NoOpTracerProvider()

    def get_tracer(self, *args: Any, **kwargs: Any) -> Tracer:
        """Return a tracer that asks for the current provider at every span."""
        return _SwitchingTracer(self, args, kwargs)


class _SwitchingTracer(Tracer):
    def __init__(self, provider: SwitchingProvider, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._provider, self._args, self._kwargs = provider, args, kwargs

    @property
    def _tracer(self) -> Tracer:
        return self._provider.current.get_tracer(*self._args, **self._kwargs)

    def start_span(self, *args: Any, **kwargs: Any) -> Span:
        return self._tracer.start_span(*args, **kwargs)

    def start_as_current_span(self, *args: Any, **kwargs: Any) -> Any:
        return self._tracer.start_as_current_span(*args, **kwargs)


@contextmanager
def installed_globally(provider: TracerProvider) -> Generator[None]:
    """Send the spans of libraries that use the global provider to a run's provider for the time of the block.

    An application that has set a global provider of its own keeps it: OpenTelemetry does not allow to replace it.
    """
    found = trace.get_tracer_provider()
    if not isinstance(found, SwitchingProvider):
        trace.set_tracer_provider(SwitchingProvider())
        found = trace.get_tracer_provider()
    if not isinstance(found, SwitchingProvider):
        yield
        return
    before, found.current = found.current, provider
    try:
        yield
    finally:
        found.current = before

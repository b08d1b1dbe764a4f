"""An instrumentor while runs use it: it stays the application's."""

from __future__ import annotations

import logging
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from arize_async.models.jsonable import safe_repr

if TYPE_CHECKING:
    from threading import RLock

    from opentelemetry.trace import TracerProvider

log = logging.getLogger("arize_async.tracing")


class Instrumentor(Protocol):
    """The part of OpenTelemetry's instrumentors that is used here."""

    @property
    def is_instrumented_by_opentelemetry(self) -> bool:
        """Whether somebody has instrumented the library."""
        ...

    def instrument(self, **options: Any) -> object:
        """Instrument the library."""
        ...

    def uninstrument(self, **options: Any) -> object:
        """Leave the library as it was."""
        ...


class Borrowed:
    """Switches an instrumentor on for runs, and off again before the application uses it.

    There is one instrumentor of a library in a process. What the application asks of it while runs have it would be
    ignored, or undone at their end; so the first thing that it asks gives the instrumentor back.
    """

    def __init__(self, name: str, instrumentor: Instrumentor, provider: TracerProvider, lock: RLock) -> None:
        """Switch it on, so that spans are made with ``provider``; ``lock`` is held while it is switched."""
        self._name, self._instrumentor, self._lock = name, instrumentor, lock
        instrumentor.instrument(tracer_provider=provider, raise_exception_on_conflict=True)
        self.is_on = True
        for method in ("instrument", "uninstrument"):
            with suppress(AttributeError):  # it has slots, so it cannot be watched
                setattr(instrumentor, method, partial(self._asked, method))

    def give_back(self) -> None:
        """Switch it off, unless that is done."""
        with self._lock:
            if not self.is_on:
                return
            self.is_on = False
            for method in ("instrument", "uninstrument"):
                with suppress(AttributeError):
                    delattr(self._instrumentor, method)
            try:
                if self._instrumentor.is_instrumented_by_opentelemetry:
                    self._instrumentor.uninstrument()
            except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the run goes on
                log.warning("the instrumentor %r could not be switched off: %s", self._name, safe_repr(error))

    def _asked(self, method: str, *arguments: object, **options: object) -> object:
        self.give_back()
        return getattr(self._instrumentor, method)(*arguments, **options)

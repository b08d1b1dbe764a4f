"""OpenInference instrumentors that are installed, active while runs want them.

An instrumentor changes its library for the whole process, so what is active is known for the whole process too. Spans
find their run by their context, so runs at the same time share one instrumentation.
"""

from __future__ import annotations

import logging
import sys
import threading
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

from opentelemetry import trace
from opentelemetry.trace import ProxyTracerProvider

from arize_async.models.jsonable import safe_repr
from arize_async.tracing.borrowed import Borrowed, Instrumentor
from arize_async.tracing.clients import imported, module_of
from arize_async.tracing.installed import Installed
from arize_async.tracing.routing import Router, SwitchingProvider
from arize_async.transport.threads import in_thread

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from importlib.metadata import EntryPoint

    from arize_async.tracing.provider import RunTracing
    from arize_async.tracing.routing import Route

log = logging.getLogger("arize_async.tracing")
IMPORT_SECONDS = 5.0
SWITCH_SECONDS = 5.0


class _Hub(Protocol):
    def add_span_processor(self, span_processor: Router) -> None: ...


def _globally(route: Route) -> bool:
    return route.globally


def _instrumented(route: Route) -> bool:
    return route.instrumented


class Instrumentation:
    """What runs share: instrumentors, the global provider and the processor on an application's own."""

    def __init__(self) -> None:
        """Begin with nothing touched."""
        self._lock = threading.RLock()
        self._count = threading.Lock()
        self._users = 0
        self._active: dict[str, Borrowed] = {}
        self._awaited: dict[str, EntryPoint] = {}
        self._hooked: set[str] = set()
        self._hinted: set[str] = set()
        self._found = Installed()
        self._installed: set[str] = set()
        self._provider = SwitchingProvider(_instrumented)
        self._router = Router()
        self._known: list[object] = []

    def enter(self) -> None:
        """Count a run that is going to call `acquire`, and then `release` whatever came of that."""
        with self._count:
            self._users += 1

    def acquire(self) -> None:
        """Instrument what is installed, unless it is instrumented; this blocks, for imports."""
        with self._lock:
            if not self._users:  # the run was cancelled, and has been released
                return
            self.follow()
            found = self._found.entries()
            self._installed = {_package(entry) for entry in found}
            for entry in found:
                if entry.name not in self._active or not self._active[entry.name].is_on:
                    self._begin(entry)
            self._hint()

    def release(self) -> None:
        """Leave the libraries as they were when the last run ends."""
        with self._lock:
            self._hint()
            with self._count:
                self._users -= 1
                if self._users:
                    return
            self._awaited.clear()
            while self._active:
                self._active.popitem()[1].give_back()

    def follow(self) -> bool:
        """Let spans that an application's own global provider makes in runs reach these; tell whether it has one."""
        provider = trace.get_tracer_provider()
        if not callable(getattr(provider, "add_span_processor", None)):
            return False
        with self._lock:
            try:
                if not any(provider is known for known in self._known):
                    self._known.append(provider)
                    cast("_Hub", provider).add_span_processor(self._router)
            except Exception as error:  # noqa: BLE001 - it is none of the SDK's, so it may be anything
                log.warning("spans of the global tracer provider are no part of runs: %s", safe_repr(error))
                return False
        return True

    def take_global(self) -> None:
        """Make the runs' provider the global one; an application that has set one of its own keeps it."""
        with self._lock:
            found = trace.get_tracer_provider()
            if isinstance(found, ProxyTracerProvider):
                trace.set_tracer_provider(SwitchingProvider(_globally))
            elif not isinstance(found, SwitchingProvider) and not self.follow():
                log.warning(
                    "set_global_tracer_provider has no effect: the application has set a global tracer provider of its"
                    " own, which takes no span processors; spans of libraries go there, and tokens and cost are not"
                    " counted"
                )

    def forget(self, run: RunTracing) -> None:
        """Drop what is kept of a run."""
        self._router.forget(run)

    def _begin(self, entry: EntryPoint) -> None:
        """Instrument a library now, or as soon as somebody imports it."""
        module = _module(entry)
        if module is None or module in sys.modules:
            self._instrument(entry)
            return
        self._awaited[module] = entry
        if module not in self._hooked:
            self._hooked.add(module)
            _when_imported(module, partial(self._imported, module))

    def _imported(self, module: str, _: object) -> None:
        # who holds the lock may be waiting for this import
        if not self._lock.acquire(timeout=IMPORT_SECONDS):
            log.warning("%s was imported while another library was instrumented; its calls are not traced", module)
            return
        try:
            if entry := self._awaited.pop(module, None):
                self._instrument(entry)
        finally:
            self._lock.release()

    def _instrument(self, entry: EntryPoint) -> None:
        try:
            instrumentor = cast("Instrumentor", entry.load()())
            if instrumentor.is_instrumented_by_opentelemetry:
                return
            self._active[entry.name] = Borrowed(entry.name, instrumentor, self._provider, self._lock)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the run goes on
            is_absent = type(error).__name__ == "DependencyConflictError" and _module(entry) not in sys.modules
            level = logging.DEBUG if is_absent else logging.WARNING
            log.log(level, "%s is not instrumented, its calls are not traced: %s", entry.name, safe_repr(error))

    def _hint(self) -> None:
        for module, package in imported().items():
            if package not in self._installed and module not in self._hinted:
                self._hinted.add(module)
                log.warning(
                    "%s is imported, and its calls are not traced: install %s to see them, their tokens and their cost"
                    " (instrument=False says that you do not want to)",
                    module,
                    package,
                )


SHARED = Instrumentation()
"""The one of this process: libraries, and OpenTelemetry's global provider, are there once."""


@asynccontextmanager
async def instrumented() -> AsyncGenerator[None]:
    """Have LLM clients instrumented for the time of a block."""
    SHARED.enter()
    try:
        await in_thread(SHARED.acquire, name="arize-instrument", grace=0)
        yield
    finally:  # not in a pool, where it might wait for user code, or be cancelled before it starts
        await in_thread(SHARED.release, name="arize-instrument", grace=SWITCH_SECONDS)


def _package(entry: EntryPoint) -> str:
    return "" if entry.dist is None else entry.dist.name.lower().replace("_", "-")


def _module(entry: EntryPoint) -> str | None:
    return module_of(_package(entry))


def _when_imported(module: str, call: partial[None]) -> None:
    """Call something when a module is imported; every instrumentor needs wrapt, which can do that."""
    try:
        from wrapt import register_post_import_hook
    except ImportError:
        return
    register_post_import_hook(call, module)

"""Watches every test for API keys in logs, errors, reprs, spans, output and files."""

from __future__ import annotations

import functools
import logging
import secrets
import weakref
from typing import TYPE_CHECKING, Any

import pytest

from arize_async import ArizeClient
from arize_async.errors import ArizeError
from arize_async.server import LocalServer, embedded, keys
from arize_async.tracing.provider import RunTracing
from arize_async.transport.flight import FlightTransport
from arize_async.transport.http import HttpTransport

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CANARY = "canary-d41f8a"
"""Every key that an embedded server makes in the tests begins so."""
KEY_FILES = frozenset({"api_key"})
"""Where a key belongs."""
_SHOWN = (ArizeClient, LocalServer, HttpTransport, FlightTransport)
_MOST_ERRORS = 10_000


class Watch(logging.Handler):
    """Looks for keys in whatever a test leaves.

    Attributes:
        found: Where a key was.
    """

    def __init__(self) -> None:
        """Have seen nothing."""
        super().__init__(logging.NOTSET)
        self.found: list[str] = []
        self._errors: list[BaseException] = []
        self._shown: weakref.WeakSet[object] = weakref.WeakSet()

    def emit(self, record: logging.LogRecord) -> None:
        """Look at a log record with its arguments and its traceback."""
        self.look(self.format(record), f"a log record of {record.name}")

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Mark the keys, and see logs, errors, spans and services as they come."""
        for module in (keys, embedded):
            patch.setattr(module, "new_key", lambda: f"{CANARY}-{secrets.token_urlsafe(16)}")
        for kind in _SHOWN:
            patch.setattr(kind, "__init__", self._noting(kind.__init__, self._shown.add))
        patch.setattr(ArizeError, "__init__", self._noting(ArizeError.__init__, self._note_error))
        send = RunTracing._send  # pyright: ignore[reportPrivateUsage] - the one place that sees every span

        def sent(tracing: RunTracing, span: Any) -> None:
            self.look(
                f"{span.name} {dict(span.attributes or {})} {[dict(e.attributes) for e in span.events]}", "a span"
            )
            send(tracing, span)

        patch.setattr(RunTracing, "_send", sent)
        logging.getLogger().addHandler(self)

    def look(self, text: str, place: str) -> None:
        """Note a place when a key is in its text."""
        if CANARY in text:
            self.found.append(f"{place}: {text[:300]}")

    def forget(self) -> None:
        """Leave out what is planted: for the test of this watch."""
        self.found.clear()
        self._errors.clear()

    def look_at_objects(self) -> None:
        """Look at the errors and the services of a test."""
        errors, self._errors = self._errors, []
        for error in errors:
            for each in _chain(error):
                self.look(f"{each} {each!r} {vars(each)}", "an error")
        for service in list(self._shown):
            self.look(f"{service!r} {service} {getattr(service, 'config', '')!r}", "a repr")
        self._shown.clear()

    def look_at_files(self, folder: Path) -> None:
        """Look at the files of all tests, journals and databases among them."""
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink() and path.name not in KEY_FILES:
                self.look(path.read_bytes().decode("latin-1").partition(CANARY)[1], str(path))

    def _note_error(self, error: object) -> None:
        if isinstance(error, ArizeError) and len(self._errors) < _MOST_ERRORS:
            self._errors.append(error)

    def _noting(self, init: Any, note: Any) -> Any:
        @functools.wraps(init)
        def noted(instance: object, *arguments: object, **named: object) -> None:
            init(instance, *arguments, **named)
            note(instance)

        return noted


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


@pytest.fixture(scope="session")
def leaks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """Watch from the first test to the last, and then look at the files."""
    watch = Watch()
    with pytest.MonkeyPatch.context() as patch:
        watch.install(patch)
        yield watch
    logging.getLogger().removeHandler(watch)
    watch.look_at_files(tmp_path_factory.getbasetemp())
    assert not watch.found


@pytest.fixture(autouse=True)
def nothing_leaks(leaks: Watch) -> Iterator[None]:
    """Fail a test that shows a key anywhere."""
    yield
    leaks.look_at_objects()
    found, leaks.found = leaks.found, []
    assert not found, f"a key was shown in {found}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[Any]:
    """Fail a test that prints a key, or whose failure shows one."""
    report = yield
    texts = [report.capstdout, report.capstderr, report.longreprtext if report.longrepr else ""]
    if CANARY in "".join(texts):
        report.outcome = "failed"
        report.longrepr = "a key was printed, or is in the text of the failure; it is left out here"
        report.sections = []
    return report

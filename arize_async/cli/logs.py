"""The log of the program: what the package says, on standard error."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Generator

    from rich.console import Console

_CALLS = "arize_async.server.calls"
_FORMAT = "%(asctime)s %(message)s"
_STYLES = {"2": "green", "3": "cyan", "4": "yellow", "5": "bold red"}


class _Lines(logging.Handler):
    """Writes records to a console, which colours them when it is a terminal."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console
        self.setFormatter(logging.Formatter(_FORMAT))

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        try:
            self._console.print(_styled(self.format(record), record), soft_wrap=True)
        except Exception:  # noqa: BLE001 - logging's own rule: a record that cannot be written is reported, not raised
            self.handleError(record)


@contextmanager
def logging_to(console: Console) -> Generator[None]:
    """Write what the package and the calls to its server have to say to a console."""
    handler = _Lines(console)
    package, calls, http = (logging.getLogger(name) for name in ("arize_async", _CALLS, "aiohttp.server"))
    levels = {logger: logger.level for logger in (package, calls, http)}
    package.addHandler(handler)
    package.setLevel(logging.INFO)
    calls.setLevel(logging.DEBUG)
    http.setLevel(logging.CRITICAL)  # the traceback of every request that is no HTTP; the call itself is logged
    try:
        yield
    finally:
        package.removeHandler(handler)
        for logger, level in levels.items():
            logger.setLevel(level)


def _styled(line: str, record: logging.LogRecord) -> Text:
    text = Text(line)
    text.stylize("dim", 0, len("0000-00-00 00:00:00,000"))
    status = str(getattr(record.args[0], "status", "")) if isinstance(record.args, tuple) and record.args else ""
    if status[:1] in _STYLES:
        text.highlight_regex(rf" {status} ", _STYLES[status[0]])
    elif record.levelno >= logging.WARNING:
        text.stylize("red", len("0000-00-00 00:00:00,000"))
    return text

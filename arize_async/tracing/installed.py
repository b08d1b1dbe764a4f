"""Instrumentors that are installed, found without reading all packages at each run."""

from __future__ import annotations

import logging
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from arize_async.models.jsonable import safe_repr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.metadata import EntryPoint

log = logging.getLogger("arize_async.tracing")
GROUP = "openinference_instrumentor"


class Installed:
    """The entry points of instrumentors; looked for again when a folder of packages has changed."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._state: object = None
        self._found: Sequence[EntryPoint] = ()

    def entries(self) -> Sequence[EntryPoint]:
        """Return the entry points; this blocks for the disk."""
        state = [(path, _changed(path)) for path in sys.path]
        if state != self._state:
            try:
                self._found = tuple(entry_points(group=GROUP))
            except Exception as error:  # noqa: BLE001 - the metadata of any package may be broken
                log.warning("installed instrumentors could not be found: %s", safe_repr(error))
                self._found = ()
            self._state = state
        return self._found


def _changed(path: str) -> int:
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0

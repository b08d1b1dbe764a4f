"""One process of an experiment, and its end by a signal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Mapping
    from random import Random

_CHILD = Path(__file__).with_name("experiment.py")
_SECONDS = 120.0
_LOOK = 0.002
_UPLOAD_SECONDS = 0.3
_LINE_BYTES = 20


class Process:
    """Runs an experiment, or what is left of it.

    Attributes:
        evaluated: Set when every evaluation has ended.
        errors: What it wrote to standard error; there once it ended.
        found: Its result; None when it has none.
    """

    def __init__(self, form: str, facts: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        """Start it and wait until the experiment is about to begin."""
        self.evaluated = threading.Event()
        self.errors = ""
        self.found: dict[str, Any] | None = None
        self._notes, self._examples = Path(facts["notes"]), int(facts["examples"])
        self._process = subprocess.Popen(
            [sys.executable, str(_CHILD), form, json.dumps(facts)],
            env={**environment, "PYTHONPATH": os.pathsep.join([str(_CHILD.parent), environment.get("PYTHONPATH", "")])},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read)
        self._listener = threading.Thread(target=self._listen)
        self._reader.start()
        self._listener.start()
        self._wait(self._ready.is_set)

    def interrupt(self, number: signal.Signals, random: Random, *, late: bool) -> bool:
        """Send a signal at a moment that chance chooses; tell whether every call had been made."""
        at_upload = wait_for_moment(self._notes, self._examples, random, self.evaluated, self._wait, late=late)
        self._process.send_signal(number)
        return at_upload

    def end(self) -> int:
        """Wait for its end and return its status."""
        status = self._process.wait(timeout=_SECONDS)
        self._reader.join()
        self._listener.join()
        return status

    def _wait(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _SECONDS
        while not condition() and self._process.poll() is None and time.monotonic() < deadline:
            time.sleep(_LOOK)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line == "ready\n":
                self._ready.set()
            elif line == "evaluated\n":
                self.evaluated.set()
            else:
                self.found = json.loads(line)

    def _listen(self) -> None:
        assert self._process.stderr is not None
        self.errors = self._process.stderr.read()


def is_late(start: int, kills: int) -> bool:
    """Tell whether an interrupt is one of the last fifth of an experiment: after a late one no call is left to make."""
    return start >= kills - max(1, kills // 5)


def wait_for_moment(
    notes: Path,
    examples: int,
    random: Random,
    evaluated: threading.Event,
    wait: Callable[[Callable[[], bool]], None],
    *,
    late: bool,
) -> bool:
    """Wait for a moment that chance chooses; tell whether every call had been made.

    A late one is after the last call, when results are sent; another one at some progress of what was left to do.
    """
    if late:
        wait(evaluated.is_set)
        time.sleep(random.uniform(0, _UPLOAD_SECONDS))
    else:
        size = notes.stat().st_size
        left = max(0, examples * 6 * _LINE_BYTES - size)
        target = size + int(left * random.uniform(0, 0.35))
        wait(lambda: notes.stat().st_size >= target or evaluated.is_set())
        time.sleep(random.uniform(0, 0.02))
    return evaluated.is_set()

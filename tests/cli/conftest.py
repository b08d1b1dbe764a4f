"""The program in a process of its own."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attrs import define, field

import arize_async

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(arize_async.__file__).parent.parent
SECONDS = 60


@define
class Program:
    """A running program.

    Attributes:
        process: Its process.
        variables: What it wrote to standard output, once it served.
    """

    process: subprocess.Popen[str]
    variables: dict[str, str] = field(factory=dict)

    @property
    def url(self) -> str:
        """Where it serves REST."""
        return f"http://{self.variables['ARIZE_API_HOST']}:{self.variables['ARIZE_API_PORT']}"

    def wait_until_it_serves(self) -> Program:
        """Read the announcement: it is complete before anything is served."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if not line.startswith("#"):
                name, _, value = line.strip().partition("=")
                self.variables[name] = shlex.split(value)[0]
            if line.startswith("ARIZE_FLIGHT_PORT="):
                return self
        raise AssertionError(self.process.communicate()[1])

    def end(self, number: signal.Signals | None = None) -> tuple[int, str, str]:
        """Send a signal, wait for the end, and return status, the rest of standard output, and standard error."""
        if number is not None:
            self.process.send_signal(number)
        output, errors = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, output, errors


@pytest.fixture
def start() -> Iterator[Callable[..., Program]]:
    """Start programs; those that still run when the test is over are killed."""
    started: list[subprocess.Popen[str]] = []

    def make(*arguments: str, command: Sequence[str] = ("-m", "arize_async")) -> Program:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ARIZE_")}
        process = subprocess.Popen(
            [sys.executable, *command, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**environment, "PYTHONPATH": str(ROOT)},
        )
        started.append(process)
        return Program(process)

    yield make
    for process in started:
        process.kill()
        process.communicate(timeout=SECONDS)

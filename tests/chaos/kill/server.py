"""The server as a program that can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO

_LAST_LINE = "ARIZE_FLIGHT_PORT"


@frozen
class Server:
    """A process that serves a directory."""

    process: subprocess.Popen[str]
    variables: dict[str, str]

    @classmethod
    def start(cls, directory: Path) -> Server:
        """Start on a directory and wait until it listens.

        Raises:
            RuntimeError: It ended instead; the message is what it said.
        """
        process = spawn(directory)
        variables: dict[str, str] = {}
        for line in _lines(process):
            name, _, value = line.strip().partition("=")
            variables[name] = value
            if name == _LAST_LINE:
                return cls(process, variables)
        raise RuntimeError(f"the server did not start: {log_of(directory).read_text()[-2000:]}")

    @property
    def url(self) -> str:
        """The address of REST."""
        return f"http://127.0.0.1:{self.variables['ARIZE_API_PORT']}"

    @property
    def flight(self) -> str:
        """The address of Flight."""
        return f"grpc+tcp://127.0.0.1:{self.variables['ARIZE_FLIGHT_PORT']}"

    @property
    def key(self) -> str:
        """The key."""
        return self.variables["ARIZE_API_KEY"]

    def kill(self) -> None:
        """End it without any warning."""
        kill(self.process)


def spawn(directory: Path) -> subprocess.Popen[str]:
    """Start the program without waiting for it; its log is appended to a file beside the directory."""
    arguments = [sys.executable, "-m", "arize_async", "serve", "--path", str(directory)]
    with log_of(directory).open("a") as log:
        return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=log, text=True, env=dict(os.environ))


def kill(process: subprocess.Popen[str]) -> None:
    """End a process without any warning."""
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)


def log_of(directory: Path) -> Path:
    """Return the file that the servers of a directory log to."""
    return directory.with_suffix(".log")


def _lines(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None
    return process.stdout

"""The program: in the process of the tests, or where that makes a difference in one of its own."""

from __future__ import annotations

import io
import os
import shlex
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attrs import define, field, frozen

import arize_async
from arize_async.cli import main
from arize_sync import ArizeClient
from arize_sync.server import LocalServer

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


@frozen
class Ended:
    """What a program did: its exit status and what it wrote."""

    status: int
    output: str
    errors: str


@frozen
class Service:
    """A running server, and the program, which finds it by its variables.

    Attributes:
        server: The server.
        folder: Where the program is started, and keeps its files.
    """

    server: LocalServer
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a process that uses the server."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ARIZE_")}
        return {**kept, "PYTHONPATH": str(ROOT), **self.variables}

    @property
    def variables(self) -> dict[str, str]:
        """Those that are the package's."""
        options = {f"ARIZE_{name.upper()}": str(value) for name, value in self.server.client_options.items()}
        return {"ARIZE_DIRECTORY": str(self.folder / "arize"), **options}

    def __call__(self, *arguments: str, text: str = "", **variables: str) -> Ended:
        """Run the program to its end, in this process."""
        return run_here(*arguments, folder=self.folder, text=text, **self.variables, **variables)

    def in_a_process(self, *arguments: str, text: str = "", **variables: str) -> Ended:
        """Run the program to its end, in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "arize_async", *arguments],
            cwd=self.folder,
            env={**self.environment, **variables},
            input=text,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def client(self) -> ArizeClient:
        """Return a client of the server."""
        return ArizeClient(**self.server.client_options, arize_directory=str(self.folder / "arize"))

    def write(self, name: str, text: str) -> None:
        """Write a file where the program is started."""
        (self.folder / name).write_text(text, "utf-8")


def run_here(*arguments: str, folder: Path, text: str = "", **variables: str) -> Ended:
    """Run the program in this process, with the package's variables from here alone."""
    output, errors = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(output), redirect_stderr(errors):
        for name in [name for name in os.environ if name.startswith("ARIZE_")]:
            patch.delenv(name)
        for name, value in variables.items():
            patch.setenv(name, value)
        patch.chdir(folder)
        patch.setattr("sys.path", [*sys.path])
        patch.setattr("sys.stdin", io.StringIO(text))
        try:
            status = main(arguments)
        except SystemExit as ended:  # the parser's
            status = int(str(ended.code))
    return Ended(status, output.getvalue(), errors.getvalue())


@pytest.fixture
def here() -> Callable[..., Ended]:
    """The program in this process."""
    return run_here


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """Serve, with nothing recorded yet."""
    with LocalServer(":memory:") as server:
        yield Service(server, tmp_path)


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

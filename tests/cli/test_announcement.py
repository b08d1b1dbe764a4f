"""What is written when a server has started, and how calls look in the log."""

from __future__ import annotations

import io
import logging
import shlex
import tomllib
from pathlib import Path

import pytest
from rich.console import Console

from arize_async.cli import main
from arize_async.cli.announcement import announce
from arize_async.cli.logs import logging_to
from arize_async.server import LocalServer
from arize_async.server.calls import Call, log

ROOT = Path(__file__).parents[2]


def terminal() -> Console:
    """Return a narrow terminal with colours, that keeps what is written."""
    return Console(file=io.StringIO(), force_terminal=True, color_system="standard", width=30, highlight=False)


def written(console: Console) -> str:
    """Return what was written to a console."""
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


async def test_a_terminal_gets_lines_to_copy() -> None:
    """The exports and the arguments are whole lines, however narrow the terminal is."""
    async with LocalServer(":memory:") as server:
        console = terminal()
        announce(server, None, console)
        lines = written(console).splitlines()
        exports = [word for line in lines if line.startswith("  export ") for word in shlex.split(line)[1:]]
        arguments = "".join(lines[lines.index("  ArizeClient(") : lines.index("  )") + 1])
        options = server.client_options
        assert exports == [f"ARIZE_{name.upper()}={value}" for name, value in sorted_by_transport(dict(options))]
        assert eval(arguments, {"ArizeClient": dict}) == options  # noqa: S307 - our own text
        assert "\x1b[" in written(console)
        assert "in memory" in written(console)


async def test_anything_else_gets_variables_alone(tmp_path: Path) -> None:
    """A file has one variable a line, without colours, below comments that say where the server and its page are."""
    async with LocalServer(tmp_path) as server:
        console = Console(file=io.StringIO(), width=30)
        announce(server, tmp_path, console)
        head, link, *lines = written(console).splitlines()
        assert (head[0], link.partition("token=")[0]) == ("#", f"# web page: {server.url}/ui/login?")
        assert server.url in head
        assert lines == [f"ARIZE_{name.upper()}={value}" for name, value in server.client_options.items()]


def sorted_by_transport(options: dict[str, object]) -> list[tuple[str, object]]:
    """Return options in the order of the text for people: the key, REST, Flight, OTLP."""
    order = ("api_key", "api", "flight", "otlp")
    return sorted(options.items(), key=lambda item: order.index(item[0] if item[0] in order else item[0].split("_")[0]))


@pytest.mark.parametrize(("status", "colour"), [(200, "32"), (302, "36"), (404, "33"), (500, "1;31")])
def test_the_status_of_a_call_has_a_colour(status: int, colour: str) -> None:
    """Green for success, yellow for a refusal, red for a failure; a long line stays one line."""
    console = terminal()
    with logging_to(console):
        log(Call("GET", "/v2/" + "x" * 100, status, 1.25, 10))
    (line,) = written(console).splitlines()
    assert f"\x1b[{colour}m {status} \x1b[0m" in line
    assert line.endswith("1.2 ms 10 bytes")


def test_a_failure_is_logged_with_its_traceback() -> None:
    """Who runs the server sees why it failed; who asked it does not."""
    console = Console(file=io.StringIO(), width=200)
    with logging_to(console):
        try:
            {}["deep inside"]
        except LookupError:
            logging.getLogger("arize_async.server").exception("GET / failed")
    assert "GET / failed" in written(console)
    assert "KeyError: 'deep inside'" in written(console)


def test_the_log_ends_with_the_program() -> None:
    """Loggers are left as they were found."""
    package, calls = logging.getLogger("arize_async"), logging.getLogger("arize_async.server.calls")
    before = (package.level, package.handlers[:], calls.level)
    with logging_to(terminal()):
        assert calls.isEnabledFor(logging.DEBUG)
    assert (package.level, package.handlers, calls.level) == before


def test_a_call_is_one_line_whatever_was_asked_for() -> None:
    """Control characters and letters that terminals act on are escaped."""
    assert str(Call("GET", "/a\n\x1b[31m", 404, 0.04, 0)) == r"GET '/a\n\x1b[31m' 404 0.0 ms 0 bytes"


def test_the_program_is_installed_under_its_name() -> None:
    """The entry of the package leads to the function."""
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert scripts == {"arize-async": f"{main.__module__.rpartition('.')[0]}:{main.__name__}"}

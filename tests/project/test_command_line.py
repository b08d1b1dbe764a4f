"""The page about the command line: its commands are run in order, and write what it says."""

from __future__ import annotations

import doctest
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from arize_async.cli import main
from arize_sync.server import LocalServer

if TYPE_CHECKING:
    import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text("utf-8")
FILE = re.compile(r"^```\{code-block\} \w+\n:caption: (?P<name>\S+)\n\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
SESSION = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (?P<line>.*)\n(?P<output>(?:(?!\$ ).*\n)*)", re.MULTILINE)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def test_commands_write_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each command ends with status 0, and finds the server by its variables and the files of the page."""
    for file in FILE.finditer(PAGE):
        (tmp_path / file["name"]).write_text(file["text"], "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    commands = [command for session in SESSION.findall(PAGE) for command in COMMAND.finditer(session)]
    assert len(commands) > 10
    with LocalServer(":memory:") as server:
        for name, value in server.client_options.items():
            monkeypatch.setenv(f"ARIZE_{name.upper()}", str(value))
        for command in commands:
            program, *arguments = shlex.split(command["line"])
            assert (program, main(arguments)) == ("arize-async", 0), command["line"]
            written = capsys.readouterr().out
            checker = doctest.OutputChecker()
            assert checker.check_output(command["output"], written, FLAGS), f"$ {command['line']}\n{written}"
    assert sorted(file.name for file in tmp_path.glob("*.csv")) == ["capitals.csv", "runs.csv"]

"""What the program says when it cannot do what was asked: one line, and a status that is not 0."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

from arize_async import __version__
from arize_async.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NO_DUCKDB = "import sys; sys.modules['duckdb'] = None; from arize_async.cli import main; sys.exit(main())"


def test_a_directory_in_use_is_refused(start: Callable[..., Any], tmp_path: Path) -> None:
    """The second server on a directory says that another one has it, and prints no key."""
    start("serve", "--path", str(tmp_path)).wait_until_it_serves()
    status, output, errors = start("serve", "--path", str(tmp_path)).end()
    assert (status, output) == (1, "")
    assert len(errors.splitlines()) == 1
    assert errors.startswith("arize-async: error: ")
    assert "in use by another server" in errors


@pytest.mark.parametrize("option", ["--port", "--flight-port", "--otlp-port"])
def test_a_port_in_use_is_refused(tmp_path: Path, option: str, capfd: pytest.CaptureFixture[str]) -> None:
    """The line names the address and what to change."""
    with socket.socket() as blocker:
        blocker.bind(("127.0.0.1", 0))
        blocker.listen()
        port = str(blocker.getsockname()[1])
        assert main(["serve", "--path", str(tmp_path), option, port]) == 1
    output, errors = capfd.readouterr()
    assert output == ""
    assert errors.count("\n") == 1
    assert f"cannot listen on 127.0.0.1:{port}" in errors
    assert f"another {option.removeprefix('--').replace('-', '_')}" in errors


def test_a_path_that_cannot_be_a_directory_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A file, or a place below a file, holds no data."""
    file = tmp_path / "file"
    file.write_text("")
    for path in (file, file / "below"):
        assert main(["serve", "--path", str(path)]) == 1
        output, errors = capfd.readouterr()
        assert output == ""
        assert errors.startswith(f"arize-async: error: {path} cannot be used for data: ")
        assert errors.count("\n") == 1


def test_a_missing_extra_is_named(start: Callable[..., Any]) -> None:
    """Without the packages of the server the line says which to install."""
    status, output, errors = start("serve", "--path", ":memory:", command=("-c", NO_DUCKDB)).end()
    assert (status, output) == (1, "")
    assert errors.count("\n") == 1
    assert "pip install 'arize-async[local]'" in errors


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "COMMAND"),
        (["bake"], "bake"),
        (["serve", "--port", "65536"], "0 to 65535"),
        (["serve", "--port", "-1"], "-1"),
        (["serve", "--flight-port", "x"], "'x'"),
    ],
)
def test_wrong_arguments_end_with_status_2(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The usage and what is wrong go to standard error."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err.splitlines()[-1]


def test_a_key_that_fits_no_header_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """It is not repeated."""
    assert main(["serve", "--path", ":memory:", "--api-key", "two words"]) == 1
    errors = capsys.readouterr().err
    assert "api_key" in errors
    assert "two words" not in errors


def test_help_and_version_are_answers(capsys: pytest.CaptureFixture[str]) -> None:
    """They go to standard output, and the help of a command fits into 80 columns."""
    for arguments, said in ((["--version"], __version__), (["--help"], "serve"), (["serve", "--help"], "--api-key")):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0
        output = capsys.readouterr().out
        assert said in output
        assert max(map(len, output.splitlines())) <= 80

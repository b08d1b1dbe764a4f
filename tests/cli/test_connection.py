"""Which server is meant: by variables, by profiles, by an address, or the embedded one; and that keys stay secret."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

import pytest

from arize_async.cli import main
from arize_async.cli.connection import add_connection, open_client
from arize_async.cli.program import build_parser
from arize_async.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

    from arize_async.config import Config

WORK = """
[profile]
name = "work"
[auth]
auth_method = "api-key"
api_key = "${WORK_KEY}"
[routing]
region = "EU"
flight_port = "${FLIGHT:8443}"
[transport]
pyarrow_max_chunksize = 500
[security]
request_verify = false
[output]
format = "json"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep profiles in the test's folder, and hide the variables of whoever runs the tests."""
    for name in ("ARIZE_API_KEY", "ARIZE_API_HOST", "ARIZE_SINGLE_HOST", "ARIZE_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ARIZE_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("WORK_KEY", "secret-of-work")
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "work.toml").write_text(WORK, "utf-8")
    return tmp_path


def config(*arguments: str) -> Config:
    """Return the settings of the client that arguments ask for."""
    parser = argparse.ArgumentParser()
    add_connection(parser)
    return open_client(parser.parse_args(arguments)).config


def test_a_profile_is_read_as_the_official_program_writes_it() -> None:
    """With references to variables, short names of regions, numbers as text; what is of other programs is left."""
    found = config("--profile", "work")
    assert (found.api_key, found.endpoints.api.url) == ("secret-of-work", "https://api.eu-west-1a.arize.com")
    assert (found.pyarrow_max_chunksize, found.request_verify, found.flight_port) == (500, False, 8443)


def test_a_profile_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its key never goes to the host of a variable; a key on the command line takes the place of its own."""
    monkeypatch.setenv("ARIZE_SINGLE_HOST", "elsewhere.example")
    monkeypatch.setenv("ARIZE_API_KEY", "another")
    assert config("--profile", "work").endpoints.api.url == "https://api.eu-west-1a.arize.com"
    assert config("--profile", "work", "--api-key", "given").api_key == "given"


def test_the_active_profile_is_for_those_without_a_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables come first."""
    (folder / ".active_profile").write_text("work\n", "utf-8")
    assert config().api_key == "secret-of-work"
    monkeypatch.setenv("ARIZE_API_KEY", "of the variable")
    assert config().api_key == "of the variable"
    assert config().api_host == "api.arize.com"


def test_an_address_is_the_only_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing goes to the host of a variable; ports of the other transports are those of theirs."""
    monkeypatch.setenv("ARIZE_API_KEY", "k")
    monkeypatch.setenv("ARIZE_REGION", "eu-west-1a")
    monkeypatch.setenv("ARIZE_FLIGHT_HOST", "elsewhere.example")
    monkeypatch.setenv("ARIZE_FLIGHT_PORT", "8081")
    endpoints = config("--url", "http://127.0.0.1:8080").endpoints
    assert endpoints.api.url == "http://127.0.0.1:8080"
    assert {each.host for each in (endpoints.api, endpoints.flight, endpoints.otlp)} == {"127.0.0.1"}
    assert (endpoints.flight.scheme, endpoints.flight.port) == ("grpc", 8081)
    assert config("--url", "https://[::1]:8080/").endpoints.api.url == "https://[::1]:8080"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("nobody", None, "there are: work"),
        ("../work", None, "no name of a profile"),
        ("", None, "no name of a profile"),
        ("x", "api_key = 'secret-x'\n[auth", "cannot be read"),
        ("x", "auth = 'secret-x'", "'auth' is no table"),
        ("x", "[auth]\nauth_method = 'oauth'", "has no api_key"),
        ("x", "[auth]\napi_key = '${NOT_SET_AT_ALL}'", "needs the variable NOT_SET_AT_ALL"),
        ("x", "[auth]\napi_key = 'secret-x'\n[routing]\nregion = 'moon'", "region is one of"),
        ("x", "[auth]\napi_key = 'secret-x'\n[transport]\npyarrow_max_chunksize = 'many'", "pyarrow_max_chunksize"),
    ],
)
def test_profiles_that_cannot_be_used(folder: Path, name: str, text: str | None, said: str) -> None:
    """The message names the file and the setting, and no key."""
    if text is not None:
        (folder / "profiles" / "x.toml").write_text(text, "utf-8")
    with pytest.raises(ConfigurationError) as raised:
        config("--profile", name)
    assert said in str(raised.value)
    assert "secret-x" not in str(raised.value)


@pytest.mark.parametrize(
    "url", ["8080", "ftp://a", "http://", "http://a:0", "http://a:99999", "http://u:pw@a", "http://a/b"]
)
def test_what_is_no_address_is_a_wrong_argument(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A password in it is not repeated."""
    with pytest.raises(SystemExit):
        config("--url", url)
    assert "pw" not in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    "pair", [("--local", "--profile=a"), ("--profile=a", "--url=http://a"), ("--url=http://a", "--local")]
)
def test_one_server_at_a_time(pair: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """Two places are wrong arguments, and the embedded server has no key to give."""
    with pytest.raises(SystemExit):
        config(*pair)
    with pytest.raises(SystemExit):
        config("--local", "--api-key", "k")
    assert "needs no --api-key" in capsys.readouterr().err.splitlines()[-1]


def test_no_server_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a key the line says what to set, and a server that is not there is named without the key."""
    assert main(["datasets", "list"]) == 1
    written = capsys.readouterr()
    assert all(word in written.err for word in ("ARIZE_API_KEY", "--profile", "--local"))
    assert main(["datasets", "list", "--url", "http://127.0.0.1:9", "--api-key", "secret-x"]) == 1
    written = capsys.readouterr()
    assert (written.out, written.err.count("\n")) == ("", 1)
    assert "secret-x" not in written.err


def commands(parser: argparse.ArgumentParser, words: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return the words of all commands and actions."""
    nested: list[Any] = [action for action in parser._actions if isinstance(action.choices, dict)]
    found = [(*words, name) for action in nested for name in action.choices]
    return found + [
        deeper
        for action in nested
        for name, each in action.choices.items()
        for deeper in commands(each, (*words, name))
    ]


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Its help fits into 80 columns and has an example."""
    monkeypatch.setenv("COLUMNS", "80")
    found = commands(build_parser())
    assert ("experiments", "annotate") in found
    for words in found:
        with pytest.raises(SystemExit) as ended:
            main([*words, "--help"])
        output = capsys.readouterr().out
        assert ended.value.code == 0
        assert max(map(len, output.splitlines())) <= 80, words
        assert "example" in output, words


def test_shells_are_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The completion of a word comes from the parser."""
    import subprocess
    import sys
    from pathlib import Path as FilePath

    import arize_async

    line = "arize-async experiments an"
    answer = tmp_path / "answer"
    environment = {
        "PYTHONPATH": str(FilePath(arize_async.__file__).parents[1]),
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
        "COMP_TYPE": "9",
    }
    subprocess.run([sys.executable, "-m", "arize_async"], env=environment, timeout=60, check=False)
    assert answer.read_text().split() == ["annotate"]

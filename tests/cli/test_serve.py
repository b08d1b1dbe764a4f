"""``arize-async serve`` in a process of its own."""

from __future__ import annotations

import re
import signal
import socket
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from arize_sync import ArizeClient

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (\w+) (\S+) (\d{3}) \d+\.\d ms (\d+) bytes")
SECONDS = 30


def get(url: str, key: str = "") -> int:
    """Send a request and return the status of its answer."""
    try:
        with urlopen(Request(url, headers={"Authorization": f"Bearer {key}"}), timeout=SECONDS) as response:  # noqa: S310
            return int(response.status)
    except HTTPError as error:
        with error:
            return error.code


def calls(errors: str) -> list[tuple[str, ...]]:
    """Return method, path, status and bytes of each line of the log that is a call."""
    return [found.groups() for found in map(LINE.fullmatch, errors.splitlines()) if found]


def test_it_prints_variables_that_point_a_client_at_it(
    start: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With them a client needs no arguments, over all three transports; each call is one line of the log."""
    program = start("serve", "--path", str(tmp_path / "data")).wait_until_it_serves()
    for name, value in program.variables.items():
        monkeypatch.setenv(name, value)
    with ArizeClient() as client:
        dataset = client.datasets.create(name="d", space="default", examples=[{"a": 1}])
        experiment, _ = client.experiments.run(name="e", dataset=dataset.id, task=lambda row: "secret output")
        assert experiment is not None
    status, _, errors = program.end(signal.SIGTERM)
    logged = [call[:3] for call in calls(errors)]
    assert status == 0
    assert ("POST", "/v2/datasets", "201") in logged
    assert ("Flight", "DoAction/create_experiment_db_entry", "200") in logged
    assert ("Flight", "DoPut/post_experiment_data", "200") in logged
    assert ("OTLP", "TraceService/Export", "200") in logged
    assert all(int(size) > 0 for _, path, _, size in calls(errors) if path == "DoPut/post_experiment_data")
    for word in (program.variables["ARIZE_API_KEY"], "secret output", "Traceback", "name=default"):
        assert word not in errors


def test_the_log_has_one_line_for_each_request(start: Callable[..., Any]) -> None:
    """Refused requests and those that are no HTTP are logged, without query and without control characters."""
    program = start("serve", "--path", ":memory:").wait_until_it_serves()
    key = program.variables["ARIZE_API_KEY"]
    assert get(f"{program.url}/v2/spaces?name=x", key) == HTTPStatus.OK
    assert get(f"{program.url}/v2/datasets/%0A%1B") == HTTPStatus.UNAUTHORIZED
    with socket.create_connection(("127.0.0.1", int(program.variables["ARIZE_API_PORT"])), SECONDS) as raw:
        raw.sendall(b"NO HTTP\r\n\r\n")
        assert raw.recv(1024).startswith(b"HTTP/1.")
    status, _, errors = program.end(signal.SIGTERM)
    assert status == 0
    assert [call[:3] for call in calls(errors)] == [
        ("GET", "/v2/spaces", "200"),
        ("GET", "/v2/datasets/%0A%1B", "401"),
        ("UNKNOWN", "/", "400"),
    ]
    assert len(errors.splitlines()) == 4  # and that it stops


def test_a_signal_stops_it(start: Callable[..., Any], tmp_path: Path) -> None:
    """It ends with status 0, says so, and the directory is free again."""
    for number in (signal.SIGTERM, signal.SIGINT):
        status, output, errors = start("serve", "--path", str(tmp_path)).wait_until_it_serves().end(number)
        assert (status, output) == (0, "")
        assert errors.rstrip().endswith("stopping: calls under way have some seconds to end")


def test_a_request_that_never_ends_does_not_keep_it(start: Callable[..., Any]) -> None:
    """A client that has sent half of its body is cut off."""
    program = start("serve", "--path", ":memory:").wait_until_it_serves()
    with socket.create_connection(("127.0.0.1", int(program.variables["ARIZE_API_PORT"])), SECONDS) as stuck:
        key = program.variables["ARIZE_API_KEY"]
        head = (
            f"POST /v2/datasets HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\nContent-Length: 9\r\n\r\n"
        )
        stuck.sendall(head.encode() + b"{")
        status, _, errors = program.end(signal.SIGTERM)
    assert status == 0
    assert "Traceback" not in errors


def test_a_restart_keeps_data_and_key(start: Callable[..., Any], tmp_path: Path) -> None:
    """The clients of before go on with the same key, and with the same ports where they were given."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    first = start("serve", "--path", str(tmp_path), "--port", port).wait_until_it_serves()
    with ArizeClient(**options(first.variables)) as client:
        made = client.datasets.create(name="kept", space="default", examples=[{"a": 1}])
    assert first.end(signal.SIGTERM)[0] == 0
    second = start("serve", "--path", str(tmp_path), "--port", port).wait_until_it_serves()
    assert second.variables["ARIZE_API_KEY"] == first.variables["ARIZE_API_KEY"]
    assert second.url == first.url
    with ArizeClient(**options(second.variables)) as client:
        assert client.datasets.get(dataset=made.id).name == "kept"


def test_a_given_key_is_used(start: Callable[..., Any]) -> None:
    """It is quoted where a shell would take it apart, and the only one that is accepted."""
    program = start("serve", "--path", ":memory:", "--api-key", "it's;$ecret").wait_until_it_serves()
    assert program.variables["ARIZE_API_KEY"] == "it's;$ecret"
    assert get(f"{program.url}/v2/spaces", "it's;$ecret") == HTTPStatus.OK
    assert get(f"{program.url}/v2/spaces", "other") == HTTPStatus.UNAUTHORIZED


def options(variables: dict[str, str]) -> Any:
    """Return the arguments of a client that are the same as some variables."""
    named = {name.removeprefix("ARIZE_").lower(): value for name, value in variables.items()}
    return {name: int(value) if name.endswith("_port") else value for name, value in named.items()}

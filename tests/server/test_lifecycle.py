"""Starting, stopping and restarting a server."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import flight

import arize_async
from arize_async.errors import ServerFailed
from arize_async.server import LocalServer, app
from arize_async.wire.flight import encode_request

SERVE = """
import asyncio, sys
from arize_async.server import LocalServer

async def main():
    async with LocalServer(sys.argv[1]) as server:
        print(server.url, server.api_key, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def spawn(directory: Path) -> subprocess.Popen[str]:
    """Start a server in a process of its own."""
    root = Path(arize_async.__file__).parent.parent
    environment = {**os.environ, "PYTHONPATH": str(root)}
    arguments = [sys.executable, "-c", SERVE, str(directory)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


async def test_a_restart_on_the_same_directory_keeps_data_and_key(tmp_path: Path, connect: Any) -> None:
    """What was stored is there after a restart, under the same ids and the same key."""
    async with LocalServer(tmp_path) as server:
        rest = await connect(server)
        space = (await rest("GET", "/v2/spaces")).body["spaces"][0]["id"]
        body = {"name": "kept", "space_id": space, "examples": [{"a": 1}]}
        dataset = (await rest("POST", "/v2/datasets", json=body)).body
        key = server.api_key
    async with LocalServer(tmp_path) as server:
        rest = await connect(server)
        assert server.api_key == key
        assert (await rest("GET", f"/v2/datasets/{dataset['id']}")).body == dataset
        examples = await rest.walk(f"/v2/datasets/{dataset['id']}/examples", "examples")
        assert [example["a"] for example in examples] == [1]


async def test_what_was_answered_survives_a_kill(tmp_path: Path, connect: Any) -> None:
    """After SIGKILL everything that the server had confirmed is in the file."""
    process = await asyncio.to_thread(spawn, tmp_path)
    try:
        url, key = (await asyncio.to_thread(process.stdout.readline)).split()
        async with LocalServer(":memory:") as other:
            rest = await connect(other)
        headers = {"Authorization": f"Bearer {key}"}
        space = (await rest("GET", f"{url}/v2/spaces", headers=headers)).body["spaces"][0]["id"]
        for number in range(5):
            body = {"name": f"d{number}", "space_id": space, "examples": [{"a": number}]}
            assert (await rest("POST", f"{url}/v2/datasets", json=body, headers=headers)).status == 201
    finally:
        process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(process.communicate)
    async with LocalServer(tmp_path) as server:
        rest = await connect(server)
        names = {item["name"] for item in await rest.walk("/v2/datasets", "datasets")}
        assert names == {f"d{number}" for number in range(5)}


async def test_a_start_removes_what_broken_uploads_left(tmp_path: Path) -> None:
    """The files of uploads in which a server was killed go; other files stay."""
    left = tmp_path / "upload-abc"
    left.mkdir()
    (left / "rows.arrows").write_bytes(b"half")
    (tmp_path / "upload-def").write_bytes(b"half")
    (tmp_path / "notes.txt").touch()
    async with LocalServer(tmp_path):
        assert not left.exists()
        assert not (tmp_path / "upload-def").exists()
        assert (tmp_path / "notes.txt").exists()


async def test_a_second_process_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    """The error says that the data is in use and what to do."""
    async with LocalServer(tmp_path):
        process = await asyncio.to_thread(spawn, tmp_path)
        _, errors = await asyncio.to_thread(process.communicate)
    assert "ServerFailed" in errors
    assert "is in use by another server" in errors


async def test_a_second_server_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    """The same holds within a process, and the first server goes on."""
    async with LocalServer(tmp_path) as first:
        with pytest.raises(ServerFailed, match="in use by another server"):
            await LocalServer(tmp_path).start()
        assert first.url
    async with LocalServer(tmp_path) as again:
        assert again.url


async def test_two_servers_are_independent(connect: Any) -> None:
    """Ids, keys and data of two servers have nothing in common."""
    async with LocalServer(":memory:") as one, LocalServer(":memory:") as two:
        spaces = [(await (await connect(server))("GET", "/v2/spaces")).body["spaces"][0] for server in (one, two)]
        assert one.api_key != two.api_key
        assert spaces[0]["id"] != spaces[1]["id"]


@pytest.mark.parametrize("argument", ["port", "flight_port", "otlp_port"])
async def test_a_port_in_use_is_refused_and_nothing_stays_open(tmp_path: Path, argument: str) -> None:
    """The error names the argument; the same directory and the other ports can be used at once."""
    with socket.socket() as blocker:
        blocker.bind(("127.0.0.1", 0))
        blocker.listen()
        taken = LocalServer(tmp_path, **{argument: blocker.getsockname()[1]})
        with pytest.raises(ServerFailed, match=f"another {argument}"):
            await taken.start()
    await taken.start()
    await taken.aclose()


@pytest.mark.parametrize("turns", [1, 10, 100, 1_000, 10_000, 50_000])
async def test_a_start_that_is_cancelled_leaves_nothing_open(tmp_path: Path, turns: int) -> None:
    """Whenever the cancellation comes, the directory can be used at once."""
    server = LocalServer(tmp_path)
    task = asyncio.ensure_future(server.start())
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    await server.aclose()
    async with LocalServer(tmp_path) as again:
        assert again.url


async def test_closing_drops_clients_that_are_stuck(
    tmp_path: Path, connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upload that never ends is cut off after the grace, and stores nothing."""
    monkeypatch.setattr(app, "_GRACE", 0.1)
    async with LocalServer(tmp_path) as server:
        space = (await (await connect(server))("GET", "/v2/spaces")).body["spaces"][0]["id"]
        options = flight.FlightCallOptions(headers=[(b"auth-token-bin", server.api_key.encode())])
        command = encode_request("DoPutRequest", "create_dataset", space_id=space, dataset_name="stuck")
        table = pa.table({"a": [1]})
        client = flight.connect(f"grpc+tcp://127.0.0.1:{server.client_options['flight_port']}")
        writer, _ = client.do_put(flight.FlightDescriptor.for_command(command), table.schema, options)
        await asyncio.to_thread(writer.write_table, table)
    with pytest.raises((flight.FlightError, pa.ArrowException)):
        await asyncio.to_thread(writer.close)
    client.close()
    async with LocalServer(tmp_path) as server:
        assert await (await connect(server)).walk("/v2/datasets", "datasets") == []
    left = {thread.name for thread in threading.enumerate()}
    assert "arize-flight-shutdown" not in left


async def test_starting_and_stopping_twice_does_nothing(tmp_path: Path) -> None:
    """Both are idempotent, and repr shows the state but never the key."""
    server = LocalServer(tmp_path)
    assert "stopped" in repr(server)
    await server.start()
    url = server.url
    await server.start()
    assert server.url == url
    assert url in repr(server)
    assert server.api_key not in repr(server)
    await server.aclose()
    await server.aclose()
    assert "stopped" in repr(server)
    with pytest.raises(ServerFailed, match="not running"):
        _ = server.url


async def test_directory_and_key_belong_to_the_user_alone(tmp_path: Path) -> None:
    """The directory is 0700, the key file 0600."""
    directory = tmp_path / "deep" / "data"
    async with LocalServer(directory) as server:
        key = directory / "api_key"
        assert key.read_text() == server.api_key
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


async def test_a_directory_that_was_there_keeps_its_mode(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It may be anything of the user's; the key is private in it, and what is not is said."""
    directory = tmp_path / "mine"
    directory.mkdir()
    for mode, warned in ((0o700, False), (0o750, True), (0o755, True)):
        directory.chmod(mode)
        caplog.clear()
        async with LocalServer(directory):
            assert stat.S_IMODE(directory.stat().st_mode) == mode
            assert stat.S_IMODE((directory / "api_key").stat().st_mode) == 0o600
        assert (f"other users of this machine can enter {directory}" in caplog.text) == warned


async def test_the_default_directory_follows_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a path data is under ``$ARIZE_DIRECTORY/local``."""
    monkeypatch.setenv("ARIZE_DIRECTORY", str(tmp_path))
    async with LocalServer():
        assert (tmp_path / "local" / "arize.duckdb").exists()


async def test_a_given_key_is_used(tmp_path: Path, connect: Any) -> None:
    """No key file is made, and other keys are refused."""
    async with LocalServer(tmp_path, api_key="given") as server:
        rest = await connect(server)
        assert server.api_key == "given"
        assert (await rest("GET", "/v2/spaces")).status == 200
        assert not (tmp_path / "api_key").exists()


async def test_a_key_that_fits_no_header_is_refused() -> None:
    """It would never match."""
    with pytest.raises(ServerFailed, match="api_key"):
        await LocalServer(":memory:", api_key="two words").start()


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """The error names the file."""
    (tmp_path / "arize.duckdb").write_text("not a database")
    with pytest.raises(ServerFailed, match=r"arize\.duckdb"):
        await LocalServer(tmp_path).start()


async def test_no_threads_stay_behind(tmp_path: Path) -> None:
    """A server that was closed has ended every thread that it started."""
    before = {thread.name for thread in threading.enumerate()}
    async with LocalServer(tmp_path):
        pass
    left = {thread.name for thread in threading.enumerate()} - before
    assert not {name for name in left if name.startswith("arize")}


def test_a_server_runs_on_the_loop_of_another_thread(tmp_path: Path) -> None:
    """Nothing depends on the main thread."""
    found: list[str] = []

    async def serve() -> None:
        async with LocalServer(tmp_path) as server:
            found.append(server.url)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    thread.join(60)
    assert found

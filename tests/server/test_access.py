"""Who may talk to the server, and what refusals look like."""

from __future__ import annotations

import asyncio
import gzip
import io
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from arize_async.server.access import Guard

if TYPE_CHECKING:
    from arize_async.server import LocalServer

FIELDS = {"status", "title", "type", "detail", "instance", "request_id"}


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic abc", "Bearer \u00fc"])
async def test_a_missing_or_wrong_key_is_refused(rest: Any, header: str) -> None:
    """The answer is a problem with status 401 that does not repeat the key."""
    answer = await rest("GET", "/v2/spaces", headers={"Authorization": header})
    assert answer.status == 401
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.body["title"] == "Authentication required"
    assert "wrong" not in answer.body["detail"]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "10.0.0.1", "[::ffff]"]
)
async def test_requests_for_other_hosts_are_refused(rest: Any, host: str) -> None:
    """A page whose name was pointed at this machine cannot read anything, even with the key."""
    answer = await rest("GET", "/v2/spaces", headers={"Host": host})
    assert answer.status == 403
    assert "Host" in answer.body["detail"]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1234", "127.0.0.1:9", "[::1]:80"])
async def test_names_of_this_machine_are_served(rest: Any, host: str) -> None:
    """Loopback names pass, whatever the port."""
    assert (await rest("GET", "/v2/spaces", headers={"Host": host})).status == 200


def test_a_server_on_all_addresses_accepts_addresses_and_no_names() -> None:
    """An address in the Host header cannot come from a rebound name."""
    everywhere = Guard("0.0.0.0", "key")  # noqa: S104 - nothing is bound
    assert everywhere.knows_host("192.168.1.5:80")
    assert not everywhere.knows_host("evil.example")
    assert "key" not in repr(everywhere)


async def test_unknown_paths_methods_and_ids_are_problems(rest: Any, dataset: str) -> None:
    """Every refusal has the same form and names the resource."""
    for method, path, status in (
        ("GET", "/nothing", 404),
        ("GET", "/v2/datasets/RGF0YXNldDo5OTk6QWJDZA%3D%3D", 404),
        ("GET", "/v2/datasets/not-an-id", 404),
        ("GET", "/v2/experiments/..%2F..%2Fetc", 404),
        ("PUT", f"/v2/datasets/{dataset}", 405),
        ("DELETE", "/v2/experiments/nothing", 404),
        ("GET", "/v2/experiments?dataset_id=nothing", 404),
        ("GET", "/v2/experiments?dataset_id=a&space_id=b", 400),
        ("GET", "/v2/datasets?limit=0", 400),
        *(("GET", f"/v2/{noun}?name={'n' * 256}", 400) for noun in ("annotation-configs", "datasets", "experiments")),
        *(("GET", f"/v2/{noun}?name={'n' * 256}", 400) for noun in ("spaces", "tags")),
        ("GET", f"/v2/datasets?space_name={'n' * 256}", 400),
        ("GET", "/v2/datasets?limit=101", 400),
        ("GET", "/v2/datasets?limit=ten", 400),
        ("GET", "/v2/datasets?cursor=abc", 400),
    ):
        answer = await rest(method, path)
        assert answer.status == status, path
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert set(answer.body) == FIELDS
        assert answer.body["status"] == status


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[]", "expected an object"),
        (b'{"name": 1, "space_id": "s", "examples": [{}]}', "$.name"),
        (b'{"name": "a", "space_id": "s"}', "examples"),
        (b'{"name": "a", "space_id": "s", "examples": []}', "1 to 1000"),
        (b'{"name": "a", "space_id": "s", "examples": [1]}', "$.examples[0]"),
        (b'{"name": "a", "space_id": "s", "examples": [{"a": 1}], "more": 1}', "more"),
        (b'{"name": "a", "space_id": "s", "examples": [{"a": NaN}]}', "not JSON"),
        (b'{"name": "a\xff"}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
    ],
)
async def test_malformed_bodies_are_refused_with_the_path(rest: Any, body: bytes, part: str) -> None:
    """Status 400, and the detail says where."""
    answer = await rest("POST", "/v2/datasets", data=body, headers={"Content-Type": "application/json"})
    assert answer.status == 400
    assert part in answer.body["detail"]
    for leak in ("Traceback", "SELECT", "duckdb", ".py"):
        assert leak not in str(answer.body)


async def test_a_body_beyond_the_limit_is_refused(rest: Any) -> None:
    """Status 413, without reading it to the end."""
    try:
        answer = await rest("POST", "/v2/datasets", data=io.BytesIO(b" " * (65 * 1024 * 1024)))
    except aiohttp.ClientError:
        pytest.skip("the connection was closed before the answer was read")
    assert answer.status == 413
    assert set(answer.body) == FIELDS


async def test_a_compressed_bomb_is_refused(rest: Any) -> None:
    """The limit holds for what comes out of gzip."""
    bomb = gzip.compress(b" " * (65 * 1024 * 1024))
    answer = await rest("POST", "/v2/datasets", data=bomb, headers={"Content-Encoding": "gzip"})
    assert answer.status == 413


async def test_bytes_that_are_no_http_do_not_disturb(server: LocalServer, rest: Any) -> None:
    """Garbage on the socket ends that connection and nothing else."""
    port = int(server.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"\x16\x03\x01\x00\xff garbage\r\n\r\n")
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    await writer.wait_closed()
    assert b"Traceback" not in answer
    assert (await rest("GET", "/v2/spaces")).status == 200


async def test_failures_of_the_server_say_nothing_about_it(
    rest: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An unexpected error is a plain 500; the cause is in the log."""
    from arize_async.server.storage.database import Database

    def broken(self: Database) -> None:
        raise RuntimeError("secret path /data")

    monkeypatch.setattr(Database, "read", broken)
    answer = await rest("GET", "/v2/spaces")
    assert answer.status == 500
    assert "secret" not in str(answer.body)
    assert "secret path" in caplog.text

"""Clients that are slow or silent: they lose their connection, and nobody else waits for them."""

from __future__ import annotations

import asyncio
import logging
import socket
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from pyarrow import flight

from arize_async.server import LocalServer, app
from arize_async.server.rest import exchange
from arize_async.wire.flight import encode_request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from arize_async.server.options import ClientOptions

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
GET = "GET /v2/spaces HTTP/1.1\r\nHost: 127.0.0.1\r\n"


async def connected(server: LocalServer) -> Streams:
    """Open a plain connection to REST."""
    return await asyncio.open_connection("127.0.0.1", server.client_options["api_port"])


async def ended(reader: asyncio.StreamReader) -> bytes:
    """Return what comes until the server closes the connection."""
    found = b""
    with suppress(ConnectionError):
        while part := await asyncio.wait_for(reader.read(65536), 60):
            found += part
    return found


@pytest.fixture
async def impatient(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LocalServer]:
    """Start a server that waits for nothing for long."""
    monkeypatch.setattr(app, "_IDLE", 0.2)
    monkeypatch.setattr(exchange, "BODY_SECONDS", 0.2)
    async with LocalServer(":memory:") as server:
        yield server


@pytest.mark.parametrize("head", ["", "G", GET, f"{GET}X-Long: {'x' * 4000}"])
async def test_a_head_that_is_never_complete_ends_the_connection(impatient: LocalServer, head: str) -> None:
    """A client that sends nothing, or a part of a request's head, is cut off."""
    reader, writer = await connected(impatient)
    writer.write(head.encode())
    assert await ended(reader) == b""
    writer.close()


async def test_a_head_that_trickles_ends_the_connection(impatient: LocalServer) -> None:
    """Each byte more does not buy more time."""
    reader, writer = await connected(impatient)
    writer.write(GET.encode())
    with suppress(ConnectionError):
        while not reader.at_eof():
            writer.write(b"X")
            await writer.drain()
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(1), 0.01)
    assert reader.at_eof()
    writer.close()


async def test_the_second_head_is_bounded_too(impatient: LocalServer) -> None:
    """After an answer the same holds for the next request of the connection."""
    reader, writer = await connected(impatient)
    key = f"Authorization: Bearer {impatient.api_key}\r\n"
    writer.write(f"{GET}{key}\r\n{GET}".encode())
    assert (await ended(reader)).startswith(b"HTTP/1.1 200 OK")
    writer.close()


async def test_a_body_that_is_never_complete_is_refused(impatient: LocalServer) -> None:
    """The answer is 408, and then the connection ends."""
    reader, writer = await connected(impatient)
    key = f"Authorization: Bearer {impatient.api_key}\r\n"
    head = f"POST /v2/datasets HTTP/1.1\r\nHost: 127.0.0.1\r\n{key}Content-Length: 1000\r\n\r\n"
    writer.write(f'{head}{{"name": "half'.encode())
    assert (await asyncio.wait_for(reader.readline(), 60)).startswith(b"HTTP/1.1 408 ")
    writer.close()


async def test_an_answer_that_is_not_read_ends_the_connection(
    server: LocalServer,
    rest: Any,
    flight_client: Any,
    space: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A client that asks for much and reads nothing is cut off in the middle of it."""
    fields = {"space_id": space, "dataset_name": "large", "dataset_type": "GENERATIVE"}
    table = pa.table({"text": ["x" * 60_000] * 500})
    await asyncio.to_thread(lambda: flight_client.put("create_dataset", table, **fields))
    dataset = (await rest("GET", "/v2/datasets")).body["datasets"][0]["id"]
    monkeypatch.setattr(exchange, "ANSWER_SECONDS", 0.2)
    caplog.set_level(logging.DEBUG, "arize_async.server.calls")
    with socket.create_connection(("127.0.0.1", server.client_options["api_port"])) as client:
        path = f"/v2/datasets/{dataset}/examples"
        head = f"GET {path}?limit=500 HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {server.api_key}\r\n\r\n"
        await asyncio.to_thread(client.sendall, head.encode())
        while not any(path in message for message in caplog.messages):  # noqa: ASYNC110 - a log has no event
            await asyncio.sleep(0.01)
        assert 0 < await asyncio.to_thread(read_all, client) < 30_000_000


def read_all(client: socket.socket) -> int:
    """Count the bytes until the end of a connection."""
    client.settimeout(60)
    size = 0
    with suppress(ConnectionError):
        while part := client.recv(1 << 20):
            size += len(part)
    return size


def silent_upload(options: ClientOptions, space: str, name: str, stack: ExitStack) -> None:
    """Begin an upload and send no more."""
    address = f"grpc+tcp://127.0.0.1:{options['flight_port']}"
    client = stack.enter_context(flight.connect(address))
    call = flight.FlightCallOptions(timeout=60, headers=[(b"auth-token-bin", options["api_key"].encode())])
    command = encode_request("DoPutRequest", "create_dataset", space_id=space, dataset_name=name)
    table = pa.table({"a": [1]})
    writer, _ = client.do_put(flight.FlightDescriptor.for_command(command), table.schema, call)
    writer.write_table(table)
    stack.callback(close_quietly, writer)


def close_quietly(writer: Any) -> None:
    """End an upload, whether it succeeds or not."""
    with suppress(flight.FlightError, pa.ArrowException):
        writer.close()


async def test_silent_clients_hold_nobody_up(server: LocalServer, rest: Any, flight_client: Any, space: str) -> None:
    """With many silent connections and uploads open, every transport serves the others, also their writes."""
    options = server.client_options
    with ExitStack() as stack:
        for port in (options["api_port"], options["flight_port"], options["otlp_port"]):
            for _ in range(50):
                stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        for number in range(20):
            await asyncio.to_thread(silent_upload, options, space, f"silent {number}", stack)
        body = {"name": "heard", "space_id": space, "examples": [{"a": 1}]}
        dataset = (await rest("POST", "/v2/datasets", json=body)).body["id"]
        table = await asyncio.to_thread(lambda: flight_client.get("get_dataset", dataset_id=dataset))
        assert table.column("a").to_pylist() == [1]
        fields = {"space_id": space, "dataset_name": "uploaded", "dataset_type": "GENERATIVE"}
        await asyncio.to_thread(lambda: flight_client.put("create_dataset", pa.table({"a": [1]}), **fields))
        names = {found["name"] for found in await rest.walk("/v2/datasets", "datasets")}
        assert names == {"heard", "uploaded"}
        await asyncio.to_thread(stack.close)

"""Servers that stall, trickle or leave, and tasks that are cancelled: nothing stays open."""

from __future__ import annotations

import asyncio
import gc
import warnings
from typing import Any

import pytest

from arize_async.config import RetryPolicy, Timeouts
from arize_async.errors import ClientClosed, ConnectionFailed, RequestTimeout
from arize_async.transport.http import HttpTransport

ONCE = RetryPolicy(attempts=1)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"


async def until_left(reader: asyncio.StreamReader) -> None:
    """Wait until the client hangs up."""
    while await reader.read(65536):
        pass


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\n", HEAD, HEAD + b"{"], ids=["nothing", "line", "head", "{"])
async def test_a_server_that_stalls_is_a_timeout_wherever_it_stops(serve_raw: Any, said: bytes) -> None:
    """The time between two pieces is bounded, before the headers and after; the connection is closed."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await until_left(reader)

    async with serve_raw(talk, retry=ONCE, timeouts=Timeouts(read=0.05)) as (server, config):
        transport = HttpTransport(config)
        with pytest.raises(RequestTimeout, match=r"sent nothing for 0\.05 s"):
            await transport.request("GET", "/v2/x")
        async with asyncio.timeout(10):
            await server.all_closed.wait()
        await transport.aclose()


async def test_a_server_that_trickles_runs_into_the_total_time(serve_raw: Any) -> None:
    """A byte now and then keeps the connection alive, and not the request."""

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD)
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with serve_raw(talk, timeouts=Timeouts(total=0.2, read=0.1)) as (server, config):
        transport = HttpTransport(config)
        with pytest.raises(RequestTimeout, match=r"within 0\.2 s") as caught:
            await transport.request("GET", "/v2/x")
        async with asyncio.timeout(10):
            await server.all_closed.wait()
        await transport.aclose()
    assert caught.value.attempts == 1


async def test_a_create_without_an_answer_in_time_says_that_it_may_have_happened(serve_raw: Any) -> None:
    """Only a look at the server tells."""

    async def talk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await until_left(reader)

    async with serve_raw(talk, timeouts=Timeouts(total=0.1)) as (server, config):
        transport = HttpTransport(config)
        with pytest.raises(RequestTimeout, match="may have been carried out"):
            await transport.request("POST", "/v2/x", body={})
        await transport.aclose()
    assert server.opened == 1


async def test_a_reset_in_the_middle_is_a_connection_failure(serve_raw: Any) -> None:
    """Neither of the two ways in which a connection dies shows as an error of another library."""

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"{")
        await writer.drain()
        writer.transport.abort()

    async with serve_raw(talk, retry=ONCE) as (_, config):
        transport = HttpTransport(config)
        with pytest.raises(ConnectionFailed):
            await transport.request("GET", "/v2/x")
        await transport.aclose()


async def test_a_tls_handshake_that_stalls_is_a_timeout(serve_raw: Any, fake_time: Any) -> None:
    """The connection did not come about, so even a create is tried again."""

    async def talk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await until_left(reader)

    options = {"api_scheme": "https", "timeouts": Timeouts(connect=0.05), "retry": RetryPolicy(attempts=2)}
    async with serve_raw(talk, **options) as (server, config):
        transport = HttpTransport(config, timing=fake_time.timing)
        with pytest.raises(RequestTimeout, match=r"no connection to 127.*within 0\.05 s.*2 attempts") as caught:
            await transport.request("POST", "/v2/x", body={})
        await transport.aclose()
    assert caught.value.nothing_sent
    assert server.opened == 2


@pytest.mark.parametrize("said", [b"", HEAD + b"{"], ids=["before the answer", "within the answer"])
async def test_a_cancelled_request_closes_its_connection(serve_raw: Any, said: bytes) -> None:
    """The server sees the client leave; no task, socket or warning stays behind, and others go on."""
    arrived = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if b"/ok" in server.heads[-1]:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            return
        writer.write(said)
        await writer.drain()
        arrived.set()
        await until_left(reader)

    before = asyncio.all_tasks()
    async with serve_raw(talk) as (server, config):
        transport = HttpTransport(config)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            request = asyncio.ensure_future(transport.request("GET", "/v2/x"))
            await arrived.wait()
            request.cancel()
            with pytest.raises(asyncio.CancelledError):
                await request
            async with asyncio.timeout(10):
                await server.all_closed.wait()
            assert await transport.request("GET", "/ok") == {}
            await transport.aclose()
            gc.collect()
    assert asyncio.all_tasks() == before


async def test_closing_ends_requests_that_are_under_way(serve_raw: Any) -> None:
    """They end with an error, and none of them opens a connection again."""
    arrived = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        arrived.set()
        await until_left(reader)

    async with serve_raw(talk, retry=RetryPolicy(attempts=5, backoff=0)) as (server, config):
        transport = HttpTransport(config)
        request = asyncio.ensure_future(transport.request("GET", "/v2/x"))
        await arrived.wait()
        await transport.aclose()
        with pytest.raises(ClientClosed):
            await request
    assert (server.opened, server.open_now) == (1, 0)
    assert repr(transport).endswith("[closed]>")


async def test_a_client_closed_between_two_attempts_opens_nothing_again(serve_raw: Any) -> None:
    """The wait before an attempt is no reason to come back."""

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n")

    async def close(_: float) -> None:
        await transport.aclose()

    from arize_async.transport.retry import Timing

    async with serve_raw(talk) as (server, config):
        transport = HttpTransport(config, timing=Timing(sleep=close))
        with pytest.raises(ClientClosed):
            await transport.request("GET", "/v2/x")
    assert server.opened == 1


async def test_connections_are_kept_and_used_again(serve_raw: Any) -> None:
    """One request after the other goes over one connection; one that the server closed is replaced."""
    left = 3

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal left
        while left:
            left -= 1
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            if left:
                server.heads.append(await reader.readuntil(b"\r\n\r\n"))
        left = 3

    async with serve_raw(talk) as (server, config):
        transport = HttpTransport(config)
        for _ in range(3):
            await transport.request("GET", "/v2/x")
        assert server.opened == 1
        async with asyncio.timeout(10):
            await server.all_closed.wait()
        await asyncio.sleep(0)
        await transport.request("GET", "/v2/x")
        await transport.aclose()
    assert server.opened == 2

"""Flight against servers that stall, break off, and headers that gRPC does not take."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.flight as fl
import pytest

from arize_async.config import Config, RetryPolicy, Timeouts
from arize_async.errors import ConnectionFailed, InvalidDefaultHeadersError, RequestFailed, RequestTimeout
from arize_async.transport.flight import FlightTransport
from arize_async.wire.flight import encode_answer

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncGenerator, Iterator

SCHEMA = pa.schema([("n", pa.int64())])
PLACE = {"space_id": "S", "dataset_id": "D", "name": "E"}


class Breaking(fl.FlightServerBase):
    """Sends a batch, then breaks or stalls; keeps the headers of actions."""

    def __init__(self) -> None:
        """Listen on a free port."""
        self.release = threading.Event()
        self.stalls = False
        self.headers: list[dict[str, Any]] = []
        super().__init__("grpc://127.0.0.1:0", middleware={"keep": Keeper(self.headers)})

    def do_action(  # pyright: ignore[reportIncompatibleMethodOverride] - the stubs know no results
        self, context: Any, action: Any
    ) -> Iterator[fl.Result]:
        """Give an experiment."""
        yield fl.Result(encode_answer("CreateExperimentDBEntryResponse", experiment_id="E1"))

    def do_get(self, context: Any, ticket: Any) -> fl.GeneratorStream:
        """Stream one batch and what the test wants after it."""

        def parts() -> Iterator[pa.RecordBatch]:
            yield pa.record_batch([pa.array([1])], schema=SCHEMA)
            if self.stalls:
                self.release.wait(20)
                return
            raise fl.FlightUnavailableError("the disk is gone")

        return fl.GeneratorStream(SCHEMA, parts())


class Keeper(fl.ServerMiddlewareFactory):
    """Keeps the headers of every call."""

    def __init__(self, headers: list[dict[str, Any]]) -> None:
        """Write into a list."""
        super().__init__()
        self._headers = headers

    def start_call(self, info: Any, headers: dict[str, list[Any]]) -> None:
        """Keep the headers."""
        self._headers.append(headers)


@contextlib.asynccontextmanager
async def connected(port: int, **options: Any) -> AsyncGenerator[FlightTransport]:
    """Open a transport and close it."""
    address = {"flight_scheme": "grpc", "flight_host": "127.0.0.1", "flight_port": port}
    retry = RetryPolicy(attempts=3, backoff=0.05)
    transport = FlightTransport(Config.load(environ={}, api_key="secret-key", retry=retry, **address, **options))
    try:
        yield transport
    finally:
        await transport.aclose()


async def test_a_server_that_accepts_and_stalls_is_given_up_in_the_time_to_connect(serve_raw: Any) -> None:
    """The handshake is bounded by ``timeouts.connect``, far below the time of a stream."""

    async def stall(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        while await reader.read(65536):
            pass

    async with (
        serve_raw(stall) as (server, _),
        connected(server.port, timeouts=Timeouts(connect=0.2, stream=100)) as transport,
    ):
        with pytest.raises(ConnectionFailed) as caught:
            await transport.init_experiment(**PLACE)
    assert not isinstance(caught.value, RequestTimeout)
    assert caught.value.request.startswith("Flight action")


async def test_a_server_that_is_no_flight_server_is_an_error_of_ours(serve_raw: Any) -> None:
    """An HTTP/1.1 server answers, and not with what gRPC speaks."""

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    async with (
        serve_raw(talk) as (server, _),
        connected(server.port, timeouts=Timeouts(connect=1, stream=5)) as transport,
    ):
        with pytest.raises(RequestFailed) as caught:
            await transport.init_experiment(**PLACE)
    assert "secret-key" not in str(caught.value)


@pytest.mark.parametrize(("stalls", "kind"), [(False, ConnectionFailed), (True, RequestTimeout)])
async def test_a_stream_that_breaks_or_stalls_is_an_error_and_not_an_end(
    *, stalls: bool, kind: type[ConnectionFailed]
) -> None:
    """Half of the rows are never taken for all of them."""
    with Breaking() as server:
        server.stalls = stalls
        async with connected(server.port, timeouts=Timeouts(stream=0.5)) as transport:
            with pytest.raises(kind, match="Flight get_dataset"):
                await transport.dataset_table("S", "D")
        server.release.set()


async def test_default_headers_travel_in_lower_case() -> None:
    """Capitals are unknown to gRPC; binary headers keep their bytes; a user agent stays gRPC's own."""
    headers = {"X-Tenant": "blue", "X-Raw-Bin": "ü", "User-Agent": "mine"}
    with Breaking() as server:
        async with connected(server.port, default_headers=headers) as transport:
            await transport.init_experiment(**PLACE)
    seen = server.headers[0]
    assert (seen["x-tenant"], seen["x-raw-bin"]) == (["blue"], [b"\xfc"])
    assert "mine" not in str(seen["user-agent"])


@pytest.mark.parametrize("headers", [{"X-Name": "ü"}, {"x!y": "1"}, {"x": "a\tb"}])
async def test_a_header_that_only_rest_takes_is_named(headers: dict[str, str]) -> None:
    """Instead of the "Invalid metadata" of gRPC, and without its value."""
    with Breaking() as server:
        async with connected(server.port, default_headers=headers) as transport:
            with pytest.raises(InvalidDefaultHeadersError, match="cannot be sent over Flight"):
                await transport.init_experiment(**PLACE)

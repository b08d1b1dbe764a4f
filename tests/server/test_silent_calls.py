"""Calls over gRPC whose clients say nothing: they are cut off, and nobody else is."""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack, closing, suppress
from typing import TYPE_CHECKING, Any

import grpc
import pyarrow as pa
import pytest
from anyio import to_thread
from pyarrow import flight

from arize_async.server import LocalServer
from arize_async.server.flight import connections, silence
from arize_async.server.otlp import grpc_server
from arize_async.server.patience import Bounds, Patience
from arize_async.wire.codec import parse_json
from arize_async.wire.flight import encode_request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterator

    from arize_async.server.options import ClientOptions

PUT = "/arrow.flight.protocol.FlightService/DoPut"
EXCHANGE = "/arrow.flight.protocol.FlightService/DoExchange"
EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
OWN = ("grpc.use_local_subchannel_pool", 1)  # else the clients of a process share one connection
TABLE = pa.table({"a": [1]})


class Silent:
    """Clients with a connection each that begin a call and leave it at that."""

    def __init__(self, options: ClientOptions) -> None:
        """Connect to nothing yet."""
        self._options = options
        self._quiet = threading.Event()
        self._stack = ExitStack()

    def close(self) -> None:
        """End all calls."""
        self._quiet.set()
        self._stack.close()

    def call(self, port: int, method: str, metadata: tuple[str, str | bytes]) -> grpc.Future:
        """Send the head of a call without its message."""
        channel = self._stack.enter_context(grpc.insecure_channel(f"127.0.0.1:{port}", options=[OWN]))
        if method == EXPORT:
            return channel.stream_unary(method).future(self._nothing(), metadata=[metadata])
        return channel.stream_stream(method)(self._nothing(), metadata=[metadata])

    def head(self, method: str) -> grpc.Future:
        """Send the head of a call over Flight or OTLP, with the key."""
        key = self._options["api_key"]
        if method == EXPORT:
            return self.call(self._options["otlp_port"], method, ("authorization", f"Bearer {key}"))
        return self.call(self._options["flight_port"], method, ("auth-token-bin", key.encode()))

    def upload(self, space: str, name: str) -> Any:
        """Begin an upload, send a batch and no end; return what waits for the answer and then ends it."""
        client, options = self.flight()
        command = encode_request("DoPutRequest", "create_dataset", space_id=space, dataset_name=name)
        writer, answers = client.do_put(flight.FlightDescriptor.for_command(command), TABLE.schema, options)
        writer.write_table(TABLE)
        self._stack.callback(_close_quietly, writer)

        def finish() -> None:
            assert answers.read() is None
            writer.close()

        return finish

    def download(self, dataset: str) -> Any:
        """Ask for a dataset; return what reads it."""
        client, options = self.flight()
        return client.do_get(flight.Ticket(encode_request("DoGetRequest", "get_dataset", dataset_id=dataset)), options)

    def flight(self) -> tuple[flight.FlightClient, flight.FlightCallOptions]:
        """Make a client with a connection of its own."""
        address = f"grpc+tcp://127.0.0.1:{self._options['flight_port']}"
        client = self._stack.enter_context(flight.connect(address, generic_options=[OWN]))
        headers = [(b"auth-token-bin", self._options["api_key"].encode())]
        return client, flight.FlightCallOptions(timeout=60, headers=headers)

    def _nothing(self) -> Iterator[bytes]:
        self._quiet.wait(60)
        yield from ()


def _close_quietly(writer: Any) -> None:
    with suppress(flight.FlightError, pa.ArrowException):
        writer.close()


@pytest.fixture
def bounds() -> Bounds:
    """What the server allows silent clients."""
    return Bounds(seconds=0.2, calls=256)


@pytest.fixture
async def server(bounds: Bounds, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LocalServer]:
    """A server with such bounds."""
    monkeypatch.setattr(silence, "BOUNDS", bounds)
    monkeypatch.setattr(grpc_server, "BOUNDS", bounds)
    async with LocalServer(":memory:") as running:
        yield running


@pytest.fixture
async def silent(server: LocalServer) -> AsyncIterator[Silent]:
    """Silent clients of the server."""
    with closing(Silent(server.client_options)) as clients:
        yield clients


@pytest.mark.parametrize("method", [PUT, EXPORT])
async def test_a_head_without_a_message_is_cut_off(silent: Silent, method: str) -> None:
    """The call ends before its client's own deadline, also when the client has not said what it wants."""
    call = silent.head(method)
    error = await to_thread.run_sync(lambda: call.exception(timeout=60))
    assert isinstance(error, grpc.RpcError)


async def test_an_upload_without_an_end_is_cut_off(silent: Silent, rest: Any, space: str) -> None:
    """The client is told, and nothing is stored."""
    finish = await to_thread.run_sync(silent.upload, space, "half")
    with pytest.raises((flight.FlightError, pa.ArrowException)):
        await to_thread.run_sync(finish)
    assert await rest.walk("/v2/datasets", "datasets") == []


async def test_a_download_that_nobody_reads_is_cut_off(
    silent: Silent, rest: Any, space: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The connection ends in the middle of the rows."""
    rows = [{"text": "x" * 40_000}] * 25
    made = (await rest("POST", "/v2/datasets", json={"name": "large", "space_id": space, "examples": rows})).body
    for _ in range(40):
        await rest("POST", f"/v2/datasets/{made['id']}/examples", json={"examples": rows})
    reader = await to_thread.run_sync(silent.download, made["id"])
    await to_thread.run_sync(_wait_for, lambda: "silent for 0.2 seconds" in caplog.text)
    with pytest.raises((flight.FlightError, pa.ArrowException)):
        await to_thread.run_sync(reader.read_all)


def _wait_for(condition: Any) -> None:
    pause = threading.Event()
    while not condition():
        pause.wait(0.01)


@pytest.mark.parametrize("bounds", [Bounds(seconds=60, calls=4, hurried=0.3)])
async def test_one_call_more_than_the_bound_shortens_the_patience(
    silent: Silent, rest: Any, flight_client: Any, space: str
) -> None:
    """Silent uploads have to go when others want in, long before they would otherwise."""
    for number in range(9):
        with suppress(flight.FlightError):  # the later ones may be refused themselves
            await to_thread.run_sync(silent.upload, space, f"silent {number}")
    await to_thread.run_sync(_wait_for, lambda: _is_heard(flight_client, space))
    assert [found["name"] for found in await rest.walk("/v2/datasets", "datasets")] == ["heard"]


def _is_heard(client: Any, space: str) -> bool:
    with suppress(flight.FlightError):
        client.put("create_dataset", TABLE, space_id=space, dataset_name="heard")
        return True
    return False


@pytest.mark.parametrize("bounds", [Bounds(seconds=60, calls=2, hurried=60)])
async def test_a_call_too_many_is_refused(silent: Silent, flight_client: Any, space: str) -> None:
    """While those under way are not silent for long enough, the answer is UNAVAILABLE with status 503."""
    for number in range(2):
        await to_thread.run_sync(silent.upload, space, f"silent {number}")
    await to_thread.run_sync(_wait_for, lambda: _is_refused(flight_client, space))


def _is_refused(client: Any, space: str) -> bool:
    try:
        client.get("get_dataset", space_id=space, dataset_name="none")
    except flight.FlightUnavailableError as error:
        return parse_json(error.extra_info)["status"] == 503
    except flight.FlightServerError:
        return False  # the server does not know of both uploads yet
    raise AssertionError


@pytest.mark.parametrize("bounds", [Bounds(seconds=60, calls=256)])
async def test_more_than_a_hundred_silent_calls_hold_nobody_up(
    server: LocalServer, silent: Silent, rest: Any, flight_client: Any, space: str
) -> None:
    """While all of them wait, every transport serves the others."""
    options = server.client_options
    for number in range(120):
        await to_thread.run_sync(silent.upload, space, f"silent {number}")
        silent.head(EXPORT)
        silent.call(options["otlp_port"], EXPORT, ("authorization", "Bearer wrong"))
    fields = {"space_id": space, "dataset_name": "heard", "dataset_type": "GENERATIVE"}
    made = await to_thread.run_sync(lambda: flight_client.put("create_dataset", TABLE, **fields))
    found = await to_thread.run_sync(lambda: flight_client.get("get_dataset", dataset_id=made[2:].decode()))
    assert found.num_rows == 1
    with grpc.insecure_channel(f"127.0.0.1:{options['otlp_port']}") as channel:
        metadata = [("authorization", f"Bearer {options['api_key']}")]
        sent = channel.unary_unary(EXPORT).future(b"", metadata=metadata, timeout=60)
        assert await to_thread.run_sync(sent.result) == b""
    assert [found["name"] for found in await rest.walk("/v2/datasets", "datasets")] == ["heard"]


async def test_calls_without_the_key_are_refused_before_their_message(server: LocalServer, silent: Silent) -> None:
    """A wrong key gets its answer although the message never comes."""
    options = server.client_options
    for port, method, name in (
        (options["flight_port"], PUT, "auth-token-bin"),
        (options["flight_port"], EXCHANGE, "auth-token-bin"),
        (options["otlp_port"], EXPORT, "authorization"),
    ):
        key = b"wrong" if name.endswith("bin") else "Bearer wrong"
        error = await to_thread.run_sync(silent.call(port, method, (name, key)).exception)
        assert isinstance(error, grpc.Call)
        assert error.code() is grpc.StatusCode.UNAUTHENTICATED, method


def test_only_the_time_of_clients_counts() -> None:
    """A call in which the server is at work is not silent, however long that takes."""
    now = [0.0]
    cut: list[Collection[str]] = []

    def cut_off(silent: Collection[str], others: Collection[str], seconds: float) -> int:
        cut.append(sorted(silent))
        return len(silent)

    with closing(Patience(Bounds(seconds=100, calls=3), cut_off, lambda: now[0])) as patience:
        waiting, working, back = (patience.begin(name) for name in ("waiting", "working", "back"))
        assert waiting
        assert working
        assert back
        working.work()
        with back.waiting():
            now[0] = 99
        assert patience.check(100) == 0
        now[0] = 100
        assert (patience.check(100), cut) == (1, [["waiting"]])
        assert repr(patience) == "<Patience with 3 calls>"
        patience.end(waiting)
        assert patience.begin("more")
        assert patience.begin("too many") is None


def test_a_connection_with_another_call_that_moves_stays() -> None:
    """A silent call does not end what others of its process do over the same connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client, listener.accept()[0] as accepted:
            peer = connections.peer_of(accepted)
            cutter = silence.Cutter()
            cutter.port = port
            assert cutter([peer], [peer], 0) == 0
            assert cutter([silence.UNKNOWN], [peer], 0) == 0
            assert cutter([silence.UNKNOWN], [], 60) == 0
            assert cutter([peer], [], 60) == 1
            assert client.recv(1) == b""

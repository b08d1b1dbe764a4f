"""Flight calls against a real Flight server."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.flight as fl
import pytest

from arize_async.config import Config, Timeouts
from arize_async.errors import (
    ApiError,
    BadRequest,
    ClientClosed,
    Conflict,
    ConnectionFailed,
    Forbidden,
    InvalidResponse,
    InvalidRows,
    NotFound,
    RequestTimeout,
    ServerError,
    Unauthorized,
)
from arize_async.transport import flight_connection
from arize_async.transport.flight import FlightTransport
from arize_async.wire.flight import encode_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SCHEMA = pa.schema([("n", pa.int64()), ("text", pa.string())])
PLACE = {"space_id": "S", "dataset_id": "D", "name": "E"}


def batch(start: int, rows: int = 10) -> pa.RecordBatch:
    """Make a batch of consecutive numbers."""
    numbers = list(range(start, start + rows))
    return pa.record_batch([pa.array(numbers), pa.array([str(number) for number in numbers])], schema=SCHEMA)


class Recorder(fl.ServerMiddlewareFactory):
    """Keeps the headers of every call."""

    def __init__(self) -> None:
        """Start with nothing."""
        super().__init__()
        self.headers: list[dict[str, list[Any]]] = []

    def start_call(self, info: Any, headers: dict[str, list[Any]]) -> None:
        """Keep the headers."""
        self.headers.append(headers)


class Server(fl.FlightServerBase):
    """Answers as a test says, and keeps what it got."""

    def __init__(self) -> None:
        """Listen on a free port."""
        self.recorder = Recorder()
        super().__init__("grpc://127.0.0.1:0", middleware={"recorder": self.recorder})
        self.act: Callable[[], bytes | None] = lambda: encode_answer(
            "CreateExperimentDBEntryResponse", experiment_id="E1", dataset_id="D", trace_model_name="traces"
        )
        self.answer: bytes | None = encode_answer("PostExperimentDataResponse", experiment_id="E1", dataset_id="D")
        self.parts: Callable[[], Iterator[pa.RecordBatch]] = lambda: iter([batch(0), batch(10)])
        self.commands: list[bytes] = []
        self.uploads: list[tuple[list[pa.RecordBatch], bool]] = []
        self.upload_ended = threading.Event()
        self.first_batch = threading.Event()

    def do_action(  # pyright: ignore[reportIncompatibleMethodOverride] - the stubs know no results
        self, context: fl.ServerCallContext, action: fl.Action
    ) -> Iterator[fl.Result]:
        """Give what the test wants."""
        self.commands.append(action.type.encode() + b" " + action.body.to_pybytes())
        body = self.act()
        if body is not None:
            yield fl.Result(body)

    def do_put(self, context: Any, descriptor: Any, reader: Any, writer: Any) -> None:
        """Keep the batches, and whether the stream broke off."""
        self.commands.append(descriptor.command)
        received: list[pa.RecordBatch] = []
        try:
            for chunk in reader:
                received.append(chunk.data)
                self.first_batch.set()
        finally:
            self.uploads.append((received, context.is_cancelled()))
            self.upload_ended.set()
        if self.answer is not None and not context.is_cancelled():
            writer.write(self.answer)

    def do_get(self, context: Any, ticket: fl.Ticket) -> fl.GeneratorStream:
        """Stream the parts."""
        self.commands.append(ticket.ticket)
        return fl.GeneratorStream(SCHEMA, self.parts())


@pytest.fixture
def server() -> Iterator[Server]:
    """A Flight server on a thread of its own."""
    server = Server()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join(10)


def settings(port: int, **options: Any) -> Config:
    """Return the settings that lead to a server on this machine."""
    address = {"flight_scheme": "grpc+tcp", "flight_host": "127.0.0.1", "flight_port": port}
    return Config.load(environ={}, api_key="secret-key", **{**address, **options})


@pytest.fixture
async def flight(server: Server) -> Any:
    """A transport that leads to the server."""
    transport = FlightTransport(settings(server.port, default_headers={"X-Tenant": "blue"}))
    yield transport
    await transport.aclose()


async def test_init_sends_the_action_of_the_contract(server: Server, flight: FlightTransport) -> None:
    """Action type, JSON body and metadata are those of wire contract 1.5 and 4.1."""
    created = await flight.init_experiment("U3BhY2U6MTpBYkNk", "RGF0YXNldDoxMTpBYkNk", "exp1")
    assert (created.experiment_id, created.dataset_id, created.trace_model_name) == ("E1", "D", "traces")
    kind, _, body = server.commands[0].partition(b" ")
    assert kind == b"create_experiment_db_entry"
    assert json.loads(body) == {
        "createExperimentDbEntry": {
            "spaceId": "U3BhY2U6MTpBYkNk",
            "datasetId": "RGF0YXNldDoxMTpBYkNk",
            "experimentName": "exp1",
        }
    }
    headers = server.recorder.headers[0]
    assert headers["auth-token-bin"] == [b"secret-key"]
    assert headers["origin"] == ["arize-logging-client"]
    assert headers["x-tenant"] == ["blue"]
    assert "authorization" not in headers


async def test_upload_sends_all_rows_in_bounded_batches(server: Server) -> None:
    """Batches have at most ``pyarrow_max_chunksize`` rows, and the answer's id comes back."""
    transport = FlightTransport(settings(server.port, pyarrow_max_chunksize=7))
    table = pa.Table.from_batches([batch(0, 20)])
    assert await transport.upload_runs("S", "D", "E", table) == "E1"
    await transport.aclose()
    [(received, broken)] = server.uploads
    assert not broken
    assert pa.Table.from_batches(received) == table
    assert max(part.num_rows for part in received) <= 7
    assert json.loads(server.commands[0]) == {
        "postExperimentData": {"spaceId": "S", "datasetId": "D", "experimentName": "E"}
    }


async def test_an_upload_without_rows_has_a_schema(server: Server, flight: FlightTransport) -> None:
    """Zero rows are an upload like others."""
    await flight.upload_runs(**PLACE, data=SCHEMA.empty_table())
    assert server.uploads == [([], False)]


async def test_a_dataset_is_created_from_a_reader(server: Server, flight: FlightTransport) -> None:
    """A reader is drained batch by batch."""
    server.answer = encode_answer("CreateDatasetResponse", dataset_id="D9")
    reader = pa.RecordBatchReader.from_batches(SCHEMA, iter([batch(0), batch(10)]))
    assert await flight.create_dataset("S", "data", reader) == "D9"
    assert json.loads(server.commands[0]) == {
        "createDataset": {"spaceId": "S", "datasetName": "data", "datasetType": "GENERATIVE"}
    }
    assert sum(part.num_rows for part in server.uploads[0][0]) == 20


async def test_reading_gives_schema_and_batches(server: Server, flight: FlightTransport) -> None:
    """The version is in the ticket when one is asked for."""
    async with flight.read_dataset("S", "D", version="V") as stream:
        assert stream.schema == SCHEMA
        rows = [part.num_rows async for part in stream]
    assert rows == [10, 10]
    assert json.loads(server.commands[0]) == {"getDataset": {"spaceId": "S", "datasetId": "D", "datasetVersion": "V"}}
    assert (await flight.runs_table("S", "E")).num_rows == 20
    assert json.loads(server.commands[1]) == {"getExperiment": {"spaceId": "S", "experimentId": "E"}}
    assert (await flight.dataset_table("S", "D")).column("n").to_pylist() == list(range(20))


async def test_a_slow_reader_holds_the_server_back(server: Server, flight: FlightTransport) -> None:
    """What is not taken is not produced, but for what the network buffers."""
    made = 0
    wide = pa.record_batch([pa.array([1]), pa.array(["x" * 1_000_000])], schema=SCHEMA)

    def parts() -> Iterator[pa.RecordBatch]:
        nonlocal made
        for _ in range(200):
            made += 1
            yield wide

    server.parts = parts
    async with flight.read_dataset("S", "D") as stream:
        async for _ in stream:
            break
    assert made < 100


async def test_leaving_a_stream_half_way_ends_it(server: Server, flight: FlightTransport) -> None:
    """The transport serves further calls on the same connection."""
    async with flight.read_dataset("S", "D") as stream:
        async for _ in stream:
            break
    assert (await flight.dataset_table("S", "D")).num_rows == 20


async def test_cancelling_a_read_ends_the_call(server: Server, flight: FlightTransport) -> None:
    """A task that waits for a batch can be cancelled; the thread does not stay behind."""
    waiting, release = threading.Event(), threading.Event()

    def parts() -> Iterator[pa.RecordBatch]:
        yield batch(0)
        waiting.set()
        release.wait(20)

    server.parts = parts

    async def read() -> None:
        async with flight.read_dataset("S", "D") as stream:
            async for _ in stream:
                pass

    task = asyncio.ensure_future(read())
    await asyncio.to_thread(waiting.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    readers = [thread for thread in threading.enumerate() if thread.name == "arize-flight"]
    for reader in readers:
        await asyncio.to_thread(reader.join, 10)
    assert not any(reader.is_alive() for reader in readers)
    release.set()


async def test_a_cancelled_upload_breaks_off_on_the_server(server: Server, flight: FlightTransport) -> None:
    """The server sees that the stream failed, so it keeps nothing of it."""
    going_on = threading.Event()

    def parts() -> Iterator[pa.RecordBatch]:
        yield batch(0)
        going_on.wait(20)
        yield batch(10)

    reader = pa.RecordBatchReader.from_batches(SCHEMA, parts())
    task = asyncio.ensure_future(flight.upload_runs(**PLACE, data=reader))
    await asyncio.to_thread(server.first_batch.wait, 10)
    task.cancel()
    asyncio.get_running_loop().call_soon(going_on.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(server.upload_ended.wait, 10)
    [(received, broken)] = server.uploads
    assert broken
    assert len(received) == 1


async def test_rows_that_fail_half_way_break_the_upload_off(server: Server, flight: FlightTransport) -> None:
    """An error while rows are made leaves no half experiment, and reaches the caller."""

    def parts() -> Iterator[pa.RecordBatch]:
        yield batch(0)
        assert server.first_batch.wait(10)
        raise InvalidRows("row 10 is odd")

    reader = pa.RecordBatchReader.from_batches(SCHEMA, parts())
    with pytest.raises(InvalidRows, match="row 10 is odd"):
        await flight.upload_runs(**PLACE, data=reader)
    assert await asyncio.to_thread(server.upload_ended.wait, 10)
    assert server.uploads[0][1]


async def test_a_row_that_no_message_holds_is_refused(
    server: Server, flight: FlightTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says that a row is too large, and the server keeps nothing."""
    monkeypatch.setattr(flight_connection, "MAX_SENT_BYTES", 1024 * 1024)

    def parts() -> Iterator[pa.RecordBatch]:
        yield batch(0)
        assert server.first_batch.wait(10)
        yield pa.record_batch([pa.array([1]), pa.array(["x" * 2_000_000])], schema=SCHEMA)

    with pytest.raises(InvalidRows, match="larger than 1 MiB"):
        await flight.upload_runs(**PLACE, data=pa.RecordBatchReader.from_batches(SCHEMA, parts()))
    assert await asyncio.to_thread(server.upload_ended.wait, 10)
    assert server.uploads[0][1]


@pytest.mark.parametrize(
    ("raised", "kind", "status"),
    [
        (fl.FlightUnauthenticatedError("no"), Unauthorized, 401),
        (fl.FlightUnauthorizedError("no"), Forbidden, 403),
        (pa.ArrowKeyError("no"), NotFound, 404),
        (KeyError("no"), NotFound, 404),
        (ValueError("no"), BadRequest, 400),
        (fl.FlightServerError("experiment already exists"), Conflict, 409),
        (fl.FlightServerError("no"), ServerError, 500),
        (fl.FlightInternalError("no"), ServerError, 500),
        (NotImplementedError("no"), ServerError, 501),
    ],
)
async def test_refusals_become_the_errors_of_rest(
    server: Server, flight: FlightTransport, raised: Exception, kind: type[ApiError], status: int
) -> None:
    """The class is that of the HTTP status of the same meaning; the server's traceback is left out."""

    def act() -> bytes:
        raise raised

    server.act = act
    with pytest.raises(kind) as caught:
        await flight.init_experiment(**PLACE)
    assert caught.value.status == status
    assert caught.value.detail == str(raised).strip("'")
    assert "Traceback" not in str(caught.value)


@pytest.mark.parametrize(
    "raised",
    [fl.FlightUnavailableError("going down"), fl.FlightInternalError("Stream removed (Illegal header key: ?-status).")],
)
async def test_a_connection_that_is_given_up_is_not_used_again(
    raised: Exception, server: Server, flight: FlightTransport
) -> None:
    """A server that says it is not available counts as not reached, and so does one whose connection broke."""

    def act() -> bytes:
        raise raised

    server.act = act
    with pytest.raises(ConnectionFailed, match=re.escape(str(raised))):
        await flight.init_experiment(**PLACE)
    assert repr(flight).endswith("[idle]>")


@pytest.mark.parametrize("raised", [pa.ArrowInvalid("'ascii' codec"), fl.FlightUnauthenticatedError("who are you")])
async def test_headers_that_a_connection_got_wrong_are_not_used_again(
    raised: Exception, server: Server, flight: FlightTransport
) -> None:
    """Both ends remember headers, so a byte that is damaged on the way spoils every call that comes after it."""

    def act() -> bytes:
        raise raised

    server.act = act
    with pytest.raises(ApiError):
        await flight.init_experiment(**PLACE)
    assert repr(flight).endswith("[idle]>")


async def test_nobody_listening_is_a_connection_failure() -> None:
    """The error names the host and not the key."""
    transport = FlightTransport(settings(1))
    with pytest.raises(ConnectionFailed, match=r"127\.0\.0\.1") as caught:
        await transport.init_experiment(**PLACE)
    assert "secret-key" not in str(caught.value)
    await transport.aclose()


async def test_a_silent_server_is_a_timeout(server: Server) -> None:
    """Every call has the deadline ``timeouts.stream``."""
    release = threading.Event()

    def act() -> bytes:
        release.wait(20)
        return b""

    server.act = act
    transport = FlightTransport(settings(server.port, timeouts=Timeouts(stream=0.1)))
    with pytest.raises(RequestTimeout):
        await transport.init_experiment(**PLACE)
    release.set()
    await transport.aclose()


async def test_answers_that_are_missing_or_broken_are_invalid(server: Server, flight: FlightTransport) -> None:
    """A server that takes rows and says nothing, or nonsense, is found out."""
    server.answer = None
    with pytest.raises(InvalidResponse, match="no answer"):
        await flight.upload_runs(**PLACE, data=SCHEMA.empty_table())
    server.answer = b"\xff\xff\xff"
    with pytest.raises(InvalidResponse, match="PostExperimentDataResponse"):
        await flight.upload_runs(**PLACE, data=SCHEMA.empty_table())
    server.act = lambda: None
    with pytest.raises(InvalidResponse, match="no result"):
        await flight.init_experiment(**PLACE)


async def test_a_closed_transport_refuses(server: Server) -> None:
    """The repr tells the state all along."""
    transport = FlightTransport(settings(server.port))
    assert repr(transport).endswith("[idle]>")
    await transport.init_experiment(**PLACE)
    assert repr(transport).endswith("[connected]>")
    await transport.aclose()
    await transport.aclose()
    assert repr(transport).endswith("[closed]>")
    with pytest.raises(ClientClosed):
        await transport.init_experiment(**PLACE)


def test_the_library_is_loaded_by_the_first_call() -> None:
    """Making a transport does not import pyarrow."""
    program = """
import sys
from arize_async.config import Config
from arize_async.transport.flight import FlightTransport
FlightTransport(Config.load(environ={}, api_key="k"))
print([name for name in ("pyarrow", "polars", "google.protobuf") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"

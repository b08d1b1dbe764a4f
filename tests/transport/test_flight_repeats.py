"""Flight streams that break: they go on where they were, or say that they cannot."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.flight as fl
import pytest

from arize_async.config import Config, RetryPolicy, Timeouts
from arize_async.errors import ConnectionFailed, InvalidResponse, RequestTimeout
from arize_async.transport.flight import FlightTransport
from arize_async.transport.flight_connection import schema_of
from arize_async.wire.flight import encode_answer

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncGenerator, Callable, Iterator

SCHEMA = pa.schema([("n", pa.float64()), ("text", pa.string())])
ROWS = 10
PLACE = {"space_id": "S", "dataset_id": "D", "name": "E"}


def numbers(start: int, end: int) -> pa.RecordBatch:
    """Return rows of which the last column is not the same in any two, and a NaN in each."""
    rows = range(start, end)
    return pa.record_batch(
        [pa.array([float("nan") for _ in rows]), pa.array([str(row) for row in rows])], schema=SCHEMA
    )


class Unsteady(fl.FlightServerBase):
    """Breaks its streams after so many rows, one number a call; batches are cut as the test wants."""

    def __init__(self, breaks: list[int], sizes: tuple[int, ...] = (3,)) -> None:
        """Listen on a free port."""
        self.breaks = breaks
        self.sizes = sizes
        self.calls = 0
        self.first = 0
        self.answers = True
        super().__init__("grpc://127.0.0.1:0")

    def do_get(self, context: Any, ticket: Any) -> fl.GeneratorStream:
        """Stream the rows, or some of them."""
        size = self.sizes[self.calls % len(self.sizes)]
        stop = self.breaks[self.calls] if self.calls < len(self.breaks) else None
        self.calls += 1
        first = self.first

        def parts() -> Iterator[pa.RecordBatch]:
            for start in range(0, ROWS, size):
                if stop is not None and start >= stop:
                    raise fl.FlightUnavailableError("the power is gone")
                yield numbers(first + start, first + min(start + size, ROWS))

        return fl.GeneratorStream(SCHEMA, parts())

    def do_action(  # pyright: ignore[reportIncompatibleMethodOverride] - the stubs know no results
        self, context: Any, action: Any
    ) -> Iterator[fl.Result]:
        """Carry it out, and break off or answer."""
        self.calls += 1
        if self.answers:
            yield fl.Result(encode_answer("CreateExperimentDBEntryResponse", experiment_id="E1"))
        else:
            raise fl.FlightUnavailableError("the answer is lost")


@asynccontextmanager
async def connected(port: int, timing: Any = None, **options: Any) -> AsyncGenerator[FlightTransport]:
    """Open a transport and close it."""
    address = {"flight_scheme": "grpc", "flight_host": "127.0.0.1", "flight_port": port}
    given = {"retry": RetryPolicy(attempts=3), **options}
    transport = FlightTransport(Config.load(environ={}, api_key="secret-key", **address, **given), timing=timing)
    try:
        yield transport
    finally:
        await transport.aclose()


@pytest.mark.parametrize("breaks", [[0], [3], [9], [3, 6, 6], [0, 0], [3, 0, 9, 9]])
@pytest.mark.parametrize("sizes", [(3,), (3, 4, 10, 1), (10, 3)])
async def test_a_stream_that_breaks_goes_on_where_it_was(
    breaks: list[int], sizes: tuple[int, ...], fake_time: Any
) -> None:
    """Every row comes once and in order, however the server cuts its batches."""
    with Unsteady(breaks, sizes) as server:
        async with connected(server.port, fake_time.timing) as transport:
            table = await transport.dataset_table("S", "D")
    assert table.column("text").to_pylist() == [str(row) for row in range(ROWS)]


async def test_a_stream_without_progress_is_given_up(fake_time: Any) -> None:
    """The policy bounds how often it is read in vain."""
    with Unsteady([3] * 100) as server:
        async with connected(server.port, fake_time.timing) as transport:
            with pytest.raises(ConnectionFailed, match="the power is gone") as caught:
                await transport.dataset_table("S", "D")
    assert caught.value.attempts >= 3
    assert server.calls < 20


async def test_a_stream_that_is_another_one_is_not_joined(fake_time: Any) -> None:
    """Rows of two versions are never given as one."""
    with Unsteady([6]) as server:
        reading = connected(server.port, fake_time.timing)
        async with reading as transport, transport.read_dataset("S", "D") as stream:
            batches = aiter(stream)
            await anext(batches)
            await anext(batches)
            server.first = 100
            with pytest.raises(InvalidResponse, match="somebody changes the rows"):
                await anext(batches)


async def test_an_announcement_whose_answer_is_lost_is_not_repeated(fake_time: Any) -> None:
    """It may have been carried out, and the error says so."""
    with Unsteady([]) as server:
        server.answers = False
        async with connected(server.port, fake_time.timing) as transport:
            with pytest.raises(ConnectionFailed, match="may have been carried out"):
                await transport.init_experiment(**PLACE)
    assert server.calls == 1


@pytest.mark.parametrize("write", ["init", "put", "get"])
async def test_a_server_that_is_not_there_yet_is_waited_for(write: str, unused_port: int, fake_time: Any) -> None:
    """As nothing was sent, any call is repeated; a write that never gets through has nothing to doubt."""
    table = pa.table({"id": ["a"], "created_at": [1], "updated_at": [1]})
    calls: dict[str, Callable[[FlightTransport], Any]] = {
        "init": lambda transport: transport.init_experiment(**PLACE),
        "put": lambda transport: transport.create_dataset("S", "name", table),
        "get": lambda transport: transport.dataset_table("S", "D"),
    }
    async with connected(unused_port, fake_time.timing) as transport:
        with pytest.raises(ConnectionFailed, match="3 attempts") as caught:
            await calls[write](transport)
    assert caught.value.nothing_sent
    assert "carried out" not in str(caught.value)
    assert len(fake_time.slept) == 2


async def test_a_connection_that_is_dead_is_not_used_again(serve_raw: Any) -> None:
    """A call that was not answered in time leaves the connection; the next one makes its own."""

    async def stall(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        while await reader.read(65536):
            pass

    timeouts = Timeouts(connect=1, stream=0.3)
    async with serve_raw(stall) as (server, _), connected(server.port, timeouts=timeouts) as transport:
        for _ in range(2):
            with pytest.raises((RequestTimeout, ConnectionFailed)):
                await transport.dataset_table("S", "D")
        assert server.opened >= 2


async def test_rows_that_are_no_valid_arrow_data_are_refused() -> None:
    """Text that is no UTF-8 ends as an error of ours, not in the reader's hands."""

    class Broken(Unsteady):
        def do_get(self, context: Any, ticket: Any) -> fl.GeneratorStream:
            offsets, data = pa.py_buffer(b"\x00\x00\x00\x00\x01\x00\x00\x00"), pa.py_buffer(b"\xff")
            text: Any = pa.StringArray.from_buffers(1, offsets, data)
            return fl.GeneratorStream(SCHEMA, [pa.record_batch([pa.array([1.0]), text], schema=SCHEMA)])

    with Broken([]) as server:
        async with connected(server.port) as transport:
            with pytest.raises(InvalidResponse, match="no valid Arrow data"):
                await transport.dataset_table("S", "D")


def test_names_of_columns_that_are_no_text_are_refused() -> None:
    """Bytes that were altered on their way may be those of a name."""
    schema = pa.schema([("xxxx", pa.int64())])
    message = bytes(schema.serialize()).replace(b"xxxx", b"\xff\xff\xff\xff")
    broken = pa.ipc.read_schema(pa.py_buffer(message))

    class Reader:
        schema = broken

    with pytest.raises(InvalidResponse, match="the name of a column"):
        schema_of(Reader())  # pyright: ignore[reportArgumentType] - all of a reader that is looked at

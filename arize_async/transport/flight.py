"""Arrow Flight: whole data sets in and out, batch by batch (wire contract 4)."""

from __future__ import annotations

import threading
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from attrs import frozen

from arize_async.errors import BadRequest, ClientClosed, ConnectionFailed, InvalidResponse, Unauthorized
from arize_async.transport.flight_reading import Reading
from arize_async.transport.retry import Retrier, Timing
from arize_async.transport.threads import in_thread

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable

    import pyarrow as pa

    from arize_async.config import Config
    from arize_async.transport.flight_connection import FlightConnection
    from arize_async.transport.http import Settings

T = TypeVar("T")


@frozen(kw_only=True)
class InitializedExperiment:
    """What the server answers when an experiment is announced.

    Attributes:
        experiment_id: Id of the new experiment.
        dataset_id: Id of its dataset.
        trace_model_name: The project that its traces go to.
    """

    experiment_id: str
    dataset_id: str
    trace_model_name: str


class RecordBatches:
    """An open stream of record batches.

    Attributes:
        schema: The schema of all batches.
    """

    def __init__(self, schema: pa.Schema, following: AsyncIterator[pa.RecordBatch]) -> None:
        """Hold the schema and what gives the batches."""
        self.schema = schema
        self._following = following

    def __aiter__(self) -> AsyncIterator[pa.RecordBatch]:
        """Yield the batches; the server is asked for more only as fast as they are taken."""
        return self._following


class FlightTransport:
    """The Flight side of a client.

    Every call runs on a worker thread with the deadline ``timeouts.stream``; one connection serves all calls until it
    breaks. Reads are repeated, and go on where they broke off; writes only where nothing was sent. The library behind
    it is loaded with the first call.
    """

    def __init__(self, config: Config, *, settings: Settings | None = None, timing: Timing | None = None) -> None:
        """Take the settings; nothing is opened.

        Args:
            config: Bounds, timeouts and, unless ``settings`` is given, the endpoint and the key.
            settings: Awaited before each call for the final settings.
            timing: Clock and sleep of the retries.
        """
        self.config = config
        self._settings = settings
        self._timing = timing or Timing()
        self._lock = threading.Lock()
        self._connection: FlightConnection | None = None
        self._closed = False

    async def init_experiment(self, space_id: str, dataset_id: str, name: str) -> InitializedExperiment:
        """Announce an experiment, so that it exists before its runs are uploaded.

        Raises:
            ApiError: The server refused; Conflict when the name is taken.
            ConnectionFailed: No answer came.
        """
        from arize_async.wire.flight import INIT_ACTION, decode_answer, encode_request

        body = encode_request(
            "DoActionRequest",
            "create_experiment_db_entry",
            space_id=space_id,
            dataset_id=dataset_id,
            experiment_name=name,
        )
        what = f"Flight action {INIT_ACTION}"

        async def attempt() -> InitializedExperiment:
            answer = await self._call(what, lambda link: link.act(INIT_ACTION, body))
            return InitializedExperiment(**_checked(decode_answer, "CreateExperimentDBEntryResponse", answer))

        return await self._retrier(what, repeatable=False).run(attempt)

    async def upload_runs(
        self, space_id: str, dataset_id: str, name: str, data: pa.Table | pa.RecordBatchReader
    ) -> str:
        """Upload the runs of an announced experiment.

        Args:
            space_id: Id of the space.
            dataset_id: Id of the dataset.
            name: Name of the experiment.
            data: The rows; a reader is read on a worker thread.

        Returns:
            The id of the experiment.

        Raises:
            ApiError: The server refused.
            ConnectionFailed: The connection broke; the server has all of the upload, when only its answer was lost,
                or nothing.
        """
        from arize_async.wire.flight import encode_request

        command = encode_request(
            "DoPutRequest", "post_experiment_data", space_id=space_id, dataset_id=dataset_id, experiment_name=name
        )
        return (await self._put("Flight upload of runs", command, "PostExperimentDataResponse", data))["experiment_id"]

    async def create_dataset(self, space_id: str, name: str, data: pa.Table | pa.RecordBatchReader) -> str:
        """Create a dataset from rows that have ``id``, ``created_at`` and ``updated_at``.

        Returns:
            The id of the dataset.

        Raises:
            ApiError: The server refused.
            ConnectionFailed: The connection broke; the server has all of the upload, when only its answer was lost,
                or nothing.
        """
        from arize_async.wire.flight import encode_request

        command = encode_request(
            "DoPutRequest", "create_dataset", space_id=space_id, dataset_name=name, dataset_type="GENERATIVE"
        )
        return (await self._put("Flight upload of a dataset", command, "CreateDatasetResponse", data))["dataset_id"]

    def read_dataset(
        self, space_id: str, dataset_id: str, version: str = ""
    ) -> AbstractAsyncContextManager[RecordBatches]:
        """Open the examples of a dataset as a stream of record batches.

        Args:
            space_id: Id of the space.
            dataset_id: Id of the dataset.
            version: Id of a version; by default the latest.
        """
        return self._stream("get_dataset", space_id=space_id, dataset_id=dataset_id, dataset_version=version)

    def read_runs(self, space_id: str, experiment_id: str) -> AbstractAsyncContextManager[RecordBatches]:
        """Open the runs of an experiment as a stream of record batches."""
        return self._stream("get_experiment", space_id=space_id, experiment_id=experiment_id)

    async def dataset_table(self, space_id: str, dataset_id: str, version: str = "") -> pa.Table:
        """Read all examples of a dataset."""
        async with self.read_dataset(space_id=space_id, dataset_id=dataset_id, version=version) as stream:
            return await _table(stream)

    async def runs_table(self, space_id: str, experiment_id: str) -> pa.Table:
        """Read all runs of an experiment."""
        async with self.read_runs(space_id=space_id, experiment_id=experiment_id) as stream:
            return await _table(stream)

    async def aclose(self) -> None:
        """Close the connection; further calls raise ``ClientClosed``."""
        self._closed = True
        if self._connection is not None and self._connection.is_inherited:
            return  # closing it would wait for threads of the parent process
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is not None:
            await in_thread(connection.close, name="arize-flight-close", grace=self.config.timeouts.close)

    async def _final_settings(self) -> Config:
        if self._closed:
            raise ClientClosed("the client is closed; make a new one")
        if self._settings is not None:
            self.config = await self._settings()
        return self.config

    def _connected(self, config: Config) -> FlightConnection:
        from arize_async.transport.flight_connection import FlightConnection

        if self._connection is not None and self._connection.is_inherited:
            raise ConnectionFailed(
                "the process was forked after its parent used Flight, which cannot go on in a child: "
                "start processes with the method 'spawn', or make the client's first such call in the child"
            )
        with self._lock:
            if self._connection is None or not self._connection.leads_to(config.endpoints.flight):
                self._connection = FlightConnection(config)
            return self._connection

    async def _call(
        self, what: str, function: Callable[[FlightConnection], T], *, cancel: Callable[[], None] | None = None
    ) -> T:
        config = await self._final_settings()

        def work() -> T:
            from arize_async.transport.flight_errors import translate

            connection = self._connected(config)
            try:
                return function(connection)
            except Exception as error:
                failure = translate(error, what, config.endpoints.flight.host)
                # both ends of a connection remember headers: one that was damaged once spoils all later calls on it
                if isinstance(failure, (ConnectionFailed, BadRequest, Unauthorized)):
                    self._forget(connection)
                raise failure from error

        return await in_thread(work, name="arize-flight", cancel=cancel, grace=config.timeouts.close)

    def _forget(self, broken: FlightConnection) -> None:
        """Let the next call connect anew; a connection that is dead and does not know it would hold up all calls."""
        with self._lock:
            if self._connection is broken:
                self._connection = None

    def _retrier(self, what: str, *, repeatable: bool) -> Retrier:
        return Retrier(
            policy=self.config.retry,
            total=self.config.timeouts.stream,
            repeatable=repeatable,
            request=what,
            host=self.config.endpoints.flight.host,
            timing=self._timing,
        )

    async def _put(
        self, what: str, command: bytes, answer: str, data: pa.Table | pa.RecordBatchReader
    ) -> dict[str, str]:
        from arize_async.wire.flight import decode_answer

        is_cancelled = threading.Event()

        def check_cancelled() -> None:
            if is_cancelled.is_set():
                raise ConnectionFailed("cancelled", request=what)

        async def attempt() -> dict[str, str]:
            body = await self._call(
                what, lambda link: link.put(command, data, check_cancelled), cancel=is_cancelled.set
            )
            return _checked(decode_answer, answer, body)

        return await self._retrier(what, repeatable=False).run(attempt)

    @asynccontextmanager
    async def _stream(self, request: str, **fields: str) -> AsyncGenerator[RecordBatches, None]:
        from arize_async.wire.flight import encode_request

        what = f"Flight {request}"
        ticket = encode_request("DoGetRequest", request, **{name: value for name, value in fields.items() if value})
        reading = Reading(what, ticket, self._call, self._retrier(what, repeatable=True))
        schema = await reading.open()
        following = reading.batches()
        try:
            yield RecordBatches(schema, following)
        finally:
            reading.cancel()
            await following.aclose()

    def __repr__(self) -> str:
        """Show where calls go and whether a connection stands."""
        state = "closed" if self._closed else "connected" if self._connection else "idle"
        return f"<FlightTransport {self.config.endpoints.flight.url} [{state}]>"


async def _table(stream: RecordBatches) -> pa.Table:
    from arize_async.transport.flight_connection import table_of

    return table_of([batch async for batch in stream], stream.schema)


def _checked(decode: Callable[[str, bytes], dict[str, str]], kind: str, body: bytes) -> dict[str, str]:
    try:
        return decode(kind, body)
    except ValueError as error:
        raise InvalidResponse(str(error)) from None

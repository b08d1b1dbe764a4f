"""One Flight connection: blocking calls, made on worker threads only."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
import pyarrow.flight as fl

from arize_async.errors import InvalidResponse, InvalidRows
from arize_async.transport.certificates import root_certificates
from arize_async.wire.arrow import cut
from arize_async.wire.headers import flight_headers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from arize_async.config import Config, Endpoint

MAX_SENT_BYTES = 128 * 1024 * 1024
"""Longer messages are not sent; batches are cut to half of it, so that only a single huge row can reach it."""

_TOO_LARGE = "larger than max"


class FlightConnection:
    """A channel to the Flight server; several threads may call at the same time."""

    def __init__(self, config: Config) -> None:
        """Prepare the channel; it connects at the first call."""
        endpoint = config.endpoints.flight
        self._config = config
        self._process = os.getpid()
        self._client = fl.FlightClient(
            endpoint.url,
            tls_root_certs=cast("Any", root_certificates(config, endpoint)),
            disable_server_verification=endpoint.encrypted
            and (not config.request_verify or endpoint.host.lower() == "localhost"),
            generic_options=[
                ("grpc.max_send_message_length", MAX_SENT_BYTES),
                # a new channel shall connect at once, not wait as long as one that has failed before would
                ("grpc.use_local_subchannel_pool", 1),
                # the first is also gRPC's bound on one attempt to connect, TLS and HTTP/2 handshake included
                ("grpc.min_reconnect_backoff_ms", _milliseconds(config.timeouts.connect)),
                ("grpc.max_reconnect_backoff_ms", _milliseconds(max(config.timeouts.connect, 1))),
            ],
        )

    def leads_to(self, endpoint: Endpoint) -> bool:
        """Tell whether this is where the channel connects to; an embedded server may come back on another port."""
        return self._config.endpoints.flight == endpoint

    @property
    def is_inherited(self) -> bool:
        """Whether a forked child has it from its parent; the threads behind it are the parent's, so a call hangs."""
        return self._process != os.getpid()

    def options(self) -> fl.FlightCallOptions:
        """Return deadline and metadata of one call."""
        return fl.FlightCallOptions(
            timeout=self._config.timeouts.stream, headers=cast("Any", flight_headers(self._config))
        )

    def act(self, kind: str, body: bytes) -> bytes:
        """Call an action and return its first result."""
        for result in self._client.do_action(fl.Action(kind, body), self.options()):
            return result.body.to_pybytes()
        raise InvalidResponse(f"the Flight action {kind} gave no result")

    def open_reader(self, ticket: bytes) -> fl.FlightStreamReader:
        """Start to read a stream."""
        return self._client.do_get(fl.Ticket(ticket), self.options())

    def put(self, command: bytes, data: pa.Table | pa.RecordBatchReader, check_cancelled: Callable[[], None]) -> bytes:
        """Send all batches and return the server's answer.

        Whatever ends the stream early makes the call fail on the server too: a stream that is merely closed would
        leave what arrived so far behind as if it were complete.

        Raises:
            InvalidRows: A single row is too large for a message.
            InvalidResponse: The server sent no answer.
        """
        reader = data.to_reader() if isinstance(data, pa.Table) else data
        descriptor = fl.FlightDescriptor.for_command(command)
        writer, answers = self._client.do_put(descriptor, data.schema, self.options())
        try:
            for batch in cut(reader, self._config.pyarrow_max_chunksize, MAX_SENT_BYTES // 2):
                check_cancelled()
                writer.write_batch(batch)
            writer.done_writing()
        except BaseException as error:
            _abort(writer)
            if _TOO_LARGE in str(error):
                limit = MAX_SENT_BYTES // 2**20
                raise InvalidRows(f"a row is larger than {limit} MiB and cannot be sent") from error
            raise
        answer = cast("pa.Buffer | None", cast("Any", answers).read())
        writer.close()
        if answer is None:
            raise InvalidResponse("the Flight server took the rows and sent no answer")
        return answer.to_pybytes()

    def close(self) -> None:
        """Close the channel."""
        self._client.close()


def _abort(writer: Any) -> None:
    """Make the call fail on both sides: Flight cannot cancel an upload, but a message that may not be sent ends it."""
    try:
        writer.write_metadata(pa.py_buffer(bytes(MAX_SENT_BYTES + 1)))
    except (pa.ArrowException, OSError):
        return


def _milliseconds(seconds: float) -> int:
    return round(min(seconds * 1000, 2**31 - 1))


def schema_of(reader: fl.FlightStreamReader) -> pa.Schema:
    """Return the schema of a stream.

    Raises:
        InvalidResponse: The name of a column is no text.
    """
    schema = reader.schema
    try:
        _ = schema.names
    except UnicodeDecodeError as error:
        raise InvalidResponse(f"the rows are no valid Arrow data: the name of a column: {error}") from None
    return schema


def batches(reader: fl.FlightStreamReader) -> Callable[[], pa.RecordBatch | None]:
    """Return a function that gives the next batch of a stream, and None at its end."""
    stream: Iterator[Any] = iter(reader)

    def following() -> pa.RecordBatch | None:
        for chunk in stream:
            if chunk.data is not None:
                return _checked(chunk.data)
        return None

    return following


def _checked(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch that can be read: Arrow trusts what it gets, an offset that points elsewhere ends the process."""
    try:
        batch.validate(full=True)
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise InvalidResponse(f"the rows are no valid Arrow data: {error}") from None
    return batch


def table_of(parts: list[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
    """Join the batches of a stream."""
    return pa.Table.from_batches(parts, schema)

"""The Flight service."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import flight

from arize_async.models.rules import check_name
from arize_async.server.address import in_url
from arize_async.server.flight import calls, downloads, silence, uploads
from arize_async.server.flight.errors import translated, unauthenticated, unsupported
from arize_async.server.flight.named import dataset_of
from arize_async.server.patience import Patience
from arize_async.server.storage import experiments
from arize_async.server.storage.refusals import malformed
from arize_async.wire.flight import INIT_ACTION, decode_request, encode_answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from arize_async.server.access import Guard
    from arize_async.server.patience import Call
    from arize_async.server.storage.store import Store
    from arize_async.server.storage.transaction import Transaction

_UPLOADS = {"create_dataset": uploads.create_dataset, "post_experiment_data": uploads.post_runs}
_METHODS = (flight.FlightMethod.DO_ACTION, flight.FlightMethod.DO_GET, flight.FlightMethod.DO_PUT)
_SOURCES = {"get_dataset": downloads.dataset_source, "get_experiment": downloads.experiment_source}


class _KeyCheck(flight.ServerMiddlewareFactory):
    """Refuse calls without the key; it starts no middleware."""

    def __init__(self, guard: Guard) -> None:
        super().__init__()
        self._guard = guard

    def start_call(self, info: flight.CallInfo, headers: Mapping[str, Sequence[str | bytes]]) -> None:
        """Check the key of a call."""
        del info
        given = headers.get("auth-token-bin", [])
        if not any(self._guard.knows_key(key) for key in given):
            raise unauthenticated()


class _MethodCheck(flight.ServerMiddlewareFactory):
    """Refuse calls that the platform does not have; it starts no middleware."""

    def start_call(self, info: flight.CallInfo, headers: Mapping[str, Sequence[str | bytes]]) -> None:
        """Check the method of a call."""
        del headers
        if info.method not in _METHODS:
            raise unsupported(info.method.name)


class FlightServer(flight.FlightServerBase):
    """Datasets and runs over Flight; calls run in threads of gRPC.

    Attributes:
        patience: Watches the calls; closed after the server.
    """

    def __init__(self, store: Store, guard: Guard, host: str, port: int) -> None:
        """Listen on a port; 0 picks a free one.

        Raises:
            OSError: The port cannot be listened on.
        """
        self._store = store
        cutter = silence.Cutter()
        self.patience = Patience(silence.BOUNDS, cutter)
        # in this order: refused calls are logged as well, and only those with the key are counted
        middleware: dict[str, flight.ServerMiddlewareFactory] = {
            calls.KEY: calls.CallLogs(),
            "key": _KeyCheck(guard),
            "method": _MethodCheck(),
            silence.KEY: silence.Watching(self.patience),
        }
        try:
            super().__init__(location=f"grpc+tcp://{in_url(host)}:{port}", middleware=middleware)
        except BaseException:
            self.patience.close()
            raise
        cutter.port = int(self.port)

    def do_action(self, context: flight.ServerCallContext, action: flight.Action) -> list[bytes]:
        """Make an experiment."""
        with translated("DoAction"):
            silence.call_of(context)
            if action.type != INIT_ACTION:
                raise malformed(f"no such action: {action.type[:100]!r}")
            calls.note(context, INIT_ACTION)
            _, fields = _decode("DoActionRequest", action.body.to_pybytes())
            return [self._store.write_here(_init, fields)]

    def do_put(
        self,
        context: flight.ServerCallContext,
        descriptor: flight.FlightDescriptor,
        reader: flight.MetadataRecordBatchReader,
        writer: flight.FlightMetadataWriter,
    ) -> None:
        """Store a dataset or runs."""
        with translated("DoPut"):
            call = silence.call_of(context)
            name, fields = _decode("DoPutRequest", descriptor.command or b"")
            calls.note(context, name)
            with call.waiting():
                schema = reader.schema
            body = _UPLOADS[name](self._store, fields, schema, _received(context, call, reader))
            with call.waiting(), suppress(OSError):  # the client is gone, and finds out what is stored
                writer.write(pa.py_buffer(body))

    def do_get(self, context: flight.ServerCallContext, ticket: flight.Ticket) -> flight.FlightDataStream:
        """Send a dataset or runs."""
        with translated("DoGet"):
            name, fields = _decode("DoGetRequest", ticket.ticket)
            calls.note(context, name)
            call = silence.call_of(context)
            source = self._store.read_here(_SOURCES[name], fields)
            call.wait()
            return flight.GeneratorStream(downloads.full_schema(source), _sent(context, call, self._store, source))


def _received(
    context: flight.ServerCallContext, call: Call[str], reader: flight.MetadataRecordBatchReader
) -> Iterator[pa.RecordBatch]:
    chunks = iter(reader)
    while True:
        with call.waiting():
            chunk = next(chunks, None)
        if chunk is None:
            break
        if chunk.data is not None:
            calls.note(context, size=chunk.data.nbytes)
            yield _checked(chunk.data)
    # a stream whose client is gone ends like one that is complete
    if context.is_cancelled():
        raise malformed("the upload broke off; nothing was stored")


def _checked(batch: pa.RecordBatch) -> pa.RecordBatch:
    # Arrow trusts what it is sent: an offset that points elsewhere would end the process
    try:
        batch.validate(full=True)
    except pa.ArrowException as error:
        raise malformed(f"the upload is no valid Arrow data: {error}") from None
    return batch


def _sent(
    context: flight.ServerCallContext, call: Call[str], store: Store, source: downloads.Source
) -> Iterator[pa.RecordBatch]:
    with translated("DoGet"):
        call.work()
        for batch in downloads.batches(store, source):
            calls.note(context, size=batch.nbytes)
            with call.waiting():
                yield batch


def _decode(envelope: str, body: bytes) -> tuple[str, dict[str, str]]:
    try:
        return decode_request(envelope, body)
    except ValueError as error:
        raise malformed(str(error)) from None


def _init(transaction: Transaction, fields: dict[str, str]) -> bytes:
    dataset = dataset_of(transaction, fields)
    try:
        check_name(fields["experiment_name"])
    except ValueError as error:
        raise malformed(f"experiment_name: {error}") from None
    made = experiments.create_on_dataset(transaction, dataset, fields["experiment_name"], fields["trace_model_name"])
    return encode_answer(
        "CreateExperimentDBEntryResponse",
        experiment_id=made.experiment.id,
        dataset_id=dataset.dataset.id,
        trace_model_name=made.traces or "",
    )

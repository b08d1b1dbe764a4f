"""``TraceService/Export`` over gRPC."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TYPE_CHECKING

import grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from arize_async.errors import ApiError, ServerFailed
from arize_async.server.address import in_url
from arize_async.server.calls import Call, log
from arize_async.server.otlp.decode import decode_export
from arize_async.server.patience import Bounds, Patience
from arize_async.server.storage import traces

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from arize_async.server.access import Guard
    from arize_async.server.storage.store import Store

MESSAGE_LIMIT = 64 * 1024 * 1024
_SERVICE = "opentelemetry.proto.collector.trace.v1.TraceService"
BOUNDS = Bounds(seconds=60.0, calls=128)
_THREADS = 2 * BOUNDS.calls
_STATUS = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    401: grpc.StatusCode.UNAUTHENTICATED,
    404: grpc.StatusCode.NOT_FOUND,
    408: grpc.StatusCode.DEADLINE_EXCEEDED,
    500: grpc.StatusCode.INTERNAL,
    503: grpc.StatusCode.UNAVAILABLE,
}
_OPTIONS = [
    ("grpc.so_reuseport", 0),
    ("grpc.max_receive_message_length", MESSAGE_LIMIT),
    ("grpc.server_handshake_timeout_ms", 60_000),  # for a connection on which nothing comes
    ("grpc.max_connection_idle_ms", 600_000),  # for one without calls
    ("grpc.keepalive_time_ms", 60_000),  # for one whose other end is gone without a word
    ("grpc.keepalive_timeout_ms", 20_000),
]
_logger = logging.getLogger("arize_async.server")


class OtlpServer:
    """A gRPC server that stores spans; calls run in its own threads.

    A call takes a thread from its head on, so the key is checked before the message is there, and waiting for that is
    bounded.
    """

    def __init__(self, store: Store, guard: Guard, host: str, port: int) -> None:
        """Listen on a port; 0 picks a free one.

        Raises:
            ServerFailed: The port cannot be listened on.
        """
        self._store = store
        self._guard = guard
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="arize-otlp")
        self._patience = Patience(BOUNDS, _cut_off)
        self._server = grpc.server(self._threads, options=_OPTIONS)
        export = grpc.stream_unary_rpc_method_handler(self._export, response_serializer=_serialize)
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE, {"Export": export}),))
        address = f"{in_url(host)}:{port}"
        try:
            self.port = self._server.add_insecure_port(address)
        except RuntimeError:
            self._patience.close()
            self._threads.shutdown()
            raise ServerFailed(f"cannot listen on {address}") from None
        self._server.start()

    def close(self, grace: float) -> None:
        """Stop; calls under way get so many seconds."""
        self._server.stop(grace).wait(grace + 1)
        self._threads.shutdown(wait=False)
        self._patience.close()

    def _export(self, messages: Iterator[bytes], context: grpc.ServicerContext) -> ExportTraceServiceResponse:
        started = time.perf_counter()
        metadata = dict(context.invocation_metadata())
        body = b""
        if self._guard.knows_key(_key(metadata.get("authorization", ""))):
            body, (status, detail) = self._receive(messages, context)
            if status == HTTPStatus.OK:
                status, detail = self._store_spans(body, str(metadata.get("arize-space-id", "")))
        else:
            status, detail = 401, "send the server's API key as 'authorization' metadata"
        log(Call("OTLP", "TraceService/Export", status, (time.perf_counter() - started) * 1000, len(body)))
        if status != HTTPStatus.OK:
            context.abort(_STATUS.get(status, grpc.StatusCode.FAILED_PRECONDITION), detail)
        return ExportTraceServiceResponse()

    def _receive(self, messages: Iterator[bytes], context: grpc.ServicerContext) -> tuple[bytes, tuple[int, str]]:
        """Return the message of a call, the HTTP status, and why there is no message."""
        call = self._patience.begin(context)
        if call is None:
            return b"", (503, "too many calls are under way; try again")
        try:
            return next(messages, b""), (200, "")
        except Exception:  # noqa: BLE001 - grpc raises a bare Exception when the call ended meanwhile
            return b"", (408, "the message did not arrive in time")
        finally:
            self._patience.end(call)

    def _store_spans(self, body: bytes, space_id: str) -> tuple[int, str]:
        """Return the HTTP status of what happened, and why it was no success."""
        try:
            self._store.write_here(traces.add, space_id, decode_export(body))
        except ApiError as error:
            return error.status or 500, error.detail
        except Exception:
            _logger.exception("OTLP Export failed")
            return 500, "the server failed; its log says why"
        return 200, ""


def _cut_off(silent: Collection[grpc.ServicerContext], others: Collection[grpc.ServicerContext], seconds: float) -> int:
    del others
    for context in silent:
        context.cancel()
    _logger.warning("cut off %d OTLP calls that were silent for %g seconds", len(silent), seconds)
    return len(silent)


def _key(value: str | bytes) -> str | bytes:
    return value.removeprefix("Bearer ") if isinstance(value, str) else value


def _serialize(message: ExportTraceServiceResponse) -> bytes:
    return message.SerializeToString()

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
from arize_async.server.calls import Call, log
from arize_async.server.otlp.decode import decode_export
from arize_async.server.storage import traces

if TYPE_CHECKING:
    from arize_async.server.access import Guard
    from arize_async.server.storage.store import Store

MESSAGE_LIMIT = 64 * 1024 * 1024
_SERVICE = "opentelemetry.proto.collector.trace.v1.TraceService"
_THREADS = 4
_STATUS = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    401: grpc.StatusCode.UNAUTHENTICATED,
    404: grpc.StatusCode.NOT_FOUND,
    500: grpc.StatusCode.INTERNAL,
    503: grpc.StatusCode.UNAVAILABLE,
}
_logger = logging.getLogger("arize_async.server")


class OtlpServer:
    """A gRPC server that stores spans; calls run in its own threads."""

    def __init__(self, store: Store, guard: Guard, host: str, port: int) -> None:
        """Listen on a port; 0 picks a free one.

        Raises:
            ServerFailed: The port cannot be listened on.
        """
        self._store = store
        self._guard = guard
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="arize-otlp")
        self._server = grpc.server(
            self._threads,
            options=[("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", MESSAGE_LIMIT)],
        )
        export = grpc.unary_unary_rpc_method_handler(self._export, response_serializer=_serialize)
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE, {"Export": export}),))
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        try:
            self.port = self._server.add_insecure_port(address)
        except RuntimeError:
            self._threads.shutdown()
            raise ServerFailed(f"cannot listen on {address}") from None
        self._server.start()

    def close(self, grace: float) -> None:
        """Stop; calls under way get so many seconds."""
        self._server.stop(grace).wait(grace + 1)
        self._threads.shutdown(wait=False)

    def _export(self, body: bytes, context: grpc.ServicerContext) -> ExportTraceServiceResponse:
        started = time.perf_counter()
        status, detail = self._store_spans(body, dict(context.invocation_metadata()))
        log(Call("OTLP", "TraceService/Export", status, (time.perf_counter() - started) * 1000, len(body)))
        if status != HTTPStatus.OK:
            context.abort(_STATUS.get(status, grpc.StatusCode.FAILED_PRECONDITION), detail)
        return ExportTraceServiceResponse()

    def _store_spans(self, body: bytes, metadata: dict[str, str | bytes]) -> tuple[int, str]:
        """Return the HTTP status of what happened, and why it was no success."""
        if not self._guard.knows_key(_key(metadata.get("authorization", ""))):
            return 401, "send the server's API key as 'authorization' metadata"
        try:
            self._store.write_here(traces.add, str(metadata.get("arize-space-id", "")), decode_export(body))
        except ApiError as error:
            return error.status, error.detail
        except Exception:
            _logger.exception("OTLP Export failed")
            return 500, "the server failed; its log says why"
        return 200, ""


def _key(value: str | bytes) -> str | bytes:
    return value.removeprefix("Bearer ") if isinstance(value, str) else value


def _serialize(message: ExportTraceServiceResponse) -> bytes:
    return message.SerializeToString()

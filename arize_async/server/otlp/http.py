"""``POST /v1/traces``: OTLP over HTTP, protobuf, compressed or not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from arize_async.server.otlp.decode import decode_export
from arize_async.server.storage import traces

if TYPE_CHECKING:
    from collections.abc import Iterable

    from arize_async.server.storage.store import Store

PATH = "/v1/traces"
_CONTENT_TYPE = "application/x-protobuf"
_SECONDS = 60.0


class TraceHandlers:
    """Handlers of spans."""

    def __init__(self, store: Store) -> None:
        """Serve a store."""
        self._store = store

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        return (web.post(PATH, self.export),)

    async def export(self, request: web.Request) -> web.Response:
        """Store spans."""
        if request.content_type != _CONTENT_TYPE:
            raise web.HTTPUnsupportedMediaType(reason=f"send {_CONTENT_TYPE}")
        async with asyncio.timeout(_SECONDS):
            body = await request.read()  # aiohttp has undone gzip, and bounds what comes out of it
        await self._store.write(traces.add, request.headers.get("arize-space-id", ""), decode_export(body))
        return web.Response(body=ExportTraceServiceResponse().SerializeToString(), content_type=_CONTENT_TYPE)

"""Everything that a running server has open, made in order and closed in reverse."""

from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import anyio
import pyarrow as pa
from aiohttp import web
from attrs import frozen

from arize_async.errors import ServerFailed
from arize_async.server import calls
from arize_async.server.access import Guard, Public
from arize_async.server.address import in_url
from arize_async.server.flight.closing import close_flight
from arize_async.server.flight.server import FlightServer
from arize_async.server.flight.spool import remove_left_over
from arize_async.server.openapi import handlers as openapi
from arize_async.server.otlp.grpc_server import OtlpServer
from arize_async.server.otlp.http import TraceHandlers
from arize_async.server.rest.routes import rest_application
from arize_async.server.storage import spaces
from arize_async.server.storage.database import Database
from arize_async.server.storage.store import Store
from arize_async.server.ui.answers import PREFIX
from arize_async.server.ui.assets import Assets
from arize_async.server.ui.routes import ui_application
from arize_async.server.ui.sessions import Sessions
from arize_async.server.ui.sign_in import LOGIN

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
DATABASE = "arize.duckdb"
_GRACE = 5.0
_IDLE = 75.0
"""Seconds until a connection is closed on which the head of a request, also of the first one, is not complete."""


@frozen
class Ports:
    """Ports of the three transports; 0 asks for a free one."""

    rest: int
    flight: int
    otlp: int


@frozen
class Place:
    """Where a server listens and keeps its data; ``directory`` None keeps nothing."""

    directory: Path | None
    host: str
    ports: Ports


class Running:
    """A store and the three transports on it."""

    def __init__(self, place: Place, api_key: str) -> None:
        """Open nothing yet."""
        self._place = place
        self._guard = Guard(place.host, api_key)
        self._sessions = Sessions(api_key)
        self._stack = AsyncExitStack()
        self._store: Store | None = None

    @property
    def store(self) -> Store:
        """The store, once it is open."""
        assert self._store is not None
        return self._store

    @property
    def page(self) -> str:
        """The path that signs a browser in, once."""
        return f"{LOGIN}?token={self._sessions.link_token()}"

    async def open(self) -> Ports:
        """Open everything and return the ports that are in use; when that fails, nothing stays open.

        Raises:
            ServerFailed: The database or a port cannot be used.
        """
        try:
            await asyncio.to_thread(_probe, self._place)
            store = await self._open_store()
            flight = await self._open_flight(store)
            otlp = await self._open_otlp(store)
            return Ports(await self._open_rest(store), flight, otlp)
        except BaseException:
            with anyio.CancelScope(shield=True):
                await self.close()
            raise

    async def close(self) -> None:
        """Stop listening, let calls under way end, and close the database."""
        await self._stack.aclose()

    async def _open_store(self) -> Store:
        directory = self._place.directory
        file = directory / DATABASE if directory else None
        store = await self._opened(lambda: Store(Database.open(file), directory), Store.close)
        if directory:
            await asyncio.to_thread(remove_left_over, directory)
        await store.write(spaces.ensure_default)
        self._store = store
        return store

    async def _open_flight(self, store: Store) -> int:
        host, port = self._place.host, self._place.ports.flight
        try:
            server = await self._opened(
                lambda: FlightServer(store, self._guard, host, port), lambda made: close_flight(made, _GRACE)
            )
        except (OSError, pa.ArrowException):
            raise _in_use(host, port, "flight_port") from None
        return int(server.port)

    async def _open_otlp(self, store: Store) -> int:
        host, port = self._place.host, self._place.ports.otlp
        try:
            server = await self._opened(
                lambda: OtlpServer(store, self._guard, host, port), lambda made: made.close(_GRACE)
            )
        except ServerFailed:
            raise _in_use(host, port, "otlp_port") from None
        return server.port

    async def _open_rest(self, store: Store) -> int:
        public = Public({openapi.PATH, "/", PREFIX}, f"{PREFIX}/")
        application = rest_application(store, self._guard, public)
        application.add_routes(openapi.DocumentHandlers().routes())
        application.add_routes(TraceHandlers(store).routes())
        application.add_routes([web.get("/", _to_page), web.get(PREFIX, _to_page)])
        assets = await asyncio.to_thread(Assets)
        application.add_subapp(PREFIX, ui_application(store, self._guard, self._sessions, assets))
        runner = web.AppRunner(
            application,
            access_log=calls.logger,
            access_log_class=calls.HttpCalls,
            shutdown_timeout=_GRACE,
            keepalive_timeout=_IDLE,
        )
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, self._place.host, self._place.ports.rest, reuse_address=True)
        try:
            await site.start()
        except OSError:
            raise _in_use(self._place.host, self._place.ports.rest, "port") from None
        return int(runner.addresses[0][1])

    async def _opened(self, make: Callable[[], T], close: Callable[[T], None]) -> T:
        """Make something in a thread and note how it is closed, also when this is cancelled meanwhile."""

        def make_and_note() -> T:
            made = make()
            self._stack.push_async_callback(asyncio.to_thread, close, made)
            return made

        making = asyncio.get_running_loop().run_in_executor(None, make_and_note)
        try:
            return await asyncio.shield(making)
        except asyncio.CancelledError:
            await asyncio.wait([making])
            raise


async def _to_page(request: web.Request) -> web.Response:
    del request
    return web.Response(status=302, headers={"Location": f"{PREFIX}/"})


def _probe(place: Place) -> None:
    # gRPC says on standard error, and not in its exception, why it cannot listen; and Arrow keeps a server that failed
    ports = place.ports
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    for argument, port in (("port", ports.rest), ("flight_port", ports.flight), ("otlp_port", ports.otlp)):
        try:
            socket.create_server((place.host, port), family=family).close()
        except (OSError, UnicodeError):
            raise _in_use(place.host, port, argument) from None


def _in_use(host: str, port: int, argument: str) -> ServerFailed:
    if not port:
        return ServerFailed(f"cannot listen on {host!r}: it is no address of this machine")
    return ServerFailed(
        f"cannot listen on {in_url(host)}:{port}: the port is in use or the address is not this machine's;"
        f" pass another {argument}, or 0 for a free one"
    )

"""A TCP proxy that does one fault at a time."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from canned import ANSWERS
from plan import REQUESTS

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from plan import Fault

_PIECE = 16 * 1024
_METHODS = (b"GET /", b"POST /", b"PATCH /", b"DELETE /")
_BROKEN = (ConnectionError, OSError, asyncio.IncompleteReadError)


class Proxy:
    """Hands on what clients and a server say to each other, until a fault is due.

    A fault belongs to the proxy and not to a connection: bytes and requests are counted from the moment at which it
    was armed, on whatever connection they travel.

    Attributes:
        target: The server's port.
        port: Where it listens.
        happened: How often the armed fault has happened.
    """

    def __init__(self, target: int, restart: Callable[[], Awaitable[None]]) -> None:
        """Lead to a port of this machine; ``restart`` kills the server and starts it again."""
        self.target = target
        self._restart = restart
        self._fault: Fault | None = None
        self._counted = 0
        self._links: set[asyncio.Task[None]] = set()
        self.port = 0
        self.happened = 0

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[Proxy]:
        """Listen on a free port."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for link in self._links:
                link.cancel()
            await asyncio.gather(*self._links, return_exceptions=True)

    def arm(self, fault: Fault | None) -> None:
        """Make a fault due; None leaves all connections alone."""
        self._fault, self._counted, self.happened = fault, 0, 0

    def due(self, side: str, amount: int = 0, *, is_repeatable: bool = False) -> Fault | None:
        """Count so many bytes, or a request when there is no amount, and return the fault that happens now."""
        fault = self._fault
        if fault is None or fault.side != side or self.happened >= fault.times:
            return None
        if (fault.kind in REQUESTS) != (amount == 0) or (fault.kind == "duplicate" and not is_repeatable):
            return None
        self._counted += amount or 1
        if self._counted <= fault.at:
            return None
        self.happened += 1
        self._counted = 0
        return fault

    async def restart(self) -> None:
        """Kill the server and start it again."""
        await self._restart()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        task.add_done_callback(self._links.discard)
        # one that ends as cancelled is reported as an error by asyncio
        with suppress(asyncio.CancelledError, *_BROKEN):
            try:
                there_reader, there = await asyncio.open_connection("127.0.0.1", self.target)
            except OSError:
                _reset(writer)
                return
            try:
                await Link(self, (reader, writer), (there_reader, there)).run()
            finally:
                writer.close()
                there.close()


class Link:
    """A client's connection and the one to the server that belongs to it."""

    def __init__(
        self,
        proxy: Proxy,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        """Take both ends."""
        self._proxy = proxy
        self._from_client, self._to_client = client
        self._from_server, self._to_server = server
        self._replacement: bytes | None = None
        self._ended = asyncio.Event()

    async def run(self) -> None:
        """Hand on in both directions until one side ends."""
        sides = {
            asyncio.create_task(self._pump("request", self._from_client, self._to_server)),
            asyncio.create_task(self._pump("answer", self._from_server, self._to_client)),
        }
        try:
            await asyncio.wait(sides, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for side in sides:
                side.cancel()
            await asyncio.gather(*sides, return_exceptions=True)

    async def _pump(self, side: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(*_BROKEN):
            while piece := await reader.read(_PIECE):
                if side == "request" and piece.startswith(_METHODS) and not await self._asked(piece):
                    return
                if side == "answer" and self._replacement is not None:
                    await self._replace()
                    return
                fault = self._proxy.due(side, len(piece))
                if fault is not None and not await self._break(fault, piece, writer):
                    return
                if fault is None or fault.kind in {"delay", "restart"}:
                    writer.write(piece)
                await writer.drain()

    async def _asked(self, piece: bytes) -> bool:
        """Do the faults of requests; False when the request is not handed on."""
        fault = self._proxy.due("request", is_repeatable=piece.startswith(b"GET /"))
        if fault is None:
            return True
        if fault.kind == "duplicate":
            await self._send_aside(piece)
            return True
        self._replacement = ANSWERS[fault.answer]
        if fault.kind == "refuse":
            # the rest of the body has to be read, or the kernel resets the connection before the answer is read
            with suppress(TimeoutError):
                async with asyncio.timeout(0.05):
                    while await self._from_client.read(_PIECE):
                        pass
            await self._replace()
            return False
        return True

    async def _replace(self) -> None:
        self._to_client.write(self._replacement or b"")
        await self._to_client.drain()

    async def _send_aside(self, piece: bytes) -> None:
        """Let the server get a request once more, on a connection of its own."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._proxy.target)
        writer.write(piece.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
        await reader.read(_PIECE)
        writer.close()

    async def _break(self, fault: Fault, piece: bytes, writer: asyncio.StreamWriter) -> bool:
        """Do a fault of bytes; False when the connection is over."""
        half = piece[: max(1, len(piece) // 2)]
        if fault.kind == "reset":
            _reset(self._to_client)
            _reset(self._to_server)
            return False
        if fault.kind == "truncate":
            writer.write(half)
            return False
        if fault.kind == "half-close":
            writer.write(half)
            writer.write_eof()
            await self._drained(self._from_client if writer is self._to_client else self._from_server)
            return False
        if fault.kind == "stall":
            writer.write(half)
            await asyncio.sleep(60)  # until the client gives up and this side is cancelled
            return False
        if fault.kind == "corrupt":
            middle = len(piece) // 2
            writer.write(piece[:middle] + b"\xff" * min(3, len(piece) - middle) + piece[middle + 3 :])
        elif fault.kind == "slow":
            for start in range(0, len(piece), 2048):
                writer.write(piece[start : start + 2048])
                await asyncio.sleep(0.02)
        elif fault.kind == "delay":
            await asyncio.sleep(0.5)
        elif fault.kind == "restart":
            await self._proxy.restart()
        return True

    async def _drained(self, reader: asyncio.StreamReader) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(3):
                while await reader.read(_PIECE):
                    pass


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close so that the other side gets an RST."""
    connection = writer.get_extra_info("socket")
    if connection is not None:
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()

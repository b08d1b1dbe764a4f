"""A small HTTP proxy: it forwards requests and opens tunnels."""

from __future__ import annotations

import asyncio
import base64
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


class Proxy:
    """Serves one port.

    Attributes:
        heads: The head of each request, as text.
        tunnelled: What clients sent through tunnels.
    """

    def __init__(self, *, credentials: str = "", refusal: str = "", is_silent: bool = False) -> None:
        """Ask for ``user:password``, refuse every request with a status line, or never answer."""
        self._expected = base64.b64encode(credentials.encode()).decode()
        self._refusal = refusal
        self._is_silent = is_silent
        self._tasks: set[asyncio.Task[None]] = set()
        self.heads: list[str] = []
        self.tunnelled = b""
        self.port = 0

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[Proxy]:
        """Listen on a free port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            async with asyncio.timeout(30):
                await asyncio.gather(*self._tasks)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.heads.append(head)
            await self._answer(head, reader, writer)
        writer.close()

    async def _answer(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, target, _ = head.split("\r\n", 1)[0].split(" ")
        if self._is_silent:
            await reader.read()
        elif refusal := self._refusal or self._missing_credentials(head):
            writer.write(f"HTTP/1.1 {refusal}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
        elif method == "CONNECT":
            host, _, port = target.rpartition(":")
            there_reader, there = await asyncio.open_connection(host, int(port))
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await self._join(reader, writer, there_reader, there)
        else:
            parts = urlsplit(target)
            there_reader, there = await asyncio.open_connection(parts.hostname, parts.port)
            there.write(head.replace(target, f"{parts.path}?{parts.query}", 1).encode())
            await self._join(reader, writer, there_reader, there)

    def _missing_credentials(self, head: str) -> str:
        is_known = not self._expected or f"Proxy-Authorization: Basic {self._expected}" in head
        return "" if is_known else "407 Proxy Authentication Required"

    async def _join(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        there_reader: asyncio.StreamReader,
        there: asyncio.StreamWriter,
    ) -> None:
        async def forth() -> None:
            while piece := await reader.read(65536):
                self.tunnelled += piece
                there.write(piece)
            there.close()

        async def back() -> None:
            while piece := await there_reader.read(65536):
                writer.write(piece)
            writer.close()

        await asyncio.gather(forth(), back(), return_exceptions=True)

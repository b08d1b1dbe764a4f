"""The server as a program that is killed and comes back at the same place."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

KEY = "key-of-the-faults"
_LAST_LINE = b"ARIZE_FLIGHT_PORT"


class Server:
    """A process that serves a folder on ports that stay the same.

    Attributes:
        ports: Of REST, Flight and OTLP.
        restarts: How often it was killed and started again.
    """

    def __init__(self, folder: Path) -> None:
        """Choose ports; nothing is started."""
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._changing = asyncio.Lock()
        self._restarting: asyncio.Task[None] | None = None
        self.ports = _free_ports(3)
        self.restarts = 0

    async def start(self) -> None:
        """Start and wait until it listens.

        Raises:
            RuntimeError: It ended instead.
        """
        rest, flight, otlp = map(str, self.ports)
        places = ["--path", str(self._folder / "data"), "--port", rest, "--flight-port", flight, "--otlp-port", otlp]
        with (self._folder / "log").open("a") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "arize_async", "serve", *places, "--api-key", KEY),
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=dict(os.environ),
            )
        assert self._process.stdout is not None
        async with asyncio.timeout(60):
            while not (line := await self._process.stdout.readline()).startswith(_LAST_LINE):
                if not line:
                    raise RuntimeError(f"the server did not start: {(self._folder / 'log').read_text()[-2000:]}")

    async def kill(self) -> None:
        """End it without any warning."""
        if self._process is not None:
            self._process.kill()
            await self._process.wait()

    async def restart(self) -> None:
        """Kill it and start it again."""
        # the connection that asked for it ends with its server, and must not end the restart
        self._restarting = asyncio.create_task(self._restart())
        await asyncio.shield(self._restarting)

    async def settled(self) -> None:
        """Wait until it runs."""
        if self._restarting is not None:
            await self._restarting

    async def _restart(self) -> None:
        async with self._changing:
            await self.kill()
            await self.start()
            self.restarts += 1


def _free_ports(count: int) -> list[int]:
    holders = [socket.socket() for _ in range(count)]
    for holder in holders:
        holder.bind(("127.0.0.1", 0))
    ports = [holder.getsockname()[1] for holder in holders]
    for holder in holders:
        holder.close()
    return ports

"""Closing a Flight server whose clients neither finish nor leave."""

from __future__ import annotations

import os
import socket
import stat
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arize_async.server.flight.server import FlightServer

_DESCRIPTORS = Path("/dev/fd")


def close_flight(server: FlightServer, grace: float) -> None:
    """Stop a server; calls that are still under way after so many seconds lose their connection."""
    port = int(server.port)
    # shutdown() has no deadline: it waits for every call, for ever when a client is stuck
    thread = threading.Thread(target=server.shutdown, name="arize-flight-shutdown", daemon=True)
    thread.start()
    thread.join(grace)
    if thread.is_alive():
        for connection in _accepted(port):
            connection.shutdown(socket.SHUT_RDWR)
        thread.join(grace)


def _accepted(port: int) -> Iterator[socket.socket]:
    """Yield the connections that were accepted on a port of this process, where the system lists descriptors."""
    if not _DESCRIPTORS.is_dir():
        return
    for entry in list(_DESCRIPTORS.iterdir()):
        with suppress(OSError):
            if stat.S_ISSOCK(os.fstat(int(entry.name)).st_mode):
                with socket.socket(fileno=os.dup(int(entry.name))) as connection:
                    if _is_accepted(connection, port):
                        yield connection


def _is_accepted(connection: socket.socket, port: int) -> bool:
    address = connection.getsockname()
    # the name of a listening socket has the port too, but it has no peer: this raises OSError
    return isinstance(address, tuple) and address[1] == port and bool(connection.getpeername())

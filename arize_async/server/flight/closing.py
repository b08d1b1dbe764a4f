"""Closing a Flight server whose clients neither finish nor leave."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

from arize_async.server.flight.connections import accepted

if TYPE_CHECKING:
    from arize_async.server.flight.server import FlightServer


def close_flight(server: FlightServer, grace: float) -> None:
    """Stop a server; calls that are still under way after so many seconds lose their connection."""
    port = int(server.port)
    # shutdown() has no deadline: it waits for every call, for ever when a client is stuck
    thread = threading.Thread(target=server.shutdown, name="arize-flight-shutdown", daemon=True)
    thread.start()
    thread.join(grace)
    if thread.is_alive():
        for connection in accepted(port):
            connection.shutdown(socket.SHUT_RDWR)
        thread.join(grace)
    server.patience.close()

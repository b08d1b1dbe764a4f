"""Calls whose clients are silent.

Arrow can neither end a call nor limit calls, so a silent client loses its connection: when one of its calls has moved
nothing for too long and no other call of that connection has.
"""

from __future__ import annotations

import logging
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from pyarrow import flight

from arize_async.server.flight import connections
from arize_async.server.flight.errors import overloaded
from arize_async.server.patience import Bounds, Call, Patience

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

KEY = "silence"
BOUNDS = Bounds(seconds=120.0, calls=256)
UNKNOWN = ""
_logger = logging.getLogger("arize_async.server")


class Watched(flight.ServerMiddleware):
    """A call under way, by the address of its client, which is not known before the client has said what it wants."""

    def __init__(self, patience: Patience[str], call: Call[str]) -> None:
        """Take a call over."""
        super().__init__()
        self.call = call
        self._patience = patience

    def call_completed(self, exception: Exception | None) -> None:
        """Watch the call no longer."""
        del exception
        self._patience.end(self.call)


class Watching(flight.ServerMiddlewareFactory):
    """Watches each call, and refuses those that are too many."""

    def __init__(self, patience: Patience[str]) -> None:
        """Let calls be watched."""
        super().__init__()
        self._patience = patience

    def start_call(self, info: flight.CallInfo, headers: Mapping[str, Sequence[str | bytes]]) -> Watched:
        """Begin with the call."""
        del info, headers
        call = self._patience.begin(UNKNOWN)
        if call is None:
            raise overloaded()
        return Watched(self._patience, call)


def call_of(context: flight.ServerCallContext) -> Call[str]:
    """Return the call, which knows its client from here on; its time is the server's."""
    watched = context.get_middleware(KEY)
    assert isinstance(watched, Watched)
    watched.call.client = connections.peer(context.peer())
    watched.call.work()
    return watched.call


class Cutter:
    """Cuts off the silent clients of a server.

    Attributes:
        port: Where the server listens, once it does. The server itself is not known here: Arrow keeps what it is given,
            and would keep the server by it.
    """

    def __init__(self) -> None:
        """Know no port yet."""
        self.port = 0

    def __call__(self, silent: Collection[str], others: Collection[str], seconds: float) -> int:
        """Close connections on which all calls are silent, and return how many."""
        count = 0
        for connection in connections.accepted(self.port):
            with suppress(OSError):
                if _is_silent(connection, silent, others, seconds):
                    connection.shutdown(socket.SHUT_RDWR)
                    count += 1
        if count:
            _logger.warning("cut off %d Flight connections that were silent for %g seconds", count, seconds)
        return count


def _is_silent(connection: socket.socket, silent: Collection[str], others: Collection[str], seconds: float) -> bool:
    peer = connections.peer_of(connection)
    if peer in others:
        return False
    # a call that has said nothing yet has no known client: it is on a connection that nothing came over
    return peer in silent or (UNKNOWN in silent and connections.quiet_for(connection) >= seconds)

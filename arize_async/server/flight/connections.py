"""The connections of a Flight server, which Arrow and gRPC keep to themselves."""

from __future__ import annotations

import ipaddress
import os
import socket
import stat
import struct
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

_DESCRIPTORS = Path("/dev/fd")
_TCP_INFO = struct.Struct("=44xI4xI")
"""The milliseconds since data was sent and received in Linux's ``struct tcp_info``."""


def accepted(port: int) -> Iterator[socket.socket]:
    """Yield the connections that were accepted on a port of this process, where the system lists descriptors."""
    if not _DESCRIPTORS.is_dir():
        return
    for entry in list(_DESCRIPTORS.iterdir()):
        with suppress(OSError):
            if stat.S_ISSOCK(os.fstat(int(entry.name)).st_mode):
                with socket.socket(fileno=os.dup(int(entry.name))) as connection:
                    if _is_accepted(connection, port):
                        yield connection


def peer_of(connection: socket.socket) -> str:
    """Return the other end of a connection, as ``peer`` writes it."""
    host, port = connection.getpeername()[:2]
    return _written(host, port)


def peer(address: str) -> str:
    """Return the other end of a call by the address that gRPC gives.

    >>> peer("ipv4:127.0.0.1:80"), peer("ipv6:%5B::1%5D:80"), peer("ipv6:%5B::ffff:127.0.0.1%5D:80")
    ('127.0.0.1 80', '::1 80', '127.0.0.1 80')
    """
    host, _, port = unquote(address).partition(":")[2].rpartition(":")
    return _written(host.strip("[]"), int(port))


def quiet_for(connection: socket.socket) -> float:
    """Return for how many seconds no data went over a connection; 0 where the system does not tell."""
    if sys.platform != "linux":
        return 0.0
    found = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO.size)
    return min(_TCP_INFO.unpack(found)) / 1000


def _written(host: str, port: int) -> str:
    found = ipaddress.ip_address(host)
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return f"{found} {port}"


def _is_accepted(connection: socket.socket, port: int) -> bool:
    address = connection.getsockname()
    # the name of a listening socket has the port too, but it has no peer: this raises OSError
    return isinstance(address, tuple) and address[1] == port and bool(connection.getpeername())

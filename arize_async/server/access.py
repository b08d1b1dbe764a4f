"""Who may talk to the server: requests for this host, with the key."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Set as AbstractSet

from attrs import frozen

from arize_async.server.address import is_everywhere


@frozen(repr=False)
class Guard:
    """Checks of host names and keys.

    Attributes:
        host: The address that the server listens on.
        api_key: What callers must send.
    """

    host: str
    api_key: str

    def __repr__(self) -> str:
        """Show the host, never the key."""
        return f"<Guard of {self.host}>"

    def knows_key(self, key: str | bytes) -> bool:
        """Compare in constant time."""
        given = key.encode("utf-8", "surrogateescape") if isinstance(key, str) else key
        return hmac.compare_digest(given, self.api_key.encode())

    def knows_host(self, header: str) -> bool:
        """Whether a Host header names this server.

        A page in a browser can make any name of its own point here (DNS rebinding), but it cannot change the name in
        the header.
        """
        name = _host_name(header)
        if name in {"localhost", self.host.lower()}:
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or is_everywhere(self.host)


@frozen
class Public:
    """Paths that need no key, because nothing is behind them or because somebody else checks who is there.

    >>> public = Public({"/openapi.json"}, "/ui/")
    >>> "/openapi.json" in public, "/ui/login" in public, "/v2/spaces" in public
    (True, True, False)
    """

    paths: AbstractSet[str]
    below: str

    def __contains__(self, path: object) -> bool:
        """Whether a path, as it was sent, needs no key."""
        return path in self.paths or (isinstance(path, str) and path.startswith(self.below))


def _host_name(header: str) -> str:
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].rstrip(".").lower()

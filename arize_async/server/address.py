"""Addresses to listen on."""

from __future__ import annotations

import ipaddress

_LOCALHOST = "localhost"


def in_url(host: str) -> str:
    """Write a host as it stands in a URL.

    >>> in_url("::1"), in_url("127.0.0.1")
    ('[::1]', '127.0.0.1')
    """
    return f"[{host}]" if ":" in host else host


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens on a host; a name other than ``localhost`` may be anywhere.

    >>> is_loopback("::1"), is_loopback("127.0.0.2"), is_loopback("0.0.0.0"), is_loopback("box.example")
    (True, True, False, False)
    """
    address = _address(host)
    return address.is_loopback if address else host.lower() == _LOCALHOST


def is_everywhere(host: str) -> bool:
    """Whether what listens on a host listens on all addresses of this machine."""
    address = _address(host)
    return address is not None and address.is_unspecified


def from_here(host: str) -> str:
    """Return a host by which a client on this machine reaches what listens on a host.

    >>> from_here("::"), from_here("0.0.0.0"), from_here("192.168.1.5")
    ('::1', '127.0.0.1', '192.168.1.5')
    """
    if not is_everywhere(host):
        return host
    return "::1" if ":" in host else "127.0.0.1"


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None

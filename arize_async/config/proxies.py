"""Which proxy REST goes through; a proxy's address can hold a password, so no message shows it."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from arize_async.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from arize_async.config.endpoints import Endpoint

_VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY")


def check_proxy(name: str, value: object) -> str:
    """Return the address of a proxy with its scheme, ``http`` when none is given.

    Args:
        name: The setting or the variable, for the error.
        value: ``http://host:port``, with ``user:password@`` before the host if need be; empty for no proxy.

    Raises:
        ConfigurationError: It is no such address.
    """
    if value == "":
        return ""
    text = value if isinstance(value, str) else ""
    address = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(address)
        usable = bool(parts.hostname) and parts.scheme in {"http", "https"} and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or any(character.isspace() or not character.isprintable() for character in text):
        raise ConfigurationError(
            f"{name} is not the address of an HTTP proxy; expected something like 'http://proxy.example:8080'"
        )
    return address


def proxy_from_environment(endpoint: Endpoint, environ: Mapping[str, str]) -> str:
    """Return the proxy that the usual variables name for an endpoint, or an empty text.

    ``HTTPS_PROXY`` comes before ``HTTP_PROXY``, in capitals or not. Hosts in ``NO_PROXY`` and on this machine are
    reached directly.

    Raises:
        ConfigurationError: The variable's text is no address; the message names the variable.
    """
    for name in _VARIABLES:
        # a web server passes a client's header "Proxy" to CGI programs as HTTP_PROXY (CVE-2016-5385)
        upper = "" if name == "HTTP_PROXY" and "REQUEST_METHOD" in environ else environ.get(name, "")
        value = (environ.get(name.lower(), "") or upper).strip()
        if value:
            return "" if _is_reached_directly(endpoint, environ) else check_proxy(f"Environment variable {name}", value)
    return ""


def _is_reached_directly(endpoint: Endpoint, environ: Mapping[str, str]) -> bool:
    # loads the whole of urllib, and the stubs do not know it
    from urllib.request import proxy_bypass_environment  # pyright: ignore[reportAttributeAccessIssue]

    parts = urlsplit(endpoint.url)
    exceptions = environ.get("no_proxy", "") or environ.get("NO_PROXY", "")
    return _is_here(parts.hostname or "") or bool(proxy_bypass_environment(parts.netloc, {"no": exceptions}))


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")

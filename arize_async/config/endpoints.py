"""Where the three transports connect to (wire contract 1.1, 1.2 and 1.4)."""

from __future__ import annotations

import ipaddress
import re

from attrs import evolve, frozen

from arize_async.config.regions import REGION_ENDPOINTS, Region, RegionEndpoints
from arize_async.errors import ConfigurationError, MultipleEndpointOverridesError

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = re.compile(rf"(?=.{{1,260}}$){_LABEL}(?:\.{_LABEL})*\.?(?::\d{{1,5}})?")


@frozen
class Endpoint:
    """Scheme, host and port of one transport; port 0 leaves the port out of the URL.

    >>> Endpoint("https", "api.arize.com").url, Endpoint("http", "127.0.0.1", 8080).url
    ('https://api.arize.com', 'http://127.0.0.1:8080')
    """

    scheme: str
    host: str
    port: int = 0

    @property
    def url(self) -> str:
        """The address without a path."""
        host = f"[{self.host}]" if self.host.count(":") > 1 and not self.host.startswith("[") else self.host
        return f"{self.scheme}://{host}:{self.port}" if self.port else f"{self.scheme}://{host}"

    @property
    def encrypted(self) -> bool:
        """Whether the transport speaks TLS."""
        return self.scheme in {"https", "grpc+tls"}


@frozen(kw_only=True)
class Endpoints:
    """The endpoints of REST, OTLP and Flight."""

    api: Endpoint
    otlp: Endpoint
    flight: Endpoint

    def override(
        self, *, region: Region = Region.UNSET, single_host: str = "", single_port: int = 0, base_domain: str = ""
    ) -> Endpoints:
        """Apply at most one of region, single host and port, or base domain.

        Raises:
            MultipleEndpointOverridesError: More than one of the three was given.
        """
        given = {
            "region": region.value,
            "single_host or single_port": single_host or single_port,
            "base_domain": base_domain,
        }
        names = [name for name, value in given.items() if value]
        if len(names) > 1:
            raise MultipleEndpointOverridesError(
                f"Only one of region, single_host/single_port and base_domain can be set; got {', '.join(names)}"
            )
        if region is not Region.UNSET:
            return self._at_hosts(REGION_ENDPOINTS[region])
        if base_domain:
            return self._at_hosts(evolve(RegionEndpoints.at(base_domain), flight_port=self.flight.port))
        return self._at_one_address(single_host, single_port)

    def _at_hosts(self, hosts: RegionEndpoints) -> Endpoints:
        return Endpoints(
            api=evolve(self.api, host=hosts.api_host),
            otlp=evolve(self.otlp, host=hosts.otlp_host),
            flight=evolve(self.flight, host=hosts.flight_host, port=hosts.flight_port),
        )

    def _at_one_address(self, host: str, port: int) -> Endpoints:
        # An explicit port of REST and OTLP wins over the single port; Flight's never does (wire contract 1.4).
        return Endpoints(
            api=evolve(self.api, host=host or self.api.host, port=self.api.port or port),
            otlp=evolve(self.otlp, host=host or self.otlp.host, port=self.otlp.port or port),
            flight=evolve(self.flight, host=host or self.flight.host, port=port or self.flight.port),
        )


def parse_host(name: str, value: object, port: int) -> str:
    """Return a bare host, or a host with its own port when none is configured.

    Args:
        name: The setting, for the error.
        value: What the user gave: ``host``, ``host:port`` or an IPv6 address.
        port: The configured port; it replaces one inside ``value``.

    Raises:
        ConfigurationError: The value has a scheme, a path, or something else that no host has.
    """
    if not isinstance(value, str):
        raise ConfigurationError(f"{name} is a host name, got {type(value).__name__}")
    host = value.strip().rstrip("/")
    if "://" in host:
        raise ConfigurationError(f"{name}={value!r} has a scheme; give the host alone and set the scheme beside it")
    if not _HOST.fullmatch(host) and not _is_ipv6(host):
        raise ConfigurationError(
            f"{name}={value!r} is not a host name; expected something like 'api.arize.com'"
            + ("; write it in its ASCII form, xn--..." if host and not host.isascii() else "")
        )
    head, colon, tail = host.rpartition(":")
    return head if colon and port and tail.isdigit() and (":" not in head or head.endswith("]")) else host


def _is_ipv6(host: str) -> bool:
    bracketed = re.fullmatch(r"\[(.+)\](:\d{1,5})?", host)
    try:
        ipaddress.IPv6Address(bracketed[1] if bracketed else host)
    except ValueError:
        return False
    return True

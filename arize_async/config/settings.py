"""The settings of a client, from arguments, the environment and defaults."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
from attrs import field, frozen, validators

from arize_async.config.endpoints import Endpoint, Endpoints, parse_host
from arize_async.config.environment import boolean, from_environment, lower
from arize_async.config.headers import check_default_headers
from arize_async.config.policies import RetryPolicy, Timeouts
from arize_async.config.proxies import check_proxy, proxy_from_environment
from arize_async.config.regions import Region
from arize_async.errors import ConfigurationError, MissingAPIKeyError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_TEXT = validators.instance_of(str)
_SWITCH = validators.instance_of(bool)
_PORT = [validators.instance_of(int), validators.ge(0), validators.le(65535)]
_HTTP = validators.in_(("http", "https"))
_FLIGHT = validators.in_(("grpc", "grpc+tcp", "grpc+tls", "grpc+unix"))


def _region(value: str) -> Region:
    try:
        return Region(value)
    except ValueError:
        raise ValueError(f"region is one of {', '.join(Region.list_regions())}; got {value!r}") from None


def _at_least(low: float, high: float | None = None) -> list[Callable[..., object]]:
    return [validators.instance_of((int, float)), validators.ge(low), *([validators.le(high)] if high else [])]


def _setting(
    default: T,
    *names: str,
    parse: Callable[[str], T],
    check: Callable[..., object] | list[Callable[..., object]] | None = None,
) -> T:
    found: T = field(default=default, validator=check, metadata={"environment": names, "parse": parse})
    return found


@frozen(kw_only=True)
class Config:
    """The settings of a client; the same names, variables and defaults as the official SDK.

    Source: wire contract 1.3. ``repr`` never shows the key.
    """

    api_key: str = field(repr=lambda _: "'***'", metadata={"environment": ("ARIZE_API_KEY",)})
    region: Region = field(
        default=Region.UNSET, converter=_region, metadata={"environment": ("ARIZE_REGION",), "parse": _region}
    )
    api_host: str = _setting("api.arize.com", "ARIZE_API_HOST", parse=str)
    api_scheme: str = _setting("https", "ARIZE_API_SCHEME", parse=lower, check=_HTTP)
    api_port: int = _setting(0, "ARIZE_API_PORT", parse=int, check=_PORT)
    otlp_host: str = _setting("otlp.arize.com", "ARIZE_OTLP_HOST", parse=str)
    otlp_scheme: str = _setting("https", "ARIZE_OTLP_SCHEME", parse=lower, check=_HTTP)
    otlp_port: int = _setting(0, "ARIZE_OTLP_PORT", parse=int, check=_PORT)
    flight_host: str = _setting("flight.arize.com", "ARIZE_FLIGHT_HOST", parse=str)
    flight_scheme: str = _setting("grpc+tls", "ARIZE_FLIGHT_SCHEME", parse=lower, check=_FLIGHT)
    flight_port: int = _setting(443, "ARIZE_FLIGHT_PORT", parse=int, check=_PORT)
    pyarrow_max_chunksize: int = _setting(10_000, "ARIZE_MAX_CHUNKSIZE", parse=int, check=_at_least(1, 100_000))
    request_verify: bool = _setting(True, "ARIZE_REQUEST_VERIFY", parse=boolean, check=_SWITCH)
    ssl_ca_cert: str = _setting("", "ARIZE_SSL_CA_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", parse=str, check=_TEXT)
    proxy_url: str = field(
        default="", repr=lambda url: "'***'" if url else "''", metadata={"environment": ("ARIZE_PROXY_URL",)}
    )
    stream_max_workers: int = _setting(8, "ARIZE_STREAM_MAX_WORKERS", parse=int, check=_at_least(1, 32))
    stream_max_queue_bound: int = _setting(5000, "ARIZE_STREAM_MAX_QUEUE_BOUND", parse=int, check=_at_least(1))
    max_http_payload_size_mb: float = _setting(8, "ARIZE_MAX_HTTP_PAYLOAD_SIZE_MB", parse=float, check=_at_least(0.001))
    arize_directory: str = _setting("~/.arize", "ARIZE_DIRECTORY", parse=str, check=_TEXT)
    pre_release_warnings: bool = _setting(True, "ARIZE_PRE_RELEASE_WARNINGS", parse=boolean)
    enable_caching: bool = _setting(True, "ARIZE_ENABLE_CACHING", parse=boolean, check=_SWITCH)
    single_host: str = _setting("", "ARIZE_SINGLE_HOST", parse=str, check=_TEXT)
    single_port: int = _setting(0, "ARIZE_SINGLE_PORT", parse=int, check=_PORT)
    base_domain: str = _setting("", "ARIZE_BASE_DOMAIN", parse=str, check=_TEXT)
    max_past_years: int = _setting(5, "ARIZE_MAX_PAST_YEARS", parse=int, check=_at_least(1))
    default_headers: Mapping[str, str] = field(factory=dict, repr=lambda headers: repr(sorted(headers)))
    connection_pool_maxsize: int = field(default=100, validator=_at_least(1))
    timeouts: Timeouts = field(factory=Timeouts, validator=validators.instance_of(Timeouts))
    retry: RetryPolicy = field(factory=RetryPolicy, validator=validators.instance_of(RetryPolicy))

    @classmethod
    def load(cls, *, environ: Mapping[str, str] | None = None, **arguments: Any) -> Config:
        """Build the settings; an argument that is None counts as not given.

        Raises:
            MissingAPIKeyError: No key in the arguments or the environment.
            ConfigurationError: A value is out of bounds; the message names it.
        """
        environ = os.environ if environ is None else environ
        known = attrs.fields_dict(cls)
        values: dict[str, Any] = {name: value for name, value in arguments.items() if value is not None}
        for name, attribute in known.items():
            if name not in values and (value := from_environment(attribute, environ)) is not None:
                values[name] = value
        values["api_key"] = _check_key(values.get("api_key"))
        values["default_headers"] = check_default_headers(values.get("default_headers", {}))
        plain: dict[str, Any] = {name: _plain(value) for name, value in values.items()}
        plain["proxy_url"] = check_proxy("proxy_url", plain.get("proxy_url", ""))
        try:
            config = cls(**plain)
        except (TypeError, ValueError) as error:
            raise ConfigurationError(str(error.args[0]) if error.args else str(error)) from None
        endpoint = config.endpoints.api  # a wrong endpoint is an error now, not at the first request
        return config if config.proxy_url else attrs.evolve(config, proxy_url=proxy_from_environment(endpoint, environ))

    @property
    def endpoints(self) -> Endpoints:
        """Where the three transports connect to, overrides applied."""
        return Endpoints(
            api=self._endpoint("api"), otlp=self._endpoint("otlp"), flight=self._endpoint("flight")
        ).override(
            region=Region(self.region),
            single_host=self.single_host and parse_host("single_host", self.single_host, self.single_port),
            single_port=self.single_port,
            base_domain=self.base_domain and parse_host("base_domain", self.base_domain, 0),
        )

    @property
    def directory(self) -> Path:
        """Where this package keeps files, ``~`` expanded."""
        return Path(self.arize_directory).expanduser()

    def _endpoint(self, kind: str) -> Endpoint:
        scheme, host, port = (getattr(self, f"{kind}_{part}") for part in ("scheme", "host", "port"))
        return Endpoint(scheme, parse_host(f"{kind}_host", host, port), port)


def _plain(value: object) -> object:
    text = os.fspath(value) if isinstance(value, os.PathLike) else value
    return text.strip() if isinstance(text, str) else text


def _check_key(value: object) -> str:
    key = value.strip() if isinstance(value, str) else value
    if not key:
        raise MissingAPIKeyError(
            "No API key: pass ArizeClient(api_key=...), set ARIZE_API_KEY,"
            " or use ArizeClient.local() for the embedded server, which needs none"
        )
    if not isinstance(key, str) or not key.isascii() or not key.isprintable():
        raise ConfigurationError("api_key is not text that fits an HTTP header")
    return key

"""Settings from arguments, the environment and defaults (wire contract 1.3 to 1.6)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arize_async.config import Config, Limits, Region, RetryPolicy, Timeouts
from arize_async.errors import (
    ConfigurationError,
    InvalidDefaultHeadersError,
    MissingAPIKeyError,
    MultipleEndpointOverridesError,
)


def load(environ: dict[str, str] | None = None, **arguments: Any) -> Config:
    """Build settings without the environment of the test run."""
    return Config.load(environ=environ or {}, **{"api_key": "k", **arguments})


def urls(config: Config) -> tuple[str, str, str]:
    """Return the addresses of REST, OTLP and Flight."""
    return config.endpoints.api.url, config.endpoints.otlp.url, config.endpoints.flight.url


def test_the_defaults_lead_to_the_cloud() -> None:
    """Hosts, ports and sizes are those of wire contract 1.3."""
    config = load()
    assert urls(config) == ("https://api.arize.com", "https://otlp.arize.com", "grpc+tls://flight.arize.com:443")
    assert (config.pyarrow_max_chunksize, config.max_http_payload_size_mb, config.request_verify) == (10_000, 8, True)
    assert config.directory == Path("~/.arize").expanduser()


def test_an_argument_wins_over_the_environment_and_that_over_the_default() -> None:
    """None counts as not given; variables are stripped."""
    environ = {
        "ARIZE_API_KEY": " env ",
        "ARIZE_API_HOST": " host.env ",
        "ARIZE_API_PORT": "81",
        "ARIZE_DIRECTORY": "/d",
    }
    config = load(environ, api_key=None, api_host="host.arg", api_port=None)
    assert (config.api_key, config.api_host, config.api_port, config.arize_directory) == ("env", "host.arg", 81, "/d")


@pytest.mark.parametrize("key", [None, "", "  "])
def test_a_key_is_needed(key: str | None) -> None:
    """The error says where a key can come from, and that the embedded server needs none."""
    with pytest.raises(MissingAPIKeyError, match=r"ARIZE_API_KEY.*local"):
        load(api_key=key)


@pytest.mark.parametrize("key", ["schlüssel", "a\nb"])
def test_a_key_that_no_header_holds_is_refused_without_showing_it(key: str) -> None:
    """A key is printable ASCII."""
    with pytest.raises(ConfigurationError) as caught:
        load(api_key=key)
    assert key not in str(caught.value)


def test_secrets_are_not_shown() -> None:
    """Neither the key nor the proxy's password nor the value of a header is in the repr."""
    config = load(api_key="top-secret", proxy_url="http://u:pass-word@p", default_headers={"X-Token": "hidden"})
    assert not any(secret in repr(config) for secret in ("top-secret", "pass-word", "hidden"))
    assert "X-Token" in repr(config)


@pytest.mark.parametrize(
    ("text", "verified"), [("1", True), ("TRUE", True), ("yes", True), ("on", True), ("0", False), ("nope", False)]
)
def test_switches_are_words(text: str, *, verified: bool) -> None:
    """Only 1, true, yes and on mean true."""
    assert load({"ARIZE_REQUEST_VERIFY": text}).request_verify is verified


def test_the_ca_file_has_three_variables() -> None:
    """The first that is not blank counts."""
    environ = {"ARIZE_SSL_CA_CERT": "", "REQUESTS_CA_BUNDLE": "bundle", "SSL_CERT_FILE": "file"}
    assert load(environ).ssl_ca_cert == "bundle"


def test_a_region_decides_all_hosts() -> None:
    """Flight is on 443, whatever was set (wire contract 1.2)."""
    config = load({"ARIZE_REGION": "eu-west-1a"}, flight_port=5)
    assert urls(config) == (
        "https://api.eu-west-1a.arize.com",
        "https://otlp.eu-west-1a.arize.com",
        "grpc+tls://flight.eu-west-1a.arize.com:443",
    )
    assert load(region=Region.US_EAST_1B).endpoints.api.host == "api.us-east-1b.arize.com"


def test_a_base_domain_keeps_the_ports() -> None:
    """Hosts are prefixes of the domain."""
    assert urls(load(base_domain="corp.example", api_port=8443)) == (
        "https://api.corp.example:8443",
        "https://otlp.corp.example",
        "grpc+tls://flight.corp.example:443",
    )


def test_a_single_port_yields_to_explicit_ports_but_for_flight() -> None:
    """Flight always takes the single port (wire contract 1.4)."""
    config = load(single_host="one", single_port=9, api_port=8, flight_port=7)
    assert urls(config) == ("https://one:8", "https://one:9", "grpc+tls://one:9")


@pytest.mark.parametrize(
    "overrides",
    [
        {"region": Region.EU_WEST_1A, "single_port": 1},
        {"region": Region.EU_WEST_1A, "base_domain": "d"},
        {"single_host": "h", "base_domain": "d"},
    ],
)
def test_overrides_exclude_each_other(overrides: dict[str, Any]) -> None:
    """The error names what was given."""
    with pytest.raises(MultipleEndpointOverridesError, match="Only one of"):
        load(**overrides)


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"ARIZE_API_PORT": "eighty"}, "ARIZE_API_PORT"),
        ({"ARIZE_REGION": "mars"}, "ARIZE_REGION"),
        ({"ARIZE_API_SCHEME": "ftp"}, "api_scheme"),
        ({"ARIZE_MAX_CHUNKSIZE": "0"}, "pyarrow_max_chunksize"),
        ({"ARIZE_FLIGHT_PORT": "70000"}, "flight_port"),
    ],
)
def test_a_wrong_variable_is_named(environ: dict[str, str], name: str) -> None:
    """All of them are configuration errors, which are value errors."""
    with pytest.raises(ConfigurationError, match=name) as caught:
        load(environ)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("host", ["https://api.arize.com", "host/path", "", "a b"])
def test_a_host_is_a_bare_host(host: str) -> None:
    """Schemes, paths and blanks would build a broken address."""
    with pytest.raises(ConfigurationError, match="api_host"):
        load({"ARIZE_API_HOST": host or " "}, api_host=host)


def test_hosts_may_carry_a_port_and_be_ipv6() -> None:
    """A configured port replaces the one inside the host; trailing slashes go."""
    assert load(api_host="h:99", api_port=8).endpoints.api.url == "https://h:8"
    assert load(api_host="h:99/").endpoints.api.url == "https://h:99"
    assert load(api_host="::1", api_port=8).endpoints.api.url == "https://[::1]:8"


@pytest.mark.parametrize(
    "headers",
    [
        {"": "v"},
        {"Authorization": "v"},
        {"SDK-Version": "v"},
        {"grpc-metadata-x": "v"},
        {"a b": "v"},
        {"a:b": "v"},
        {"ä": "v"},
        {"k": "a\r\nb"},
        {"k\0": "v"},
        {"k": "漢"},
        {"k": 1},
        {1: "v"},
    ],
)
def test_headers_that_cannot_be_sent_are_refused(headers: dict[Any, Any]) -> None:
    """The rules of wire contract 1.6."""
    with pytest.raises(InvalidDefaultHeadersError, match="default_headers"):
        load(default_headers=headers)


def test_headers_are_copied() -> None:
    """A later change of the user's dict changes nothing."""
    headers = {"User-Agent": "mine", "X": "ä"}
    config = load(default_headers=headers)
    headers["X"] = "b"
    assert config.default_headers == {"User-Agent": "mine", "X": "ä"}


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_header_that_is_accepted_has_no_line_break(key: str, value: str) -> None:
    """Whatever the text, nothing that is accepted can start a header of its own."""
    try:
        config = load(default_headers={key: value})
    except InvalidDefaultHeadersError:
        return
    assert not set("\r\n\0") & set(key + value)
    assert dict(config.default_headers) == {key: value}


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (Timeouts, {"read": 0}),
        (RetryPolicy, {"attempts": 0}),
        (RetryPolicy, {"backoff": -1}),
        (Limits, {"evaluators": 0}),
    ],
)
def test_policies_check_their_bounds(kind: type[Any], options: dict[str, Any]) -> None:
    """A value that makes no sense is refused where it is written."""
    with pytest.raises(ValueError, match=next(iter(options))):
        kind(**options)


@pytest.mark.parametrize(
    "arguments",
    [
        {"api_host": 5},
        {"api_host": "bücher.example"},
        {"api_host": "a..b"},
        {"api_host": "x" * 300},
        {"api_host": "[::1"},
        {"api_host": "user@host"},
        {"api_host": "a?b"},
        {"flight_host": "a#b"},
        {"single_host": "https://x"},
        {"base_domain": "a/b"},
        {"region": "mars"},
        {"request_verify": "false"},
        {"enable_caching": 1},
        {"ssl_ca_cert": 5},
        {"api_port": "80"},
        {"timeouts": 5},
        {"retry": {"attempts": 2}},
        {"connection_pool_maxsize": 0},
    ],
)
def test_a_wrong_argument_is_refused_where_it_is_given(arguments: dict[str, Any]) -> None:
    """Not with the first request, and with its name."""
    with pytest.raises(ConfigurationError, match=next(iter(arguments))):
        load(**arguments)


def test_paths_and_names_of_regions_are_taken_as_they_are_written(tmp_path: Path) -> None:
    """A path may be a Path, a region its name."""
    config = load(ssl_ca_cert=tmp_path / "ca.pem", arize_directory=tmp_path, region="eu-west-1a")
    assert (config.ssl_ca_cert, config.directory) == (str(tmp_path / "ca.pem"), tmp_path)
    assert config.region is Region.EU_WEST_1A


@pytest.mark.parametrize("name", ["Content-Length", "transfer-encoding"])
def test_headers_that_say_where_a_body_ends_are_refused(name: str) -> None:
    """A constant one would tear requests apart."""
    with pytest.raises(InvalidDefaultHeadersError):
        load(default_headers={name: "3"})


def test_headers_are_a_mapping() -> None:
    """Anything else is named."""
    with pytest.raises(InvalidDefaultHeadersError, match="mapping"):
        load(default_headers=["a"])

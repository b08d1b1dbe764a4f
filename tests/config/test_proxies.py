"""Which proxy the settings and the environment name."""

from __future__ import annotations

from typing import Any

import pytest

from arize_async.config import Config
from arize_async.errors import ConfigurationError

EVERYWHERE = {"HTTPS_PROXY": "http://secure:1", "HTTP_PROXY": "http://plain:2"}


def proxy(environ: dict[str, str], **arguments: Any) -> str:
    """Return the proxy of settings."""
    return Config.load(environ=environ, api_key="k", **arguments).proxy_url


def test_the_argument_comes_first_then_the_variables_in_their_order() -> None:
    """``ARIZE_PROXY_URL``, ``HTTPS_PROXY``, ``HTTP_PROXY``: the first that is set, as officially documented."""
    environ = {"ARIZE_PROXY_URL": "http://own:3", **EVERYWHERE}
    assert proxy(environ, proxy_url="http://argument:4") == "http://argument:4"
    assert proxy(environ) == "http://own:3"
    assert proxy(EVERYWHERE) == "http://secure:1"
    assert proxy({"HTTP_PROXY": "http://plain:2"}) == "http://plain:2"
    assert proxy({"https_proxy": "http://low:5", "HTTPS_PROXY": "http://high:6"}) == "http://low:5"
    assert proxy({}) == ""


@pytest.mark.parametrize(
    ("hosts", "host", "used"),
    [
        ("api.corp.example", "api.corp.example", False),
        (".corp.example", "api.corp.example", False),
        ("corp.example", "api.corp.example", False),
        ("other, corp.example:8443", "corp.example", True),
        ("*", "api.arize.com", False),
        ("corp.example", "notcorp.example", True),
        ("", "api.arize.com", True),
    ],
)
def test_no_proxy_names_hosts_that_are_reached_directly(hosts: str, host: str, *, used: bool) -> None:
    """The variable is read as Python's standard library reads it."""
    assert bool(proxy({**EVERYWHERE, "NO_PROXY": hosts}, api_host=host)) is used


def test_no_proxy_does_not_overrule_what_is_set_for_this_client() -> None:
    """Who names a proxy in the argument or in ``ARIZE_PROXY_URL`` wants it."""
    assert proxy({"NO_PROXY": "*"}, proxy_url="http://p:1") == "http://p:1"
    assert proxy({"NO_PROXY": "*", "ARIZE_PROXY_URL": "http://p:1"}) == "http://p:1"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "server.localhost"])
def test_this_machine_is_reached_directly(host: str) -> None:
    """An embedded server is reachable where the environment names a proxy."""
    assert proxy(EVERYWHERE, api_host=host, api_port=8080) == ""


def test_a_web_server_cannot_set_the_proxy_for_its_programs() -> None:
    """In CGI programs ``HTTP_PROXY`` is a header of the client (CVE-2016-5385)."""
    assert proxy({"REQUEST_METHOD": "GET", "HTTP_PROXY": "http://evil:1"}) == ""
    assert proxy({"REQUEST_METHOD": "GET", "http_proxy": "http://good:1"}) == "http://good:1"


def test_a_proxy_without_a_scheme_is_an_http_proxy() -> None:
    """Many environments write host and port alone."""
    assert proxy({"HTTPS_PROXY": "proxy.corp:3128"}) == "http://proxy.corp:3128"


@pytest.mark.parametrize(
    "url", ["socks5://u:pass-word@p", "http://u:pass-word@", "http://u:pass-word@h:x", "http://u:pass-word@h h", 5]
)
def test_what_is_no_proxy_is_refused_without_showing_it(url: Any) -> None:
    """An address may hold a password, so the message does not repeat it."""
    with pytest.raises(ConfigurationError, match="proxy_url is not the address") as caught:
        proxy({}, proxy_url=url)
    assert "pass-word" not in str(caught.value)
    if isinstance(url, str):
        with pytest.raises(ConfigurationError, match="HTTPS_PROXY is not the address") as caught:
            proxy({"HTTPS_PROXY": url})
        assert "pass-word" not in str(caught.value)

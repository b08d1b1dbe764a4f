"""TLS of REST and of Flight (wire contract 1.7)."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
import threading
from typing import TYPE_CHECKING, Any

import pyarrow.flight as fl
import pytest
import trustme
from aiohttp import web
from aiohttp.test_utils import TestServer

from arize_async.config import Config, RetryPolicy
from arize_async.errors import ApiError, ConfigurationError, ConnectionFailed, InvalidResponse
from arize_async.transport.flight import FlightTransport
from arize_async.transport.http import HttpTransport
from arize_async.wire.flight import encode_answer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
SOON = RetryPolicy(attempts=2, backoff=0.05)
PLACE = {"space_id": "S", "dataset_id": "D", "name": "E"}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """An authority that nobody trusts by itself."""
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    """The authority's certificate in a file."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
async def rest(authority: trustme.CA) -> AsyncIterator[dict[str, Any]]:
    """An HTTPS server; gives the arguments that lead to it."""

    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"secure": request.secure})

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    server = TestServer(app)
    await server.start_server(ssl=context)
    yield {"environ": {}, "api_key": "k", "api_host": "127.0.0.1", "api_port": server.port}
    await server.close()


class Action(fl.FlightServerBase):
    """Answers the init action."""

    def do_action(  # pyright: ignore[reportIncompatibleMethodOverride] - the stubs know no results
        self, context: Any, action: Any
    ) -> Iterator[fl.Result]:
        """Give an experiment."""
        yield fl.Result(encode_answer("CreateExperimentDBEntryResponse", experiment_id="E1"))


@pytest.fixture
def flight(authority: trustme.CA) -> Iterator[dict[str, Any]]:
    """A Flight server with TLS; gives the arguments that lead to it."""
    issued = authority.issue_cert("127.0.0.1")
    pair: Any = (issued.cert_chain_pems[0].bytes(), issued.private_key_pem.bytes())
    server = Action("grpc+tls://127.0.0.1:0", tls_certificates=[pair])
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    yield {"environ": {}, "api_key": "k", "flight_host": "127.0.0.1", "flight_port": server.port}
    server.shutdown()
    thread.join(10)


async def test_rest_does_not_trust_an_unknown_authority(rest: dict[str, Any]) -> None:
    """The error says what to set, and a GET is not repeated: the next attempt would end in the same way."""
    transport = HttpTransport(Config.load(**rest, retry=RetryPolicy(attempts=2, backoff=1000)))
    with pytest.raises(ConnectionFailed, match="ssl_ca_cert"):
        await transport.request("GET", "/v2")
    await transport.aclose()


@pytest.mark.parametrize("trust", ["ca", "none"])
async def test_rest_trusts_what_the_settings_say(rest: dict[str, Any], ca_file: str, trust: str) -> None:
    """A CA file, or no check at all."""
    options: dict[str, Any] = {"ssl_ca_cert": ca_file} if trust == "ca" else {"request_verify": False}
    transport = HttpTransport(Config.load(**rest, **options))
    assert await transport.request("GET", "/v2") == {"secure": True}
    await transport.aclose()


async def test_flight_does_not_trust_an_unknown_authority(flight: dict[str, Any]) -> None:
    """No connection comes about."""
    transport = FlightTransport(Config.load(**flight, retry=SOON))
    with pytest.raises(ConnectionFailed):
        await transport.init_experiment(**PLACE)
    await transport.aclose()


@pytest.mark.parametrize("trust", ["ca", "none", "localhost"])
async def test_flight_trusts_what_the_settings_say(flight: dict[str, Any], ca_file: str, trust: str) -> None:
    """A CA file, no check, or a server on localhost."""
    options: dict[str, dict[str, Any]] = {
        "ca": {"ssl_ca_cert": ca_file},
        "none": {"request_verify": False},
        "localhost": {"flight_host": "localhost"},
    }
    transport = FlightTransport(Config.load(**{**flight, **options[trust]}))
    assert (await transport.init_experiment(**PLACE)).experiment_id == "E1"
    await transport.aclose()


async def test_an_unreadable_ca_file_is_a_configuration_error(flight: dict[str, Any]) -> None:
    """A wrong path is reported as such."""
    transport = FlightTransport(Config.load(**flight, ssl_ca_cert="/no/such.pem"))
    with pytest.raises(ConfigurationError, match=r"/no/such\.pem"):
        await transport.init_experiment(**PLACE)
    await transport.aclose()


async def test_rest_trusts_what_the_environment_names(rest: dict[str, Any], ca_file: str) -> None:
    """``SSL_CERT_FILE`` and its relatives are as good as the argument."""
    for variable in ("ARIZE_SSL_CA_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        transport = HttpTransport(Config.load(**{**rest, "environ": {variable: ca_file}}))
        assert await transport.request("GET", "/v2") == {"secure": True}
        await transport.aclose()


def https(authority: trustme.CA, *names: str, **options: Any) -> ssl.SSLContext:
    """Make the context of a server with a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, **options).configure_cert(context)
    return context


def self_signed() -> ssl.SSLContext:
    """Make the context of a server whose certificate vouches for itself: an authority's own."""
    lonely = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with lonely.cert_pem.tempfile() as cert, lonely.private_key_pem.tempfile() as key:
        context.load_cert_chain(cert, key)
    return context


@pytest.mark.parametrize(
    ("make", "said", "advice"),
    [
        (lambda ca: https(ca, "other.example"), "not valid for '127.0.0.1'", "Check api_host"),
        (lambda ca: https(ca, "127.0.0.1", not_after=LONG_AGO), "certificate has expired", "renewed"),
        (lambda ca: self_signed(), "self-signed certificate", "ssl_ca_cert"),
        (lambda ca: https(trustme.CA(), "127.0.0.1"), "unable to get local issuer", "SSL_CERT_FILE"),
    ],
    ids=["wrong host", "expired", "self-signed", "unknown authority"],
)
async def test_a_certificate_that_does_not_hold_says_why_and_what_to_do(
    authority: trustme.CA, ca_file: str, make: Any, said: str, advice: str
) -> None:
    """A wrong host needs another cure than an unknown authority; nothing is tried twice, and the key never leaves."""
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.read(65536))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=make(authority))
    address: dict[str, Any] = {
        "environ": {},
        "api_key": "k",
        "api_host": "127.0.0.1",
        "api_port": server.sockets[0].getsockname()[1],
    }
    transport = HttpTransport(Config.load(**address, ssl_ca_cert=ca_file))
    with pytest.raises(ConnectionFailed, match=said) as caught:
        await transport.request("GET", "/v2")
    await transport.aclose()
    server.close()
    await server.wait_closed()
    assert advice in str(caught.value)
    assert (caught.value.is_final, caught.value.attempts, heads) == (True, 1, [])
    assert isinstance(caught.value.__cause__, ssl.SSLError)


async def test_http_to_a_tls_port_says_so(rest: dict[str, Any]) -> None:
    """Whatever such a server does with the request, the error is one of ours and no answer is made up."""
    transport = HttpTransport(Config.load(**rest, api_scheme="http", retry=RetryPolicy(attempts=1)))
    with pytest.raises((ConnectionFailed, InvalidResponse, ApiError)) as caught:
        await transport.request("GET", "/v2")
    await transport.aclose()
    assert "api_scheme" in str(caught.value)


async def test_tls_to_an_http_port_says_so(serve: Any) -> None:
    """The advice is about the scheme: no CA file would help."""

    async def handler(request: web.Request) -> web.Response:
        return web.json_response({})

    async with serve(handler) as plain:
        address: dict[str, Any] = {
            "environ": {},
            "api_key": "k",
            "api_host": plain.api_host,
            "api_port": plain.api_port,
        }
        transport = HttpTransport(Config.load(**address))
        with pytest.raises(ConnectionFailed, match=r"does not speak TLS.*'http'") as caught:
            await transport.request("GET", "/v2")
        await transport.aclose()
    assert "ssl_ca_cert" not in str(caught.value)
    assert caught.value.attempts == 1


@pytest.mark.parametrize("content", ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
async def test_a_ca_file_without_a_certificate_is_a_configuration_error(
    rest: dict[str, Any], tmp_path: Path, content: str
) -> None:
    """The error names the file and where the setting may come from."""
    path = tmp_path / "ca.pem"
    path.write_text(content)
    transport = HttpTransport(Config.load(**rest, ssl_ca_cert=path))
    with pytest.raises(ConfigurationError, match=r"ca\.pem.*SSL_CERT_FILE"):
        await transport.request("GET", "/v2")
    await transport.aclose()


async def test_a_flight_server_with_another_name_is_not_trusted(authority: trustme.CA, ca_file: str) -> None:
    """The name in the certificate counts for Flight as well."""
    issued = authority.issue_cert("other.example")
    pair: Any = (issued.cert_chain_pems[0].bytes(), issued.private_key_pem.bytes())
    with Action("grpc+tls://127.0.0.1:0", tls_certificates=[pair]) as server:
        config = Config.load(
            environ={},
            api_key="k",
            flight_host="127.0.0.1",
            flight_port=server.port,
            ssl_ca_cert=ca_file,
            retry=SOON,
        )
        transport = FlightTransport(config)
        with pytest.raises(ConnectionFailed, match="no connection"):
            await transport.init_experiment(**PLACE)
        await transport.aclose()


@pytest.mark.parametrize("scheme", ["grpc", "grpc+tls"])
async def test_flight_with_the_wrong_scheme_does_not_connect(flight: dict[str, Any], scheme: str) -> None:
    """Plain gRPC to a TLS port, and TLS to a plain one, end with an error of ours."""
    if scheme == "grpc":
        config = Config.load(**flight, flight_scheme="grpc", retry=SOON)
        transport = FlightTransport(config)
        with pytest.raises(ConnectionFailed):
            await transport.init_experiment(**PLACE)
        await transport.aclose()
        return
    with Action("grpc://127.0.0.1:0") as server:
        config = Config.load(environ={}, api_key="k", flight_host="127.0.0.1", flight_port=server.port, retry=SOON)
        transport = FlightTransport(config)
        with pytest.raises(ConnectionFailed):
            await transport.init_experiment(**PLACE)
        await transport.aclose()

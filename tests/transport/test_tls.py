"""TLS of REST and of Flight (wire contract 1.7)."""

from __future__ import annotations

import ssl
import threading
from typing import TYPE_CHECKING, Any

import pyarrow.flight as fl
import pytest
import trustme
from aiohttp import web
from aiohttp.test_utils import TestServer

from arize_async.config import Config, RetryPolicy
from arize_async.errors import ConfigurationError, ConnectionFailed
from arize_async.transport.flight import FlightTransport
from arize_async.transport.http import HttpTransport
from arize_async.wire.flight import encode_answer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

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
    transport = FlightTransport(Config.load(**flight))
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

"""REST through real proxies, and through proxies that refuse."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from aiohttp import web
from aiohttp.test_utils import TestServer

from arize_async.config import Config, RetryPolicy, Timeouts
from arize_async.errors import ApiError, ConnectionFailed, RequestTimeout
from arize_async.transport.http import HttpTransport

from .proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

SECRET = "pass-word"


@contextlib.asynccontextmanager
async def target(tmp_path: Path, *, encrypted: bool) -> AsyncGenerator[tuple[dict[str, Any], list[web.Request]]]:
    """Serve with or without TLS; gives the arguments that lead there, and the requests that came."""
    seen: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request)
        return web.json_response({"at": request.path})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    options: dict[str, Any] = {}
    context = None
    if encrypted:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        options = {"ssl_ca_cert": tmp_path / "ca.pem"}
    server = TestServer(app)
    await server.start_server(ssl=context)
    address = {"api_scheme": "https" if encrypted else "http", "api_host": "localhost", "api_port": server.port}
    try:
        yield {"api_key": "secret-key", **address, **options}, seen
    finally:
        await server.close()


async def ask(config: Config) -> object:
    """Send one request and close."""
    transport = HttpTransport(config)
    try:
        return await transport.request("GET", "/v2/x")
    finally:
        await transport.aclose()


@pytest.mark.parametrize("encrypted", [False, True])
async def test_a_request_goes_through_the_proxy_with_its_credentials(tmp_path: Path, *, encrypted: bool) -> None:
    """To a TLS server through a tunnel, in which the proxy reads nothing: neither the key nor the path."""
    async with (
        target(tmp_path, encrypted=encrypted) as (address, seen),
        Proxy(credentials=f"user:{SECRET}").running() as proxy,
    ):
        config = Config.load(environ={}, **address, proxy_url=f"http://user:{SECRET}@127.0.0.1:{proxy.port}")
        assert await ask(config) == {"at": "/v2/x"}
    assert proxy.heads[0].startswith("CONNECT localhost:" if encrypted else "GET http://localhost:")
    assert (b"secret-key" in proxy.tunnelled or "secret-key" in proxy.heads[0]) is not encrypted
    assert "Proxy-Authorization" not in seen[0].headers or not encrypted


@pytest.mark.parametrize(
    ("refusal", "advice", "attempts"),
    [
        ("407 Proxy Authentication Required", "user and password", 1),
        ("403 Forbidden", "NO_PROXY", 1),
        ("502 Bad Gateway", "later", 3),
    ],
)
async def test_a_proxy_that_refuses_a_tunnel_is_told_apart(
    tmp_path: Path, fake_time: Any, refusal: str, advice: str, attempts: int
) -> None:
    """The error names the proxy, the status and the cure, and no password; only what passes is tried again."""
    async with target(tmp_path, encrypted=True) as (address, _), Proxy(refusal=refusal).running() as proxy:
        url = f"http://user:{SECRET}@127.0.0.1:{proxy.port}"
        config = Config.load(environ={}, **address, proxy_url=url, retry=RetryPolicy(attempts=3))
        transport = HttpTransport(config, timing=fake_time.timing)
        with pytest.raises(ConnectionFailed, match=rf"proxy 127.*{proxy.port}.*{refusal}.*{advice}") as caught:
            await transport.request("POST", "/v2/x", body={})
        await transport.aclose()
    assert caught.value.attempts == len(proxy.heads) == attempts
    assert SECRET not in f"{caught.value!r}{caught.value}{caught.value.__cause__!r}{caught.value.__context__!r}"


async def test_a_proxy_that_wants_credentials_for_a_plain_request_says_so(tmp_path: Path) -> None:
    """Its answer looks like one of the server; the error says whose it is."""
    async with target(tmp_path, encrypted=False) as (address, _), Proxy(credentials="a:b").running() as proxy:
        config = Config.load(environ={}, **address, proxy_url=f"http://127.0.0.1:{proxy.port}")
        with pytest.raises(ApiError, match=r"407.*proxy_url") as caught:
            await ask(config)
    assert caught.value.status == 407


async def test_a_proxy_that_is_not_there_is_named(tmp_path: Path, unused_port: int) -> None:
    """The error is about the proxy and not about the server."""
    async with target(tmp_path, encrypted=True) as (address, _):
        url = f"http://user:{SECRET}@127.0.0.1:{unused_port}"
        config = Config.load(environ={}, **address, proxy_url=url, retry=RetryPolicy(attempts=1))
        with pytest.raises(
            ConnectionFailed, match=rf"cannot connect to the proxy 127\.0\.0\.1:{unused_port}"
        ) as caught:
            await ask(config)
    assert caught.value.nothing_sent
    assert SECRET not in f"{caught.value!r}{caught.value}{caught.value.__cause__!r}"


async def test_a_silent_proxy_runs_into_the_total_time(tmp_path: Path) -> None:
    """A tunnel that never comes about is not waited for for ever."""
    async with target(tmp_path, encrypted=True) as (address, _), Proxy(is_silent=True).running() as proxy:
        config = Config.load(
            environ={}, **address, proxy_url=f"http://127.0.0.1:{proxy.port}", timeouts=Timeouts(total=0.2)
        )
        with pytest.raises(RequestTimeout, match=r"within 0\.2 s"):
            await ask(config)


async def test_the_environment_names_the_proxy(tmp_path: Path) -> None:
    """A host that is not on this machine goes through ``HTTPS_PROXY``."""
    async with Proxy(refusal="403 Forbidden").running() as proxy:
        config = Config.load(
            environ={"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"}, api_key="k", api_host="api.invalid"
        )
        with pytest.raises(ConnectionFailed, match="403 Forbidden"):
            await ask(config)
    assert proxy.heads[0].startswith("CONNECT api.invalid:443 ")


async def test_many_tunnels_are_opened_and_kept(tmp_path: Path) -> None:
    """Requests in parallel share the tunnels of the pool."""
    async with target(tmp_path, encrypted=True) as (address, seen), Proxy().running() as proxy:
        config = Config.load(
            environ={}, **address, proxy_url=f"http://127.0.0.1:{proxy.port}", connection_pool_maxsize=3
        )
        transport = HttpTransport(config)
        await asyncio.gather(*(transport.request("GET", f"/{n}") for n in range(30)))
        await transport.aclose()
    assert len(seen) == 30
    assert len(proxy.heads) <= 3

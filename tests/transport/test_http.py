"""REST requests against a real server."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from aiohttp import web

from arize_async.config import Config, RetryPolicy, Timeouts
from arize_async.errors import (
    ApiError,
    ClientClosed,
    ConfigurationError,
    ConnectionFailed,
    InvalidResponse,
    NotFound,
    RequestTimeout,
    ServerError,
)
from arize_async.transport.http import HttpTransport

PROBLEM = "application/problem+json"


@pytest.fixture
def once() -> RetryPolicy:
    """No request is repeated."""
    return RetryPolicy(attempts=1)


async def test_a_request_has_the_headers_of_the_contract(serve: Any) -> None:
    """The key travels as a bearer token, the SDK names itself, and default headers are added."""
    seen: list[web.Request] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request)
        return web.json_response({"ok": True})

    async with serve(handler, default_headers={"X-Tenant": "blue"}) as config:
        transport = HttpTransport(config)
        assert await transport.request("GET", "/v2/spaces", query={"name": "a b/ü", "limit": 50, "cursor": None}) == {
            "ok": True
        }
        await transport.aclose()
    headers = seen[0].headers
    assert headers["Authorization"] == "Bearer secret-key"
    assert headers["X-Tenant"] == "blue"
    assert headers["sdk-language"] == "python"
    assert headers["sdk-package-name"] == "arize-async"
    assert "Content-Type" not in headers
    assert seen[0].raw_path == "/v2/spaces?name=a%20b/%C3%BC&limit=50"


async def test_default_headers_replace_those_of_the_same_name_in_any_case(serve: Any) -> None:
    """Each is sent once, and what says how the body is written stays ours."""
    seen: list[web.Request] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request)
        return web.json_response({})

    headers = {"user-agent": "mine", "accept": "text/x", "content-type": "text/y"}
    async with serve(handler, default_headers=headers) as config:
        transport = HttpTransport(config)
        await transport.request("POST", "/v2/x", body={})
        await transport.aclose()
    for name, value in {**headers, "content-type": "application/json"}.items():
        assert seen[0].headers.getall(name) == [value]


async def test_percent_encoded_ids_stay_encoded(serve: Any) -> None:
    """An id with = and / reaches the server as one path segment."""
    seen: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request.raw_path)
        return web.json_response({})

    async with serve(handler) as config:
        transport = HttpTransport(config)
        await transport.request("GET", "/v2/experiments/a%2Fb%3D")
        await transport.aclose()
    assert seen == ["/v2/experiments/a%2Fb%3D"]


async def test_a_body_is_json_and_an_empty_answer_is_none(serve: Any) -> None:
    """NaN travels as null, and 204 and 202 without a body give None."""
    seen: list[Any] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append((request.content_type, await request.json()))
        return web.Response(status=202)

    async with serve(handler) as config:
        transport = HttpTransport(config)
        body = {"rows": [{"score": float("nan"), "text": "ü"}]}
        assert await transport.request("POST", "/v2/x/annotate", body=body, expect=(202,)) is None
        await transport.aclose()
    assert seen == [("application/json", {"rows": [{"score": None, "text": "ü"}]})]


async def test_problem_details_become_the_error(serve: Any) -> None:
    """Status, title, detail and request id of RFC 9457 are on the error, and the key is not."""

    async def handler(request: web.Request) -> web.Response:
        problem = {"status": 404, "title": "Resource not found", "detail": "no such experiment", "request_id": "r-1"}
        return web.Response(status=404, text=json.dumps(problem), content_type=PROBLEM)

    async with serve(handler) as config:
        transport = HttpTransport(config)
        with pytest.raises(NotFound) as caught:
            await transport.request("GET", "/v2/experiments/x")
        await transport.aclose()
    error = caught.value
    assert (error.status, error.title, error.detail, error.request_id, error.attempts) == (
        404,
        "Resource not found",
        "no such experiment",
        "r-1",
        1,
    )
    assert "GET /v2/experiments/x" in str(error)
    assert "secret-key" not in f"{error!r} {error}"


@pytest.mark.parametrize(
    ("body", "content_type", "detail"),
    [
        ("", "text/plain", "the answer has no body"),
        (
            "<html><head><title>Bad\n gateway</title></head></html>",
            "text/html",
            "a web page, not an API's: Bad\n gateway",
        ),
        ("upstream is gone", "text/plain", "upstream is gone"),
        ('{"message": "quota"}', "application/json", "quota"),
        ("[1, 2]", "application/json", "[1, 2]"),
        ("x" * 10_000, "text/plain", "x" * 500),
    ],
)
async def test_an_error_without_problem_details_says_what_came(
    serve: Any, once: RetryPolicy, body: str, content_type: str, detail: str
) -> None:
    """Whatever a proxy answers, the detail is short and says what it is."""

    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=502, text=body, content_type=content_type, headers={"x-request-id": "q"})

    async with serve(handler, retry=once) as config:
        transport = HttpTransport(config)
        with pytest.raises(ServerError) as caught:
            await transport.request("GET", "/v2/spaces")
        await transport.aclose()
    assert detail in caught.value.detail
    assert len(caught.value.detail) <= 500
    assert caught.value.request_id == "q"


async def test_a_redirect_is_an_error_that_names_the_target(serve: Any) -> None:
    """Redirects are not followed: the key goes to the configured host only."""
    calls = 0

    async def handler(request: web.Request) -> web.Response:
        nonlocal calls
        calls += 1
        return web.Response(status=302, headers={"Location": "https://elsewhere.example/v2"})

    async with serve(handler) as config:
        transport = HttpTransport(config)
        with pytest.raises(ApiError, match=r"elsewhere\.example"):
            await transport.request("GET", "/v2/spaces")
        await transport.aclose()
    assert calls == 1


async def test_a_success_that_is_no_json_is_an_invalid_response(serve: Any) -> None:
    """A login page with status 200 is not taken for data."""

    async def handler(request: web.Request) -> web.Response:
        return web.Response(text="<html>log in</html>", content_type="text/html")

    async with serve(handler) as config:
        transport = HttpTransport(config)
        with pytest.raises(InvalidResponse, match="text/html, not JSON"):
            await transport.request("GET", "/v2/spaces")
        await transport.aclose()


async def test_another_success_status_is_an_invalid_response(serve: Any) -> None:
    """A create that answers 200 instead of 201 did not do what it should (wire contract 2.0)."""

    async def handler(request: web.Request) -> web.Response:
        return web.json_response({})

    async with serve(handler) as config:
        transport = HttpTransport(config)
        with pytest.raises(InvalidResponse, match="expected status 201, got 200"):
            await transport.request("POST", "/v2/experiments", body={}, expect=(201,))
        await transport.aclose()


async def test_an_answer_that_never_ends_is_cut_off(serve: Any) -> None:
    """The size of an answer is bounded."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x" * 65536)
        except ConnectionError:
            return response

    async with serve(handler) as config:
        transport = HttpTransport(config, max_answer_bytes=200_000)
        with pytest.raises(InvalidResponse, match="longer than 200000 bytes"):
            await transport.request("GET", "/v2/spaces")
        await transport.aclose()


async def test_a_silent_server_is_a_timeout(serve: Any, once: RetryPolicy) -> None:
    """When nothing comes within the read timeout, the error names the host."""
    release = asyncio.Event()

    async def handler(request: web.Request) -> web.Response:
        await release.wait()
        return web.json_response({})

    async with serve(handler, timeouts=Timeouts(read=0.05), retry=once) as config:
        transport = HttpTransport(config)
        with pytest.raises(RequestTimeout, match=r"127\.0\.0\.1") as caught:
            await transport.request("GET", "/v2/spaces")
        release.set()
        await transport.aclose()
    assert isinstance(caught.value, TimeoutError)


async def test_the_total_time_is_bounded_whatever_the_attempts(serve: Any) -> None:
    """A server that keeps sending a byte now and then still runs into ``timeouts.total``."""
    release = asyncio.Event()

    async def handler(request: web.Request) -> web.Response:
        await release.wait()
        return web.json_response({})

    async with serve(handler, timeouts=Timeouts(total=0.05)) as config:
        transport = HttpTransport(config)
        with pytest.raises(RequestTimeout, match=r"within 0\.05 s"):
            await transport.request("GET", "/v2/spaces")
        release.set()
        await transport.aclose()


async def test_a_broken_connection_is_a_connection_failure(serve: Any, once: RetryPolicy) -> None:
    """A server that hangs up in the middle gives an error of ours, with the cause."""

    async def handler(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with serve(handler, retry=once) as config:
        transport = HttpTransport(config)
        with pytest.raises(ConnectionFailed) as caught:
            await transport.request("GET", "/v2/spaces")
        await transport.aclose()
    assert isinstance(caught.value, ConnectionError)
    assert "secret-key" not in str(caught.value)


async def test_nobody_listening_is_a_connection_failure(unused_port: int, once: RetryPolicy) -> None:
    """A refused connection names the host."""
    config = Config.load(
        environ={}, api_key="k", api_scheme="http", api_host="127.0.0.1", api_port=unused_port, retry=once
    )
    transport = HttpTransport(config)
    with pytest.raises(ConnectionFailed, match=r"cannot connect to 127\.0\.0\.1"):
        await transport.request("POST", "/v2/experiments", body={})
    await transport.aclose()


async def test_a_closed_transport_refuses(serve: Any) -> None:
    """After aclose() a request raises, and the repr says so."""

    async def handler(request: web.Request) -> web.Response:
        return web.json_response({})

    async with serve(handler) as config:
        transport = HttpTransport(config)
        await transport.request("GET", "/v2/spaces")
        assert "[1 sessions]" in repr(transport)
        await transport.aclose()
        await transport.aclose()
        with pytest.raises(ClientClosed):
            await transport.request("GET", "/v2/spaces")
    assert repr(transport).endswith("[closed]>")
    assert "secret-key" not in repr(transport)


async def test_an_unreadable_ca_file_is_a_configuration_error(unused_port: int) -> None:
    """A wrong path is reported as such, not as a failed connection."""
    config = Config.load(
        environ={}, api_key="k", api_host="127.0.0.1", api_port=unused_port, ssl_ca_cert="/no/such.pem"
    )
    transport = HttpTransport(config)
    with pytest.raises(ConfigurationError, match=r"/no/such\.pem"):
        await transport.request("GET", "/v2/spaces")
    await transport.aclose()


async def test_requests_go_through_the_proxy(serve: Any) -> None:
    """With ``proxy_url`` the proxy gets the request, and its password shows nowhere."""
    seen: list[web.Request] = []

    async def proxy(request: web.Request) -> web.Response:
        seen.append(request)
        return web.json_response({"via": "proxy"})

    async with serve(proxy) as address:
        config = Config.load(
            environ={},
            api_key="k",
            api_scheme="http",
            api_host="api.invalid",
            proxy_url=f"http://user:pass-word@{address.api_host}:{address.api_port}",
        )
        transport = HttpTransport(config)
        assert await transport.request("GET", "/v2/spaces") == {"via": "proxy"}
        await transport.aclose()
    assert seen[0].headers["Proxy-Authorization"].startswith("Basic ")
    assert seen[0].headers["Host"] == "api.invalid"
    assert "pass-word" not in f"{transport!r} {config!r}"


async def test_many_requests_at_once_share_the_pool(serve: Any) -> None:
    """No more connections are open than the pool allows, and all requests are answered."""
    open_now = most = 0

    async def handler(request: web.Request) -> web.Response:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        await asyncio.sleep(0)
        open_now -= 1
        return web.json_response({"path": request.path})

    async with serve(handler, connection_pool_maxsize=5) as config:
        transport = HttpTransport(config)
        answers = await asyncio.gather(*(transport.request("GET", f"/v2/{number}") for number in range(100)))
        await transport.aclose()
    assert answers == [{"path": f"/v2/{number}"} for number in range(100)]
    assert most <= 5

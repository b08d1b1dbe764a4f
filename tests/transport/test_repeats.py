"""Which requests are sent again, and when."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

from arize_async.config import Config, RetryPolicy
from arize_async.errors import Conflict, ConnectionFailed, RateLimited, ServerError
from arize_async.transport.http import HttpTransport


async def test_a_busy_server_is_asked_again(serve: Any, fake_time: Any) -> None:
    """A GET is repeated on 503 with growing waits, and the attempts do not show in the result."""
    statuses = iter([503, 503, 200])

    async def handler(request: web.Request) -> web.Response:
        return web.json_response({"n": 1}, status=next(statuses))

    async with serve(handler) as config:
        transport = HttpTransport(config, timing=fake_time.timing)
        assert await transport.request("GET", "/v2/spaces") == {"n": 1}
        await transport.aclose()
    assert fake_time.slept == [0.5, 1.0]


async def test_retry_after_takes_the_place_of_the_backoff(serve: Any, fake_time: Any) -> None:
    """The wait that the server asks for is kept, and given up on is an error that tells it."""

    async def handler(request: web.Request) -> web.Response:
        return web.json_response({}, status=429, headers={"Retry-After": "7"})

    async with serve(handler, retry=RetryPolicy(attempts=3)) as config:
        transport = HttpTransport(config, timing=fake_time.timing)
        with pytest.raises(RateLimited) as caught:
            await transport.request("GET", "/v2/spaces")
        await transport.aclose()
    assert fake_time.slept == [7.0, 7.0]
    assert caught.value.retry_after == 7.0
    assert caught.value.attempts == 3


async def test_a_retry_after_beyond_the_deadline_is_not_waited_for(serve: Any, fake_time: Any) -> None:
    """Waiting for an hour when two minutes are allowed helps nobody."""
    calls = 0

    async def handler(request: web.Request) -> web.Response:
        nonlocal calls
        calls += 1
        return web.json_response({}, status=503, headers={"Retry-After": "3600"})

    async with serve(handler) as config:
        transport = HttpTransport(config, timing=fake_time.timing)
        with pytest.raises(ServerError):
            await transport.request("GET", "/v2/spaces")
        await transport.aclose()
    assert (calls, fake_time.slept) == (1, [])


@pytest.mark.parametrize("value", ["31536000", "9" * 400, "Fri, 02 Jan 2099 03:05:05 GMT"])
async def test_a_wait_of_a_year_is_told_and_not_kept(serve: Any, fake_time: Any, value: str) -> None:
    """The error comes at once and carries what the server asked for."""

    async def handler(request: web.Request) -> web.Response:
        return web.json_response({}, status=429, headers={"Retry-After": value})

    async with serve(handler) as config:
        transport = HttpTransport(config, timing=fake_time.timing)
        with pytest.raises(RateLimited) as caught:
            await transport.request("GET", "/v2/spaces")
        await transport.aclose()
    assert fake_time.slept == []
    assert caught.value.retry_after is not None
    assert caught.value.retry_after > 1_000_000


@pytest.mark.parametrize("value", ["soon", "-1", ""])
async def test_a_wait_that_cannot_be_read_is_the_policy_s(serve: Any, fake_time: Any, value: str) -> None:
    """Garbage counts as nothing."""
    statuses = iter([503, 200])

    async def handler(request: web.Request) -> web.Response:
        return web.json_response({}, status=next(statuses), headers={"Retry-After": value})

    async with serve(handler) as config:
        transport = HttpTransport(config, timing=fake_time.timing)
        await transport.request("GET", "/v2/spaces")
        await transport.aclose()
    assert fake_time.slept == [0.5]


async def test_a_create_is_never_repeated(serve: Any, fake_time: Any) -> None:
    """A create that may have reached the server is sent once, whatever went wrong."""
    calls = 0

    async def handler(request: web.Request) -> web.Response:
        nonlocal calls
        calls += 1
        if calls == 1:
            return web.json_response({}, status=503)
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with serve(handler) as config:
        transport = HttpTransport(config, timing=fake_time.timing)
        with pytest.raises(ServerError):
            await transport.request("POST", "/v2/experiments", body={}, expect=(201,))
        with pytest.raises(ConnectionFailed):
            await transport.request("POST", "/v2/experiments", body={}, expect=(201,))
        await transport.aclose()
    assert calls == 2


async def test_a_create_that_was_not_sent_is_repeated(unused_port: int, fake_time: Any) -> None:
    """When no connection came about, the server knows nothing, and trying again is safe."""
    config = Config.load(environ={}, api_key="k", api_scheme="http", api_host="127.0.0.1", api_port=unused_port)
    transport = HttpTransport(config, timing=fake_time.timing)
    with pytest.raises(ConnectionFailed):
        await transport.request("POST", "/v2/experiments", body={}, expect=(201,))
    await transport.aclose()
    assert len(fake_time.slept) == 3


async def test_a_conflict_is_not_repeated(serve: Any, fake_time: Any) -> None:
    """What the server refuses for good is asked once."""

    async def handler(request: web.Request) -> web.Response:
        return web.json_response({"detail": "taken"}, status=409)

    async with serve(handler) as config:
        transport = HttpTransport(config, timing=fake_time.timing)
        with pytest.raises(Conflict, match="taken"):
            await transport.request("DELETE", "/v2/annotation-configs/x", expect=(204,))
        await transport.aclose()
    assert fake_time.slept == []


@pytest.mark.parametrize(
    "path", ["/v2/experiments/x/runs/annotate", "/v2/experiments/x/runs/search", "/v2/spaces/x/users"]
)
async def test_a_post_that_does_the_same_twice_is_repeated(serve: Any, fake_time: Any, path: str) -> None:
    """Annotating, searching and adding a user change nothing more the second time."""
    statuses = iter([502, 200])

    async def handler(request: web.Request) -> web.Response:
        return web.json_response({"n": 1}, status=next(statuses))

    async with serve(handler) as config:
        transport = HttpTransport(config, timing=fake_time.timing)
        assert await transport.request("POST", path, body={}) == {"n": 1}
        await transport.aclose()
    assert fake_time.slept == [0.5]

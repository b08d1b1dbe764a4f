"""Neither the key nor the proxy's password is in anything that a failure leaves behind."""

from __future__ import annotations

import contextlib
import copy
import gc
import logging
import pickle
import traceback
from typing import TYPE_CHECKING, Any

import pytest

from arize_async.config import Config, RetryPolicy, Timeouts
from arize_async.errors import ArizeError, RequestFailed
from arize_async.transport.flight import FlightTransport
from arize_async.transport.http import HttpTransport

from .proxy import Proxy

if TYPE_CHECKING:
    import asyncio

SECRETS = ("secret-key", "pass-word", "c2VjcmV0LWtleQ", "dXNlcjpwYXNzLXdvcmQ")  # the last two are their base64

SAID: dict[str, bytes] = {
    "hangs up": b"",
    "no HTTP": b"garbage\r\n\r\n",
    "broken off": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
    "broken gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    "no JSON": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{",
    "refused": b"HTTP/1.1 401 x\r\nContent-Length: 0\r\n\r\n",
    "redirect": b"HTTP/1.1 302 x\r\nLocation: https://elsewhere.example\r\nContent-Length: 0\r\n\r\n",
}


def check_clean(error: BaseException, log: str) -> None:
    """Look for secrets in every form in which an error travels."""
    shown = [repr(error), str(error), log, pickle.dumps(error).decode("latin-1"), repr(vars(error))]
    link: BaseException | None = error
    seen: list[BaseException] = []
    while link is not None and link not in seen:
        seen.append(link)
        shown += ["".join(traceback.TracebackException.from_exception(link, capture_locals=True).format()), repr(link)]
        shown.append(repr(link.args))
        link = link.__cause__ or link.__context__
    assert not [secret for secret in SECRETS if any(secret in text for text in shown)]


async def fail(config: Config) -> ArizeError:
    """Return the error of a request."""
    transport = HttpTransport(config)
    try:
        with pytest.raises(ArizeError) as caught:
            await transport.request("POST", "/v2/x", body={"n": 1})
    finally:
        await transport.aclose()
    return caught.value


@pytest.mark.parametrize("case", list(SAID))
async def test_an_error_of_an_answer_holds_no_secret(
    serve_raw: Any, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    """Not in its text, its chain, its frames' variables, its pickle or the log."""

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(SAID[case])

    caplog.set_level(logging.DEBUG)
    async with serve_raw(talk, retry=RetryPolicy(attempts=1)) as (server, config):
        error = await fail(config)
    assert b"secret-key" in server.heads[0]
    check_clean(error, caplog.text)


@pytest.mark.parametrize("refusal", ["407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway", ""])
async def test_an_error_behind_a_proxy_holds_no_secret(caplog: pytest.LogCaptureFixture, refusal: str) -> None:
    """The proxy's password is as secret as the key; here the proxy refuses, or is gone."""
    caplog.set_level(logging.DEBUG)
    async with Proxy(refusal=refusal or "x").running() as proxy:
        port = proxy.port if refusal else 1
        url = f"http://user:pass-word@127.0.0.1:{port}"
        config = Config.load(
            environ={}, api_key="secret-key", api_host="api.invalid", proxy_url=url, retry=RetryPolicy(attempts=1)
        )
        del url
        check_clean(await fail(config), caplog.text)


async def test_an_error_of_flight_holds_no_secret(unused_port: int, caplog: pytest.LogCaptureFixture) -> None:
    """Neither when nobody listens nor when a header cannot be sent."""
    for headers in ({}, {"X-Name": "ü"}):
        config = Config.load(
            environ={},
            api_key="secret-key",
            flight_scheme="grpc",
            flight_host="127.0.0.1",
            flight_port=unused_port,
            default_headers=headers,
            timeouts=Timeouts(stream=5),
            retry=RetryPolicy(attempts=2, backoff=0.05),
        )
        transport = FlightTransport(config)
        with pytest.raises(ArizeError) as caught:
            await transport.init_experiment("S", "D", "E")
        await transport.aclose()
        check_clean(caught.value, caplog.text)


async def test_an_error_goes_with_its_last_reference(serve_raw: Any, leaks: Any) -> None:
    """No cycle through its own frames keeps an error, and the body with it, alive."""

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"")

    async with serve_raw(talk, retry=RetryPolicy(attempts=1)) as (_, config):
        transport = HttpTransport(config)
        gc.collect()
        gc.disable()
        try:
            before = sum(isinstance(thing, RequestFailed) for thing in gc.get_objects())
            for _ in range(3):
                with contextlib.suppress(RequestFailed):
                    await transport.request("GET", "/v2/x")
            leaks.forget()  # the watch of the tests keeps errors to look at them
            after = sum(isinstance(thing, RequestFailed) for thing in gc.get_objects())
        finally:
            gc.enable()
        await transport.aclose()
    assert after == before


async def test_an_error_survives_pickle_and_copy_with_all_it_carries(serve_raw: Any) -> None:
    """A process pool hands on the same class, text and attributes."""

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        body = b'{"title": "Too many", "detail": "slow down", "request_id": "r-1"}'
        writer.write(b"HTTP/1.1 429 x\r\nRetry-After: 3\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    async with serve_raw(talk) as (_, config):
        error = await fail(config)
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):  # noqa: S301 - our own
        assert (type(twin), str(twin), vars(twin)) == (type(error), str(error), vars(error))
    assert "429 Too many: slow down" in str(error)
    assert vars(error).items() >= {"status": 429, "request_id": "r-1", "attempts": 1, "retry_after": 3.0}.items()

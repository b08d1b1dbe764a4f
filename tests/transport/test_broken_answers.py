"""Answers that are no HTTP, no JSON, cut short, packed wrongly, or twice what they should be."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from arize_async.config import RetryPolicy
from arize_async.errors import ApiError, ConnectionFailed, InvalidResponse, RequestFailed, ServerError
from arize_async.transport.http import HttpTransport

if TYPE_CHECKING:
    import asyncio

JSON = b'{"a": 1}'


def answer(body: bytes = JSON, *fields: bytes, status: bytes = b"200 OK", length: int | None = None) -> bytes:
    """Write an answer."""
    size = len(body) if length is None else length
    head = [b"HTTP/1.1 " + status, b"Content-Type: application/json", b"Content-Length: %d" % size, *fields]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


async def ask(serve_raw: Any, sent: bytes, *, method: str = "GET", **options: Any) -> tuple[object, Any]:
    """Return what a request gives, or the error, and the server."""

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(sent)

    async with serve_raw(talk, **{"retry": RetryPolicy(attempts=1), **options}) as (server, config):
        transport = HttpTransport(config)
        try:
            return await transport.request(method, "/v2/x"), server
        except RequestFailed as error:
            return error, server
        finally:
            await transport.aclose()


@pytest.mark.parametrize(
    "sent",
    [
        answer(gzip.compress(JSON), b"Content-Encoding: gzip"),
        answer(zlib.compress(JSON), b"Content-Encoding: deflate"),
        answer(JSON, b"Content-Encoding: identity"),
        b"HTTP/1.1 100 Continue\r\n\r\n" * 20 + b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + answer(),
        answer(JSON, b"X-Twice: a", b"X-Twice: b", b"Content-Type: text/plain"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n"
        + JSON[:3]
        + b"\r\n5\r\n"
        + JSON[3:]
        + b"\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n" + JSON,
    ],
    ids=["gzip", "deflate", "identity", "interim answers", "fields twice", "chunks", "until the end"],
)
async def test_whatever_form_a_server_chooses_is_read(serve_raw: Any, sent: bytes) -> None:
    """Compression, interim answers and every way to end a body are HTTP's own business."""
    result, server = await ask(serve_raw, sent)
    assert result == {"a": 1}
    assert b"accept-encoding: gzip, deflate" in server.heads[0].lower()
    assert b"content-encoding" not in server.heads[0].lower()


@pytest.mark.parametrize(
    ("sent", "kind", "message"),
    [
        (b"", ConnectionFailed, "hung up without an answer"),
        (b"HTTP/1.1 20", ConnectionFailed, "hung up without an answer"),
        (answer(length=20), ConnectionFailed, "broke off in the middle"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nab", ConnectionFailed, "broke off in the middle"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nab", InvalidResponse, "is not HTTP"),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", InvalidResponse, "is not HTTP.*Check the port and api_scheme"),
        (b"\x15\x03\x01\x00\x02\x02\x46", InvalidResponse, "is not HTTP.*needs 'https'"),
        (answer(JSON, b"Content-Length: 3"), InvalidResponse, "is not HTTP: Duplicate Content-Length"),
        (answer(JSON, b"X: " + b"a" * 100_000), InvalidResponse, "is not HTTP"),
        (answer(JSON, b"Content-Encoding: gzip"), InvalidResponse, "cannot be decompressed"),
        (answer(gzip.compress(JSON * 900)[:20], b"Content-Encoding: gzip"), InvalidResponse, "cannot be decompressed"),
        (answer(gzip.compress(JSON * 90_000)[:-20], b"Content-Encoding: gzip"), InvalidResponse, "not JSON"),
        (answer(b"<html>log in</html>"), InvalidResponse, "not JSON; is the host an Arize API"),
        (answer(b'{"a": NaN}'), InvalidResponse, "broken: it is said to be application/json, and is not JSON: un"),
        (answer(JSON[:-2]), InvalidResponse, "broken: .*, and is not JSON: unexpected end of data"),
        (answer(b"[" * 100_000), InvalidResponse, "not JSON: depth limit"),
        (answer(b"\xff\xfe{"), InvalidResponse, "not JSON"),
        (answer(b'{"a": 1} {"b": 2}'), InvalidResponse, "not JSON"),
        (answer(b"<html>", status=b"201 Created"), InvalidResponse, "got 201 and application/json"),
        (answer(status=b"206 Partial Content"), InvalidResponse, "expected status 200, got 206"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", InvalidResponse, "got 101"),
        (answer(b"", status=b"304 Not Modified"), ApiError, "304 Not Modified"),
        (answer(b"", b"Location: //evil.example/" + b"x" * 5000, status=b"307 x"), ApiError, "redirects to"),
        (answer(b"null", status=b"500 x"), ServerError, "500"),
    ],
)
async def test_what_is_no_answer_is_an_error_of_ours(
    serve_raw: Any, sent: bytes, kind: type[RequestFailed], message: str
) -> None:
    """The class tells whether to try again, and one short line without the key tells what to look at."""
    error, server = await ask(serve_raw, sent)
    assert isinstance(error, kind)
    with pytest.raises(kind, match=message):
        raise error
    assert error.request == "GET /v2/x"
    assert error.attempts == server.opened == 1
    assert len(str(error)) < 800
    assert "\n" not in str(error)
    assert "secret-key" not in str(error)


async def test_a_compressed_answer_is_bounded_by_what_it_becomes(serve_raw: Any) -> None:
    """Eight kilobytes that inflate to eight megabytes are cut off on the way."""

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(gzip.compress(b" " * 8_000_000), b"Content-Encoding: gzip"))

    async with serve_raw(talk) as (_, config):
        transport = HttpTransport(config, max_answer_bytes=1_000_000)
        with pytest.raises(InvalidResponse, match="longer than 1000000 bytes"):
            await transport.request("GET", "/v2/x")
        await transport.aclose()


async def test_the_id_of_the_request_is_on_every_error(serve_raw: Any) -> None:
    """An answer that cannot be read can still be found in the server's logs."""
    for sent in (answer(b"nonsense", b"x-request-id: r-7"), answer(b"{}", b"X-Request-Id: r-7", status=b"400 x")):
        error, _ = await ask(serve_raw, sent)
        assert isinstance(error, RequestFailed)
        assert error.request_id == "r-7"
        assert "request id r-7" in str(error)
        assert error.status in {200, 400}


async def test_a_broken_off_get_is_made_again_and_a_create_is_not(serve_raw: Any, fake_time: Any) -> None:
    """The error of the create says that it may have been carried out."""
    parts = {
        "GET": [b"HTTP/1.1 20", answer(length=99), answer(JSON, b"Connection: close")],
        "POST": [answer(length=99), answer()],
    }

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method = server.heads[-1].split(b" ")[0].decode()
        writer.write(parts[method].pop(0))

    async with serve_raw(talk) as (server, config):
        transport = HttpTransport(config, timing=fake_time.timing)
        assert await transport.request("GET", "/v2/x") == {"a": 1}
        with pytest.raises(ConnectionFailed, match="may have been carried out") as caught:
            await transport.request("POST", "/v2/x", body={})
        await transport.aclose()
    assert not caught.value.nothing_sent
    assert (len(parts["GET"]), len(parts["POST"])) == (0, 1)

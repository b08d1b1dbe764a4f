"""REST: one request in, parsed JSON or a typed error out."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, Collection, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlencode

import aiohttp
from yarl import URL

from arize_async.errors import ClientClosed, InvalidResponse, RequestFailed
from arize_async.models.base import Request
from arize_async.transport.problems import problem
from arize_async.transport.retry import Retrier, Timing, is_repeatable
from arize_async.transport.sessions import Sessions
from arize_async.transport.unanswered import Peer, unanswered
from arize_async.wire.codec import parse_json
from arize_async.wire.headers import rest_headers
from arize_async.wire.text import json_bytes

if TYPE_CHECKING:
    from arize_async.config import Config

MAX_ANSWER_BYTES = 512 * 1024 * 1024
_PIECE = 256 * 1024

T = TypeVar("T")

Settings = Callable[[], Awaitable["Config"]]
"""Gives the settings once they are final: an embedded server's port is known only after it started."""


class HttpTransport:
    """The REST side of a client.

    Connections are opened by the first request, kept between requests, and belong to the event loop that made them; a
    client that is used on another loop opens new ones there.
    """

    def __init__(
        self,
        config: Config,
        *,
        settings: Settings | None = None,
        timing: Timing | None = None,
        max_answer_bytes: int = MAX_ANSWER_BYTES,
    ) -> None:
        """Take the settings; nothing is opened.

        Args:
            config: Bounds, timeouts and, unless ``settings`` is given, the endpoint and the key.
            settings: Awaited before each request for the final settings.
            timing: Clock and sleep of the retries.
            max_answer_bytes: Longer answers are refused.
        """
        self.config = config
        self._settings = settings
        self._timing = timing or Timing()
        self._max_answer_bytes = max_answer_bytes
        self._sessions = Sessions()
        self._closed = False

    async def settings(self) -> Config:
        """Return the final settings.

        Raises:
            ClientClosed: The client is closed.
        """
        self._check_open()
        if self._settings is not None:
            self.config = await self._settings()
        return self.config

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: Request | Mapping[str, object] | None = None,
        expect: Collection[int] = (200,),
    ) -> object | None:
        """Send a request and return the parsed answer.

        Args:
            method: HTTP method.
            path: Path, percent-encoded.
            query: Parameters; those that are None are left out.
            body: Sent as JSON.
            expect: Statuses that count as success.

        Returns:
            The JSON document, or None when the answer has no body.

        Raises:
            ApiError: The server refused.
            ConnectionFailed: No answer came; RequestTimeout when it did not come in time.
            InvalidResponse: The answer is not JSON, too long, or of a status that was not expected.
            ClientClosed: The client is closed.
        """
        return await self.request_as(_as_it_is, method, path, query=query, body=body, expect=expect)

    async def request_as(
        self,
        read: Callable[[object | None], T],
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: Request | Mapping[str, object] | None = None,
        expect: Collection[int] = (200,),
    ) -> T:
        """Send a request and return what ``read`` makes of the parsed answer.

        Args:
            read: Builds a value from the JSON document, or from None; when it raises ``InvalidResponse``, the error
                says which request it was.
            method: HTTP method.
            path: Path, percent-encoded.
            query: Parameters; those that are None are left out.
            body: Sent as JSON.
            expect: Statuses that count as success.

        Raises:
            ApiError: The server refused.
            ConnectionFailed: No answer came; RequestTimeout when it did not come in time.
            InvalidResponse: The answer is not what the protocol says.
            ClientClosed: The client is closed.
        """
        config = await self.settings()
        url = URL(f"{config.endpoints.api.url}{path}{_query_text(query)}", encoded=True)
        payload = None if body is None else json_bytes(body.to_dict() if isinstance(body, Request) else body)

        async def attempt() -> T:
            return await self._send(config, method, url, payload, take)

        def take(answer: aiohttp.ClientResponse, content: bytes) -> T:
            what = f"{method} {url.path}"
            document = _document(answer, content, expect, what)
            try:
                return read(document)
            except InvalidResponse as error:
                raise _invalid(answer, what, error.detail) from None

        retrier = Retrier(
            policy=config.retry,
            total=config.timeouts.total,
            repeatable=is_repeatable(method, path),
            request=f"{method} {url.path}",
            host=url.host or "",
            timing=self._timing,
        )
        return await retrier.run(attempt)

    async def aclose(self) -> None:
        """Close all connections; further requests raise ``ClientClosed``."""
        self._closed = True
        await self._sessions.aclose()

    async def _send(
        self,
        config: Config,
        method: str,
        url: URL,
        payload: bytes | None,
        take: Callable[[aiohttp.ClientResponse, bytes], T],
    ) -> T:
        self._check_open()
        what = f"{method} {url.path}"
        failure: RequestFailed
        try:
            session = await self._sessions.get(config)
            async with session.request(
                method,
                url,
                data=None if payload is None else io.BytesIO(payload),  # in pieces, so that the loop is not held
                headers=rest_headers(config, with_body=payload is not None),
                proxy=config.proxy_url or None,
                allow_redirects=False,  # the key goes to one host only
            ) as response:
                return take(response, await self._read(response))
        except RequestFailed:
            raise
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = unanswered(error, Peer(what, url, config))
        try:
            self._check_open()
            raise failure  # here, where aiohttp's error is no context of it: that one knows the key
        finally:
            del failure

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        pieces: list[bytes] = []
        size = 0
        async for piece in response.content.iter_chunked(_PIECE):
            size += len(piece)
            if size > self._max_answer_bytes:
                raise InvalidResponse(
                    f"the answer is longer than {self._max_answer_bytes} bytes", status=response.status
                )
            pieces.append(piece)
        return b"".join(pieces)

    def _check_open(self) -> None:
        if self._closed:
            raise ClientClosed("the client is closed; make a new one")

    def __repr__(self) -> str:
        """Show where requests go and how many sessions are open."""
        state = "closed" if self._closed else f"{self._sessions.open} sessions"
        return f"<HttpTransport {self.config.endpoints.api.url} [{state}]>"


def _as_it_is(document: object | None) -> object | None:
    return document


def _query_text(query: Mapping[str, object] | None) -> str:
    given = {name: str(value) for name, value in (query or {}).items() if value is not None}
    return "?" + urlencode(given, safe="/", quote_via=quote) if given else ""


def _document(response: aiohttp.ClientResponse, content: bytes, expect: Collection[int], what: str) -> object | None:
    if response.status >= HTTPStatus.MULTIPLE_CHOICES:  # redirects are not followed
        raise problem(response.status, response.headers, content, what)
    if response.status not in expect:
        wanted = " or ".join(str(status) for status in expect)
        kind = f" and {response.content_type}" if content and not _is_json(response, content) else ""
        raise _invalid(response, what, f"expected status {wanted}, got {response.status}{kind}")
    if not content:
        if response.status != HTTPStatus.NO_CONTENT and response.headers.get("Content-Length", "0") != "0":
            raise _invalid(response, what, "the answer cannot be decompressed")
        return None
    try:
        return parse_json(content)
    except ValueError as error:
        kind = response.content_type
        detail = f"the answer is {kind}, not JSON; is the host an Arize API?"
        if _is_json(response, content):
            detail = f"the answer is broken: it is said to be {kind}, and is {error}"
        raise _invalid(response, what, detail) from None


def _is_json(response: aiohttp.ClientResponse, content: bytes) -> bool:
    """Whether an answer is meant to be JSON; some proxies send their pages with the type that was asked for."""
    return response.content_type.endswith("json") and not content.lstrip().startswith(b"<")


def _invalid(response: aiohttp.ClientResponse, what: str, detail: str) -> InvalidResponse:
    request_id = response.headers.get("x-request-id")
    return InvalidResponse(
        detail, status=response.status, title=response.reason or "", request=what, request_id=request_id
    )

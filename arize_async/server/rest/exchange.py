"""Reading requests and writing answers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

import orjson
from aiohttp import web

from arize_async.models.base import JSON_OPTIONS, Model
from arize_async.models.page import PaginationMetadata
from arize_async.models.rules import MAX_NAME
from arize_async.server.storage.pages import PageRequest
from arize_async.server.storage.refusals import malformed
from arize_async.wire.codec import decode, parse_json

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")
BODY_LIMIT = 64 * 1024 * 1024
BODY_SECONDS = 60.0
ANSWER_SECONDS = 60.0
_DEFAULT_LIMIT = 50


class _Json(web.Response):
    """A JSON answer that a client has to take in bounded time."""

    async def write_eof(self, data: bytes = b"") -> None:
        """Send the body; a client that does not read it loses its connection.

        Raises:
            ConnectionResetError: It did not take the body in time.
        """
        request = self._req
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await super().write_eof(data)
        except TimeoutError:
            if request is not None and request.transport is not None:
                request.transport.abort()
            raise ConnectionResetError("the client does not read its answer") from None


async def read_bytes(request: web.Request) -> bytes:
    """Read a body of bounded size in bounded time.

    Raises:
        TimeoutError: It did not arrive in time.
    """
    async with asyncio.timeout(BODY_SECONDS):
        return await request.read()


async def read_body(request: web.Request, kind: type[T]) -> T:
    """Read a JSON body.

    Raises:
        BadRequest: It is not JSON, or not of this kind; the message names the paths.
    """
    try:
        data = parse_json(await read_bytes(request))
    except ValueError as error:
        raise malformed(str(error)) from None
    return decoded(kind, data)


def decoded(kind: type[T], data: object) -> T:
    """Build a value from JSON data.

    Raises:
        BadRequest: The data is not of this kind; the message names the paths.
    """
    try:
        return decode(kind, data)
    except ValueError as error:
        raise malformed(str(error)) from None


def page_request(request: web.Request, largest: int) -> PageRequest:
    """Read ``limit`` and ``cursor`` of a query.

    Raises:
        BadRequest: The limit is not a number from 1 to ``largest``.
    """
    text = request.query.get("limit", str(_DEFAULT_LIMIT))
    if not (text.isascii() and text.isdigit() and len(text) < len(str(largest)) + 1 and 1 <= int(text) <= largest):
        raise malformed(f"limit: expected a number from 1 to {largest}, got {text[:20]!r}")
    return PageRequest(int(text), request.query.get("cursor"))


def narrowing(request: web.Request, *names: str) -> dict[str, str | None]:
    """Read the parameters that narrow a list; what is not given is None.

    Raises:
        BadRequest: A part of a name is longer than names are.
    """
    given = {name: request.query.get(name) for name in names}
    for name, value in given.items():
        if name.endswith("name") and value and len(value) > MAX_NAME:
            raise malformed(f"{name}: at most {MAX_NAME} characters, got {len(value)}")
    return given


def answer(value: Model, status: int = 200) -> web.Response:
    """Answer with a value."""
    return _json(value.to_dict(), status)


def answer_page(name: str, items: Sequence[Model], next_cursor: str | None) -> web.Response:
    """Answer with a page of a list."""
    pagination = PaginationMetadata(has_more=next_cursor is not None, next_cursor=next_cursor)
    return _json({name: [item.to_dict() for item in items], "pagination": pagination.to_dict()}, 200)


def nothing(status: int = 204) -> web.Response:
    """Answer without a body."""
    return web.Response(status=status)


def _json(data: object, status: int) -> web.Response:
    return _Json(status=status, body=orjson.dumps(data, option=JSON_OPTIONS), content_type="application/json")

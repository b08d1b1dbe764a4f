"""Answers of the web page, and what every one of them forbids a browser."""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from aiohttp import web

from arize_async.errors import ApiError
from arize_async.server.storage.refusals import malformed
from arize_async.server.ui.rendering import render

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

PREFIX = "/ui"
HEADERS: Final = {
    # no script, style or picture but our own files; nothing inline, nothing from elsewhere, in no frame
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
FORM_LIMIT = 1024 * 1024
FORM_SECONDS = 60.0
ANSWER_SECONDS = 60.0
_MAX_FIELDS = 50
_logger = logging.getLogger("arize_async.server")


class Page(web.Response):
    """An answer that a browser has to take in bounded time."""

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
            raise ConnectionResetError("the browser does not read its page") from None


def page(html: str, status: int = 200) -> web.Response:
    """Answer with a page."""
    return Page(status=status, body=html.encode("utf-8", "replace"), content_type="text/html", charset="utf-8")


def refusal(status: int, detail: str) -> web.Response:
    """Answer with a page that says why there is no other."""
    title = {404: "Nothing here", 403: "Not allowed", 500: "The server failed"}.get(status, HTTPStatus(status).phrase)
    return page(render("refusal.html", title=title, status=status, detail=detail, form_token=""), status)


def elsewhere(address: str) -> web.Response:
    """Send the browser to another page, with GET."""
    return web.Response(status=303, headers={"Location": address})


async def read_form(request: web.Request) -> dict[str, str]:
    """Return the fields of a form; of a field that is there twice the last.

    Raises:
        BadRequest: It is no form, or too large.
        TimeoutError: It did not arrive in time.
    """
    if request.content_type != "application/x-www-form-urlencoded":
        raise malformed("the form has to be sent as application/x-www-form-urlencoded")
    body = b""
    async with asyncio.timeout(FORM_SECONDS):
        async for chunk in request.content.iter_any():
            body += chunk
            if len(body) > FORM_LIMIT:
                raise malformed(f"the form is larger than {FORM_LIMIT} bytes")
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise malformed("the form cannot be read") from None
    return {name: values[-1] for name, values in fields.items()}


@web.middleware
async def careful(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Show refusals as pages, and put the headers on every answer."""
    answer = await _answered(request, handler)
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    return answer


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ApiError as error:
        return refusal(error.status or 500, error.detail)
    except web.HTTPNotFound:
        return refusal(404, f"There is no page {request.path}.")
    except web.HTTPException as error:
        return refusal(error.status, error.reason)
    except TimeoutError:
        return refusal(408, "The form did not arrive in time.")
    except ConnectionError:
        raise
    except Exception:
        _logger.exception("%s %s failed", request.method, request.path)
        return refusal(500, "Its log says why.")

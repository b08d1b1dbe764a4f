"""HTTP answers that are no success, as errors of ours (RFC 9457, wire contract 2.0)."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from arize_async.errors import ApiError, RateLimited, ServerError, error_class
from arize_async.wire.codec import parse_json
from arize_async.wire.headers import retry_after

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_DETAIL = 500
_MAX_BODY = 64 * 1024


def problem(status: int, headers: Mapping[str, str], body: bytes, request: str) -> ApiError:
    """Build the error for an answer.

    Args:
        status: HTTP status.
        headers: Header fields, looked up without regard to case.
        body: Problem details, or whatever a proxy put in their place.
        request: Method and path.
    """
    fields = _fields(body)
    title = _text(fields.get("title")) or _phrase(status)
    detail = _text(fields.get("detail")) or _text(fields.get("message")) or _outline(body, headers)
    request_id = _text(fields.get("request_id")) or headers.get("x-request-id")
    error = error_class(status)(detail, status=status, title=title, request=request, request_id=request_id)
    error.reason, error.body = _phrase(status), body[:_MAX_BODY].decode(errors="replace")
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        error.advice = "The proxy asks for user and password: put them into proxy_url"
    if isinstance(error, (RateLimited, ServerError)):
        error.retry_after = retry_after(headers.get("Retry-After"))
    return error


def _fields(body: bytes) -> Mapping[str, object]:
    try:
        parsed = parse_json(body)
    except ValueError:
        return {}
    return cast("Mapping[str, object]", parsed) if isinstance(parsed, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _outline(body: bytes, headers: Mapping[str, str]) -> str:
    """Say in one line what an answer without problem details is."""
    if "Location" in headers:
        return (
            f"the server redirects to {headers['Location'][:_MAX_DETAIL]}; set api_scheme and api_host to where it is"
        )
    text = body[: 4 * _MAX_DETAIL].decode(errors="replace").strip()
    if not text:
        return "the answer has no body"
    if text.startswith("<"):
        heading = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
        return f"the answer is a web page, not an API's{f': {heading[1].strip()}' if heading else ''}"[:_MAX_DETAIL]
    return text[:_MAX_DETAIL]

"""Errors as problem details (RFC 9457, wire contract 2.0); nothing else of an error leaves the server."""

from __future__ import annotations

import logging
import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

from arize_async.errors import ApiError
from arize_async.models.problem import Problem

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

_DOCUMENTATION = "https://arize.com/docs/ax/rest-reference/errors#"
_TITLES: dict[int, tuple[str, str]] = {
    400: ("Invalid request parameters", "invalid-request"),
    401: ("Authentication required", "authentication-required"),
    403: ("Access forbidden", "access-forbidden"),
    404: ("Resource not found", "resource-not-found"),
    409: ("Resource conflict", "resource-conflict"),
    422: ("Unprocessable Entity", "unprocessable-entity"),
    429: ("Rate limit exceeded", "rate-limit-exceeded"),
}
_logger = logging.getLogger("arize_async.server")


def problem(request: web.Request, status: int, detail: str) -> web.Response:
    """Build the answer of a refused request."""
    title, slug = _TITLES.get(status) or _standard(status)
    body = Problem(
        status=status,
        title=title,
        type=_DOCUMENTATION + slug,
        detail=detail,
        instance=request.path,
        request_id=uuid.uuid4().hex,
    )
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None
    return web.Response(status=status, text=body.to_json(), content_type="application/problem+json", headers=headers)


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever a handler raises into a problem."""
    try:
        return await handler(request)
    except ApiError as error:
        return problem(request, error.status or 500, error.detail)
    except web.HTTPException as error:
        return _of_http(request, error)
    except TimeoutError:
        return problem(request, 408, "the request's body did not arrive in time")
    except web.RequestPayloadError:
        return problem(request, 400, "the body cannot be read: it broke off, or is not what Content-Encoding says")
    except ConnectionError:
        raise
    except Exception:
        _logger.exception("%s %s failed", request.method, request.path)
        return problem(request, 500, "the server failed; its log says why")


def _of_http(request: web.Request, error: web.HTTPException) -> web.Response:
    details = {
        404: f"no such path: {request.path}",
        405: f"{request.method} is not supported here; supported: {error.headers.get('Allow', '')}",
        413: f"the body is larger than {request.client_max_size} bytes",
    }
    answer = problem(request, error.status, details.get(error.status, error.reason))
    if "Allow" in error.headers:
        answer.headers["Allow"] = error.headers["Allow"]
    return answer


def _standard(status: int) -> tuple[str, str]:
    phrase = HTTPStatus(status).phrase
    return phrase, phrase.lower().replace(" ", "-")

"""The middleware that lets only known hosts and keys through."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

from arize_async.server.rest.problems import problem

if TYPE_CHECKING:
    from collections.abc import Container

    from aiohttp.typedefs import Handler, Middleware

    from arize_async.server.access import Guard


def guarding(guard: Guard, public: Container[str]) -> Middleware:
    """Return the middleware that lets only known hosts and keys through; public paths, as sent, need no key."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not guard.knows_host(request.headers.get("Host", "")):
            return problem(request, HTTPStatus.FORBIDDEN, "the Host header names another server")
        if request.rel_url.raw_path not in public and not guard.knows_key(_key(request)):
            return problem(
                request, HTTPStatus.UNAUTHORIZED, "send the server's API key as 'Authorization: Bearer <key>'"
            )
        return await handler(request)

    return check


def _key(request: web.Request) -> str:
    # span exporters send the key without a scheme (wire contract 1.5)
    header = request.headers.get("Authorization", "")
    scheme, _, key = header.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else header

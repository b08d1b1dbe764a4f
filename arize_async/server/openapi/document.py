"""The document itself: one entry for each route that the application has."""

from __future__ import annotations

import inspect
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from arize_async._version import __version__
from arize_async.models.page import PaginationMetadata
from arize_async.models.problem import Problem
from arize_async.server.openapi.operations import OPERATIONS, Operation
from arize_async.server.openapi.schemas import Schema, Schemas

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiohttp import web

REST = "/v2/"
_PARAMETER = re.compile(r"{(\w+)}")
_DESCRIPTION = (
    "Spaces, datasets, experiments, annotation configs, tags. Every request needs the key; every refusal is a problem"
    " (RFC 9457). Beyond the statuses of an operation, 403 answers a Host header that names another server, 408 and 413"
    " a body that is too slow or too large, 500 a failure, and 503 a server that shuts down."
)


def build(routes: Iterable[web.AbstractRoute]) -> Schema:
    """Describe the REST routes of an application.

    Raises:
        LookupError: A route has no entry in the table of operations.
    """
    schemas = Schemas()
    described: dict[str, dict[str, Schema]] = {}
    for route in routes:
        path = route.resource.canonical if route.resource else ""
        if path.startswith(REST) and route.method != "HEAD":
            entry = _operation(route, path, schemas)
            described.setdefault(path, _parameters(path))[route.method.lower()] = entry
    return {
        "openapi": "3.1.0",
        "info": {"title": "Embedded server of arize-async", "version": __version__, "description": _DESCRIPTION},
        "security": [{"key": []}],
        "paths": described,
        "components": {
            "schemas": dict(sorted(schemas.components.items())),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "The server's API key."}},
        },
    }


def _parameters(path: str) -> dict[str, Any]:
    found = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in _PARAMETER.findall(path)
    ]
    return {"parameters": found} if found else {}


def _operation(route: web.AbstractRoute, path: str, schemas: Schemas) -> Schema:
    operation = OPERATIONS.get((route.method, path))
    if operation is None:
        raise LookupError(f"{route.method} {path} is not described")
    described: Schema = {
        "operationId": operation.name,
        "tags": [path.removeprefix(REST).partition("/")[0]],
        "summary": (inspect.getdoc(route.handler) or "").partition("\n")[0],
        "responses": _responses(operation, schemas),
    }
    if operation.query:
        described["parameters"] = [{"name": name, "in": "query", "schema": schema} for name, schema in operation.query]
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": _json(schemas.received(operation.body))}
    return described


def _responses(operation: Operation, schemas: Schemas) -> Schema:
    success: Schema = {"description": HTTPStatus(operation.status).phrase}
    if operation.items is not None:
        success["content"] = _json(schemas.page(operation.items, operation.answer, PaginationMetadata))
    elif operation.answer is not None:
        success["content"] = _json(schemas.sent(operation.answer))
    problem = {"application/problem+json": {"schema": schemas.sent(Problem)}}
    refusals = {str(code): {"description": HTTPStatus(code).phrase, "content": problem} for code in operation.errors}
    return {str(operation.status): success, **refusals}


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}

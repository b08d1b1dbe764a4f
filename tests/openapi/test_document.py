"""The document describes the routes that there are, and no others."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web
from openapi_spec_validator import validate

from arize_async.server.access import Guard
from arize_async.server.openapi.document import build
from arize_async.server.openapi.operations import OPERATIONS
from arize_async.server.rest.routes import rest_application
from arize_async.server.storage.database import Database
from arize_async.server.storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arize_async.server import LocalServer


@pytest.fixture
def application() -> Iterator[web.Application]:
    """The REST application on an empty store."""
    store = Store(Database.open(None), None)
    yield rest_application(store, Guard("127.0.0.1", "key"))
    store.close()


@pytest.fixture
def document(application: web.Application) -> dict[str, Any]:
    """The document of the application."""
    return build(application.router.routes())


def routed(application: web.Application) -> set[tuple[str, str]]:
    """Return methods and paths of an application; GET serves HEAD as well."""
    return {
        (route.method, route.resource.canonical)
        for route in application.router.routes()
        if route.method != "HEAD" and route.resource is not None
    }


def described(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the operations of a document by method and path."""
    return {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
    }


def test_the_document_is_openapi(document: dict[str, Any]) -> None:
    """It is valid by the specification, and its version is 3.1."""
    assert document["openapi"] == "3.1.0"
    validate(document)


def test_every_route_is_described_and_every_path_is_routed(
    document: dict[str, Any], application: web.Application
) -> None:
    """The document, the table that it is made with and the application have the same operations."""
    assert set(described(document)) == routed(application)
    assert set(OPERATIONS) == routed(application)


def test_a_route_without_a_description_is_an_error(application: web.Application) -> None:
    """A new route cannot be forgotten."""

    async def new(request: web.Request) -> web.Response:
        return web.Response()

    application.router.add_get("/v2/new", new)
    with pytest.raises(LookupError, match="GET /v2/new"):
        build(application.router.routes())


def test_operations_can_be_told_apart(document: dict[str, Any]) -> None:
    """Each has an id of its own and says what it does."""
    operations = described(document).values()
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert all(operation["summary"].endswith(".") for operation in operations)


@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        ("GET", "/v2/experiments", "200 400 401 403 404 429"),
        ("GET", "/v2/datasets/{dataset_id}", "200 400 401 404 429"),
        ("POST", "/v2/datasets", "201 400 401 403 404 409 422 429"),
        ("POST", "/v2/experiments/{experiment_id}/runs", "201 400 401 403 404 422 429"),
        ("POST", "/v2/experiments/{experiment_id}/runs/annotate", "202 400 401 403 404 422 429"),
        ("PATCH", "/v2/datasets/{dataset_id}/examples", "200 400 401 403 404 409 422 429"),
        ("DELETE", "/v2/datasets/{dataset_id}/examples", "200 400 401 403 404 422 429 503"),
        ("DELETE", "/v2/spaces/{space_id}", "204 400 401 403 404 429"),
        ("DELETE", "/v2/annotation-configs/{annotation_config_id}", "204 400 401 403 404 409 429"),
        ("POST", "/v2/spaces/{space_id}/users", "200 400 401 403 404 422 429"),
        ("DELETE", "/v2/spaces/{space_id}/users/{user_id}", "204 400 401 403 404 429"),
        ("POST", "/v2/tags", "201 400 401 403 404 409 422 429"),
        ("PATCH", "/v2/tags/{tag_id}", "200 400 401 403 404 409 422 429"),
        ("DELETE", "/v2/tags/{tag_id}", "204 400 401 403 404 429"),
        ("GET", "/v2/experiments/{experiment_id}/tags", "200 400 401 404 429"),
        ("POST", "/v2/datasets/{dataset_id}/tags", "200 400 401 403 404 422 429"),
    ],
)
def test_statuses_are_those_of_the_protocol(document: dict[str, Any], method: str, path: str, statuses: str) -> None:
    """One operation of each row of wire contract 2.5."""
    assert " ".join(sorted(document["paths"][path][method.lower()]["responses"])) == statuses


def test_bounds_come_from_the_models(document: dict[str, Any]) -> None:
    """What the validators check stands in the schemas."""
    schemas = document["components"]["schemas"]
    assert schemas["CreateExperiment"]["properties"]["experiment_runs"]["maxItems"] == 1000
    assert schemas["CreateExperiment"]["additionalProperties"] is False
    assert schemas["SearchRuns"]["properties"]["limit"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 500,
        "default": 50,
    }
    assert schemas["DeleteExamples"]["properties"]["example_ids"]["uniqueItems"] is True
    assert schemas["ExperimentRun"]["required"] == ["id", "example_id", "output", "error"]


async def test_the_document_needs_no_key_and_no_other_path_without_a_page_is_open(server: LocalServer) -> None:
    """Tools can read it as it is; the Host header is checked all the same."""
    async with aiohttp.ClientSession(server.url, timeout=aiohttp.ClientTimeout(30)) as client:
        async with client.get("/openapi.json") as response:
            assert response.status == HTTPStatus.OK
            assert response.content_type == "application/json"
            assert server.api_key not in await response.text()
        async with client.get("/openapi.json", headers={"Host": "evil.example"}) as response:
            assert response.status == HTTPStatus.FORBIDDEN
        for path in ("/openapi.json/", "/v2/spaces", "/uix", "/ui%2F"):
            async with client.get(path) as response:
                assert response.status == HTTPStatus.UNAUTHORIZED

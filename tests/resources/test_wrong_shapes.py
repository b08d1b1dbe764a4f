"""Answers that are JSON and not what the protocol says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from arize_async import ArizeClient, RetryPolicy
from arize_async.errors import InvalidResponse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

DATASET, SPACE, EXPERIMENT = "RGF0YXNldDoxMTpBYkNk", "U3BhY2U6MTpBYkNk", "RXhwZXJpbWVudDoxMzpBYkNk"
CONFIG = "QW5ub3RhdGlvbkNvbmZpZzoxOkFi"
GOOD = '"id": "a", "name": "b", "space_id": "c"'

CALLS: dict[str, Callable[[ArizeClient], Awaitable[object]]] = {
    "datasets.get": lambda client: client.datasets.get(dataset=DATASET),
    "datasets.get by name": lambda client: client.datasets.get(dataset="numbers"),
    "datasets.list": lambda client: client.datasets.list(),
    "datasets.create": lambda client: client.datasets.create(name="a", space=SPACE, examples=[{"a": 1}]),
    "datasets.list_examples": lambda client: client.datasets.list_examples(dataset=DATASET),
    "datasets.append_examples": lambda client: client.datasets.append_examples(dataset=DATASET, examples=[{"a": 1}]),
    "experiments.list_runs": lambda client: client.experiments.list_runs(experiment=EXPERIMENT),
    "spaces.list": lambda client: client.spaces.list(),
    "annotation_configs.get": lambda client: client.annotation_configs.get(annotation_config=CONFIG),
}


async def ask(call: str, body: str) -> InvalidResponse:
    """Return the error of a call that is answered with a body."""

    async def handler(request: web.Request) -> web.Response:
        created = request.method == "POST" and "search" not in request.path
        return web.Response(
            text=body,
            status=201 if created else 200,
            content_type="application/json",
            headers={"x-request-id": "r-5"},
        )

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    async with TestServer(app) as server:
        address: dict[str, Any] = {"api_scheme": "http", "api_host": server.host, "api_port": server.port}
        async with ArizeClient(api_key="k", **address, retry=RetryPolicy(attempts=1)) as client:
            with pytest.raises(InvalidResponse) as caught:
                await CALLS[call](client)
    return caught.value


@pytest.mark.parametrize("body", ["", "null", "[]", "5", '"text"', "{}", '{"id": null, "name": null}'])
@pytest.mark.parametrize("call", list(CALLS))
async def test_no_call_takes_a_wrong_shape_for_an_answer(call: str, body: str) -> None:
    """The error says where in the document it is, which request it was, and its id."""
    error = await ask(call, body)
    assert "$" in error.detail
    assert error.request_id == "r-5"
    assert error.status in {200, 201}
    assert error.request.startswith(("GET /v2/", "POST /v2/"))
    assert error.request in str(error)


@pytest.mark.parametrize(
    ("call", "body", "where"),
    [
        ("datasets.get", '{"id": 5, "name": "b", "space_id": "c"}', "expected a string, got a number @ $.id"),
        ("datasets.get", f'{{{GOOD}, "versions": [{{"id": 7}}]}}', "@ $.versions[0].id"),
        ("datasets.get", f'{{{GOOD}, "created_at": "yesterday"}}', "@ $.created_at"),
        ("datasets.get", f'{{{GOOD}, "created_at": 1e300}}', "@ $.created_at"),
        ("datasets.list", '{"datasets": [1]}', "expected an object, got a number @ $.datasets[0]"),
        ("datasets.list", '{"datasets": [], "pagination": {"has_more": "yes"}}', "@ $.pagination.has_more"),
        ("experiments.list_runs", '{"experiment_runs": [{"id": "r", "output": 5}]}', "@ $.experiment_runs[0].output"),
    ],
)
async def test_the_place_in_the_document_is_named(call: str, body: str, where: str) -> None:
    """Down to the element of a list."""
    assert where in (await ask(call, body)).detail

"""The tree of errors: what every one of them can do."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING

import pytest

from arize_async import errors
from arize_async.errors import (
    AmbiguousName,
    ApiError,
    ArizeError,
    BadRequest,
    ConnectionFailed,
    InvalidResponse,
    NotFound,
    RateLimited,
    RequestFailed,
    RequestTimeout,
    RunAborted,
    ServerError,
    Unauthorized,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def kinds(root: type[ArizeError] = ArizeError) -> Iterator[type[ArizeError]]:
    """Yield a class and all that derive from it."""
    yield root
    for kind in root.__subclasses__():
        yield from kinds(kind)


def made(kind: type[ArizeError]) -> ArizeError:
    """Make an error with as much in it as it takes."""
    if issubclass(kind, AmbiguousName):
        return kind("dataset", "a", ["1", "2"])
    if issubclass(kind, RequestFailed):
        return kind("why", status=418, title="Teapot", request="GET /v2", request_id="r", attempts=3)
    return kind("why")


@pytest.mark.parametrize("kind", list(dict.fromkeys(kinds())))
def test_every_error_pickles_and_copies(kind: type[ArizeError]) -> None:
    """Whatever co-parent it has from the standard library."""
    error = made(kind)
    error.__dict__["extra"] = [1]
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):  # noqa: S301 - our own
        assert (type(twin), str(twin), twin.args, vars(twin)) == (kind, str(error), error.args, vars(error))
    assert str(error)


def test_every_public_error_is_in_the_tree_of_the_docstring() -> None:
    """The docstring is where people look first."""
    tree = errors.__doc__ or ""
    for name in errors.__all__:
        assert f" {name}" in tree


def test_an_error_tells_what_where_and_what_to_do() -> None:
    """Title, detail, advice, request, request id and attempts are in one line."""
    error = Unauthorized("no such key.", status=401, title="No", request="GET /v2", request_id="r", attempts=2)
    assert str(error) == (
        "401 No: no such key. Check api_key or ARIZE_API_KEY, and that region or host is where the key belongs"
        " [GET /v2, request id r, 2 attempts]"
    )
    assert str(BadRequest("odd", status=400)) == "400: odd"
    assert str(InvalidResponse("odd", request="GET /v2")) == "odd [GET /v2]"
    assert str(ConnectionFailed("gone")) == "gone"


def test_errors_are_those_of_python_as_well() -> None:
    """Who knows nothing of this package catches them too."""
    assert isinstance(ConnectionFailed("x"), ConnectionError)
    assert isinstance(RequestTimeout("x"), TimeoutError)
    assert isinstance(InvalidResponse("x"), ValueError)
    assert isinstance(NotFound("x", status=404), LookupError)
    assert RequestTimeout("x").errno is None


def test_what_a_server_asks_for_is_on_the_error() -> None:
    """Errors that pass have the wait, and those of a run what finished."""
    assert (RateLimited("x", status=429).retry_after, ServerError("x", status=500).retry_after) == (None, None)
    assert RunAborted("x", result=5).result == 5
    assert isinstance(RateLimited("x", status=429), ApiError)

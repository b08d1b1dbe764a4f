"""What all resources have in common: one request in, one value or one page out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import frozen

from arize_async.errors import InvalidInput, InvalidResponse, RequestFailed
from arize_async.models.base import Model, Request
from arize_async.models.page import PaginationMetadata
from arize_async.resources.choice import off_loop
from arize_async.resources.cursors import Cursors
from arize_async.responses.page import Page
from arize_async.responses.tables import TablePage
from arize_async.wire.codec import Undecodable, decode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping

    from arize_async.config import Config
    from arize_async.resources.names import Names
    from arize_async.transport.flight import FlightTransport
    from arize_async.transport.http import HttpTransport

M = TypeVar("M", bound=Model)
P = TypeVar("P", bound=Page[Any])
R = TypeVar("R", bound=Request)
A = TypeVar("A", bound=TablePage[Any])
_MOST_LINES = 10


@frozen(kw_only=True, repr=False)
class _SearchAnswer(Model):
    """A page of which the items are not looked at."""

    pagination: PaginationMetadata


class Resource:
    """The operations on one kind of thing."""

    def __init__(self, http: HttpTransport, flight: FlightTransport, names: Names) -> None:
        """Share the transports and the name resolution of a client."""
        self._http = http
        self._flight = flight
        self._names = names

    @property
    def _config(self) -> Config:
        return self._http.config

    async def _get(self, kind: type[M], path: str) -> M:
        return await self._http.request_as(partial(parse, kind), "GET", path)

    async def _get_created(self, kind: type[M], path: str, created: str) -> M:
        """Return what was just created; an error says that it was.

        Args:
            kind: What is parsed.
            path: Where it is.
            created: What it is, and its id, in words.
        """
        try:
            return await self._get(kind, path)
        except RequestFailed as error:
            error.advice = ". ".join(part for part in (error.advice, f"The {created} was created all the same") if part)
            raise

    async def _send(
        self,
        kind: type[M],
        method: str,
        path: str,
        body: Request | Mapping[str, object],
        *,
        query: Mapping[str, object] | None = None,
        expect: Collection[int] = (200,),
    ) -> M:
        read = partial(parse, kind)
        return await self._http.request_as(read, method, path, query=query, body=body, expect=expect)

    async def _list(self, kind: type[P], path: str, cursor: str | None, **query: object) -> P:
        async def send(read: Callable[[object], P], at: str | None) -> P:
            return await self._http.request_as(read, "GET", path, query={**query, "cursor": at})

        return await self._page(kind, send, cursor)

    async def _search(self, kind: type[P], path: str, body: Request) -> P:
        fields = body.to_dict()

        async def send(read: Callable[[object], P], at: str | None) -> P:
            body = {**fields, **({"cursor": at} if at else {})}
            return await self._http.request_as(read, "POST", path, body=body)

        return await self._page(kind, send, None)

    async def _search_all(self, kind: type[A], path: str, body: Request) -> A:
        """Follow a search to its end and return all that it finds as one page, kept as Arrow data."""
        from arize_async.resources.gathered import GatheredRows

        fields, name = body.to_dict(), kind.items_name
        fixed = [
            field for field in kind.item_type.model_fields if field not in {"annotations", "additional_properties"}
        ]
        rows, cursors = GatheredRows(fixed), Cursors()
        cursor: str | None = None
        while True:
            query = {**fields, **({"cursor": cursor} if cursor else {})}
            answer = await self._http.request_as(partial(parse, _SearchAnswer), "POST", path, body=query)
            found = answer.additional_properties.get(name)
            added = await off_loop(lambda found=found: rows.add(found))
            cursor = cursors.following(answer.pagination, added)
            if cursor is None:
                return kind.from_table(await off_loop(rows.table))

    async def _page(
        self, kind: type[P], send: Callable[[Callable[[object], P], str | None], Awaitable[P]], cursor: str | None
    ) -> P:
        async def fetch(at: str) -> P:
            return await self._page(kind, send, at)

        return await send(lambda data: kind.parse(data, fetch), cursor)


def parse(kind: type[M], data: object) -> M:
    """Build a value from the JSON of an answer.

    Raises:
        InvalidResponse: The JSON is not what the protocol says; the message names the path.
    """
    try:
        return decode(kind, data)
    except ValueError as error:
        raise InvalidResponse(f"the server's {kind.__name__}: {error}") from None


def check(kind: type[R], **fields: object) -> R:
    """Build a request body; what the platform would refuse is refused before anything is sent.

    Raises:
        InvalidInput: A field is missing, of the wrong type or out of bounds.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    try:
        return decode(kind, given)
    except Undecodable as error:
        more = [f"and {len(error.lines) - _MOST_LINES} more"] if len(error.lines) > _MOST_LINES else []
        raise InvalidInput("; ".join([*map(_named, error.lines[:_MOST_LINES]), *more])) from None


def _named(line: str) -> str:
    """Turn ``<what is wrong> @ $.<path>`` round, as users read it: first where, then what."""
    text, _, path = line.rpartition(" @ $")
    return f"{path.lstrip('.')}: {text}" if path else text or line


def check_limit(limit: int, most: int = 100) -> int:
    """Return ``limit`` when a page may have so many items.

    Raises:
        InvalidInput: It is not between 1 and ``most``.
    """
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= most:  # pyright: ignore[reportUnnecessaryIsInstance] - users' data
        raise InvalidInput(f"a number from 1 to {most}, got {limit!r:.40}", path="limit")
    return limit

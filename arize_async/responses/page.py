"""Pages of list operations: values that know how to fetch what follows."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, Self, TypeVar, cast

from attrs import frozen

from arize_async.errors import InvalidResponse
from arize_async.models.base import Model, answer_text
from arize_async.models.html import MOST_ROWS, html_table
from arize_async.models.page import PaginationMetadata
from arize_async.wire.codec import decode

if TYPE_CHECKING:
    import polars as pl

T = TypeVar("T", bound=Model)
T_co = TypeVar("T_co", bound=Model, covariant=True)

Fetch = Callable[[str], Awaitable["Page[T]"]]
"""Fetches the page that a cursor leads to."""


class Call(Protocol):
    """Runs an asynchronous fetch for a caller that blocks."""

    def __call__(self, fetch: Fetch[T], cursor: str, /) -> Page[T]:
        """Return what ``await fetch(cursor)`` gives."""
        ...


@frozen
class PageField:
    """A field of a page, described as attrs describes the fields of values.

    Attributes:
        name: Its name.
        type: What it holds.
    """

    name: str
    type: object


class _Fields:
    """The fields of a page by name, as ``Page.model_fields``."""

    def __get__(self, instance: object, owner: type[Page[Any]]) -> dict[str, PageField]:
        kinds = {
            owner.items_name: list[owner.item_type],
            "pagination": PaginationMetadata,
            "additional_properties": dict[str, object],
        }
        return {name: PageField(name, kind) for name, kind in kinds.items()}


class Page(Generic[T]):
    """One page of a list.

    ``async for item in page`` yields the items of this page and then those of the following pages, fetched one by one
    as they are needed. The items of this page alone are in the attribute that carries their name.

    Attributes:
        pagination: Whether more follows, and the cursor that leads there.
        additional_properties: What the server sent beside the items and the pagination.
        fetch: Gets the page that a cursor leads to; None when nothing can follow.
    """

    items_name: ClassVar[str]
    item_type: ClassVar[type[Model]] = Model
    model_fields: ClassVar[_Fields] = _Fields()

    def __init__(
        self,
        items: Sequence[T],
        pagination: PaginationMetadata | None = None,
        *,
        fetch: Fetch[T] | None = None,
        additional_properties: Mapping[str, object] | None = None,
    ) -> None:
        """Hold the items; ``fetch`` gets the page that a cursor leads to."""
        self._items = list(items)
        self.pagination = pagination or PaginationMetadata(has_more=False)
        self.additional_properties = dict(additional_properties or {})
        self.fetch = fetch
        self._call: Call | None = None

    @classmethod
    def parse(cls, data: object, fetch: Fetch[T] | None = None) -> Self:
        """Build a page from the JSON of an answer.

        Raises:
            InvalidResponse: Items or pagination are missing or wrong; the message names the path.
        """
        if not isinstance(data, Mapping):
            raise InvalidResponse(f"expected an object with {cls.items_name!r} @ $, got {type(data).__name__}")
        answer = dict(cast("Mapping[str, object]", data))
        items = _decode_at(cls.items_name, cls.decode_items, answer.pop(cls.items_name, None))
        pagination = _decode_at("pagination", _pagination, answer.pop("pagination", None))
        return cls(cast("Sequence[T]", items), pagination, fetch=fetch, additional_properties=answer)

    @classmethod
    def decode_items(cls, data: object) -> Sequence[Model]:
        """Build the items from their JSON."""
        return decode(list[cls.item_type], data)

    def bind(self, call: Call) -> Self:
        """Return a copy that a plain ``for`` can walk.

        Args:
            call: Called as ``call(fetch, cursor)`` in the thread that iterates; blocks and returns the next page.
        """
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy._call = call
        return copy

    def __iter__(self) -> Iterator[T]:
        """Yield the items of this page and of those that follow.

        Raises:
            TypeError: The page comes from an asynchronous client.
            InvalidResponse: The server's cursors lead in a circle.
        """
        call = self._call
        if call is None:
            raise TypeError(
                f"{type(self).__name__} fetches further pages asynchronously: use `async for`,"
                f" or iterate over `.{self.items_name}` for this page alone"
            )
        return self._walk_blocking(call)

    def _walk_blocking(self, call: Call) -> Iterator[T]:
        page, trail = self, _Trail()
        while True:
            yield from page.iter_items()
            step = trail.step(page)
            if step is None:
                return
            page = cast("Self", call(*step)).bind(call)

    async def __aiter__(self) -> AsyncIterator[T]:
        """Yield the items of this page and of those that follow.

        Raises:
            InvalidResponse: The server's cursors lead in a circle.
        """
        page, trail = self, _Trail()
        while True:
            for item in page.iter_items():
                yield item
            step = trail.step(page)
            if step is None:
                return
            fetch, cursor = step
            page = cast("Self", await fetch(cursor))

    def iter_items(self) -> Iterator[T]:
        """Yield the items of this page alone."""
        return iter(self._items)

    def count_items(self) -> int:
        """Return how many items this page has."""
        return len(self._items)

    def to_dict(self) -> dict[str, object]:
        """Return a dict as the server sent it: the items under their name, and the pagination."""
        return {
            self.items_name: [item.to_dict() for item in self.iter_items()],
            "pagination": self.pagination.to_dict(),
            **self.additional_properties,
        }

    def to_json(self) -> str:
        """Return JSON text of whatever is in it: dates are RFC 3339, NaN and infinities are null."""
        return answer_text(self.to_dict())

    def to_df(
        self,
        *,
        exclude_none: bool | str = True,
        json_normalize: bool = False,
        expand_field: str = "additional_properties",
        expand_prefix: str = "",
    ) -> pl.DataFrame:
        """Return the items of this page as a frame, one row each.

        Human annotations of runs and examples become columns ``annotation.<name>.score``, ``.label``, ``.text``,
        ``.updated_at``, ``.annotator_email`` and ``.annotator_id``.

        Args:
            exclude_none: True or "all" drops the columns that hold only nulls, "any" those that hold a null,
                False keeps all columns.
            json_normalize: Whether nested objects become columns of their own, their names joined by a dot.
            expand_field: The field whose entries become columns; "" keeps it as it is.
            expand_prefix: Put before the names of the columns that ``expand_field`` gives.

        Returns:
            A polars frame; without items it has no columns.
        """
        from arize_async.responses.frames import FrameOptions, frame_of_items

        options = FrameOptions(
            exclude_none=exclude_none,
            json_normalize=json_normalize,
            expand_field=expand_field,
            expand_prefix=expand_prefix,
        )
        return frame_of_items(self.iter_items(), options)

    def __repr__(self) -> str:
        """Show what this page holds and whether more follows."""
        more = ", more follow" if self.pagination.has_more else ""
        return f"<{type(self).__name__} [{self.count_items()} {self.items_name}{more}]>"

    def _repr_html_(self) -> str:
        """Show the first items as a table, in notebooks."""
        rows = [item.to_dict() for item in islice(self.iter_items(), MOST_ROWS + 1)]
        names = list(dict.fromkeys(name for row in rows for name in row))
        return html_table(repr(self), names, ([row.get(name) for name in names] for row in rows))


class _Trail:
    """The cursors of one walk; a server that repeats one would keep it going for ever."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def step(self, page: Page[T]) -> tuple[Fetch[T], str] | None:
        """Return what fetches the next page, or None at the end."""
        fetch, cursor = page.fetch, page.pagination.next_cursor
        if fetch is None or not page.pagination.has_more:
            return None
        if not cursor:
            raise InvalidResponse("the server says that more pages follow and sends no next_cursor @ $.pagination")
        if cursor in self._seen:
            raise InvalidResponse("the server repeats a next_cursor: its pages lead in a circle @ $.pagination")
        self._seen.add(cursor)
        return fetch, cursor


def _pagination(data: object) -> PaginationMetadata:
    return decode(PaginationMetadata, data)


V = TypeVar("V")


def _decode_at(name: str, convert: Callable[[object], V], data: object) -> V:
    try:
        return convert(data)
    except ValueError as error:
        raise InvalidResponse(re.sub(r"@ \$", f"@ $.{name}", str(error))) from None

"""Whether rows travel over REST or over Flight (wire contract 7.1)."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from arize_async.errors import InvalidInput, InvalidRows
from arize_async.models.rules import MAX_ROWS
from arize_async.resources.rows import load
from arize_async.transport.threads import in_thread
from arize_async.wire.text import json_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from arize_async.resources.rows import Conversion, Rows, Source

T = TypeVar("T")
Records = list[dict[str, object]]
_GRACE = 10.0


@contextmanager
def argument(name: str) -> Generator[None]:
    """Name the argument in errors about its rows, which know only the place within.

    Raises:
        InvalidRows: The same error, with the whole path.
    """
    try:
        yield
    except InvalidRows as error:
        if not error.path or error.path.startswith("["):
            error.path = f"{name}{error.path}"
        raise


async def open_rows(rows: Rows) -> Source:
    """Recognise rows without holding up the event loop.

    Raises:
        InvalidRows: Nothing of what can be read, mixed forms, or no rows at all.
    """
    return await off_loop(lambda: load(rows))


async def rest_rows(source: Source, conversion: Conversion | None, max_megabytes: float | None) -> Records | None:
    """Return the converted rows for one REST request, or None when they are to go over Flight.

    Args:
        source: The rows.
        conversion: What is done to them.
        max_megabytes: Bound of their JSON text; None when REST is the only way.
    """
    if max_megabytes is not None and (source.in_files or not source.fits_rest):
        return None

    def convert() -> Records | None:
        rows = [row for part in source.parts(conversion) for row in part]
        fits = max_megabytes is None or len(json_bytes(rows)) <= max_megabytes * 2**20
        return rows if fits else None

    return await off_loop(convert)


def check_rest(source: Source, why: str) -> None:
    """Refuse what does not fit one REST request.

    Raises:
        InvalidInput: The rows are in files, or more than 1,000.
    """
    if source.in_files:
        raise InvalidRows(f"files travel over Flight only: {why}")
    if not source.fits_rest:
        raise InvalidRows(f"REST takes at most {MAX_ROWS} rows a request, got {source.size}: {why}")


def check_filled(rows: Records, name: str, start: int = 0) -> None:
    """Refuse rows that lack a value that the platform needs.

    Raises:
        InvalidRows: The value is missing; the message names the row, counted from ``start``.
    """
    for number, row in enumerate(rows, start):
        if row.get(name) is None:
            raise InvalidRows("every row needs this value", path=f"[{number}].{name}")


def filled(parts: Iterable[Records], name: str) -> Iterator[Records]:
    """Hand on rows as long as all have a value that the platform needs.

    Raises:
        InvalidRows: The value is missing; the message names the row.
    """
    start = 0
    for rows in parts:
        check_filled(rows, name, start)
        yield rows
        start += len(rows)


def check_column(source: Source, name: str) -> None:
    """Refuse rows without a column that the platform needs.

    Raises:
        InvalidRows: There is none.
    """
    if name not in source.names:
        raise InvalidRows(f"columns not found: {name}; the rows have: {', '.join(source.names)}")


def check_ids(ids: Sequence[str]) -> list[str]:
    """Return ids as a list.

    Raises:
        InvalidInput: There is none, one is empty or no text, or one is given twice.
    """
    given = [ids] if isinstance(ids, str) else list(ids)
    if not given or not all(isinstance(each, str) and each for each in given):  # pyright: ignore[reportUnnecessaryIsInstance] - users' data
        raise InvalidInput("at least one id, and each is text that is not empty", path="examples")
    if len(set(given)) < len(given):
        raise InvalidInput("each id is given once", path="examples")
    return given


async def off_loop(function: Callable[[], T]) -> T:
    """Run work that would hold up the event loop on a thread."""
    return await in_thread(function, name="arize-rows", grace=_GRACE)

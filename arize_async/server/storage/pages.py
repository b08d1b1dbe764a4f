"""Pages of a list, and the cursors that lead from one to the next.

A cursor holds the key of the last row that was sent and the list that it belongs to, never an offset: rows that are
added or removed meanwhile neither repeat nor skip others.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

import orjson
from attrs import frozen

from arize_async.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from arize_async.server.storage.transaction import Row, Transaction

T = TypeVar("T")


@frozen
class PageRequest:
    """How many rows to return, and after which."""

    limit: int = 50
    cursor: str | None = None


@frozen
class Page(Generic[T]):
    """Some rows of a list, and the cursor of the next page when there is one."""

    items: Sequence[T]
    next_cursor: str | None = None


def encode_cursor(scope: str, key: int) -> str:
    """Return the cursor behind the row with this key."""
    return base64.urlsafe_b64encode(orjson.dumps([scope, key])).decode().rstrip("=")


def decode_cursor(scope: str, cursor: str | None) -> int | None:
    """Return the key in a cursor; no cursor and an empty one mean the start.

    Raises:
        BadRequest: The cursor is none of ours, or of another list.
    """
    if not cursor:
        return None
    try:
        found, key = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, TypeError):
        raise _bad_cursor() from None
    if found != scope or type(key) is not int:
        raise _bad_cursor()
    return key


def filtered(scope: str, *conditions: object) -> str:
    """Name the part of a list that fits some conditions, None for those that are not set: cursors belong to it alone.

    >>> filtered("datasets", None, None), filtered("datasets", None, "a")
    ('datasets', 'datasets?e3a10b8b5a')
    """
    if all(condition is None for condition in conditions):
        return scope
    return f"{scope}?{hashlib.blake2b(json.dumps(conditions).encode(), digest_size=5).hexdigest()}"


def page_of(rows: Sequence[Row], limit: int, scope: str, build: Callable[[Row], T]) -> Page[T]:
    """Make a page of rows that begin with their key, of which one more than the limit was asked for."""
    more = len(rows) > limit
    kept = rows[:limit]
    return Page([build(row) for row in kept], encode_cursor(scope, kept[-1][0]) if more else None)


def newest_first(
    transaction: Transaction,
    select: str,
    conditions: Sequence[tuple[str, object]],
    request: PageRequest,
    *,
    scope: str,
    build: Callable[[Row], T],
) -> Page[T]:
    """Return a page of resources, the newest first; ``select`` names the table ``t`` and begins with ``t.no``."""
    wanted = [pair for pair in conditions if pair[1] is not None]
    scope = filtered(scope, *(value for _, value in conditions))
    after = decode_cursor(scope, request.cursor)
    if after is not None:
        wanted.append(("t.no < ?", after))
    where = f" WHERE {' AND '.join(condition for condition, _ in wanted)}" if wanted else ""
    sql = f"{select}{where} ORDER BY t.no DESC LIMIT ?"
    rows = transaction.all(sql, *(value for _, value in wanted), request.limit + 1)
    return page_of(rows, request.limit, scope, build)


def _bad_cursor() -> BadRequest:
    return BadRequest(
        "cursor: not a cursor of this list; send next_cursor as it was received",
        status=400,
        title="Invalid request parameters",
    )

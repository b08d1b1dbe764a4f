"""What the address of a page says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.server.storage.refusals import malformed

if TYPE_CHECKING:
    from aiohttp import web

_DIGITS = 9


def number(request: web.Request, name: str, default: int = 1) -> int:
    """Return a whole number from 1.

    Raises:
        BadRequest: It is none.
    """
    given = request.query.get(name, "") or str(default)
    if not (given.isascii() and given.isdigit() and len(given) <= _DIGITS and int(given) >= 1):
        raise malformed(f"{name}: expected a number from 1, got {given[:20]!r}")
    return int(given)


def word(request: web.Request, name: str, *known: str) -> str:
    """Return one of some words, the first when none is given.

    Raises:
        BadRequest: It is another one.
    """
    given = request.query.get(name, "") or known[0]
    if given not in known:
        raise malformed(f"{name}: expected one of {', '.join(known)}, got {given[:20]!r}")
    return given

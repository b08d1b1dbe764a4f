"""Ask before something is gone for good."""

from __future__ import annotations

import sys

from arize_async.errors import InvalidInput
from arize_async.models.unicode import visible


def confirm(what: str, *, yes: bool) -> None:
    """Return if somebody agrees that something is deleted.

    Raises:
        InvalidInput: Somebody does not, or nobody can be asked.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise InvalidInput(f"nobody can be asked whether to delete {what}, as there is no terminal; --yes says so")
    print(f"Delete {visible(what)} for good? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise InvalidInput("nothing was deleted")

"""A page that knows the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator


class Names:
    """Names of rooms; iterating fetches what follows."""

    def __init__(self, names: list[str], fetch: Callable[[str], Awaitable[Names]] | None = None) -> None:
        """Hold the names of this page."""
        self.names = names
        self._fetch = fetch
        self._call: Any = None

    def bind(self, call: Callable[..., Names]) -> Names:
        """Return a copy that fetches with ``call``."""
        bound = Names(self.names, self._fetch)
        bound._call = call
        return bound

    def __iter__(self) -> Iterator[str]:
        """Yield all names."""
        page = self
        while True:
            yield from page.names
            if page._fetch is None:
                return
            page = self._call(page._fetch, "next")

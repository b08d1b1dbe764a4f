"""Delete datasets and experiments, once somebody has agreed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from arize_async.cli.confirmation import confirm
from arize_async.cli.connection import open_client
from arize_async.cli.tables import print_json
from arize_async.models.unicode import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Awaitable, Callable, Sequence

    from arize_async.client import ArizeClient


class Named(Protocol):
    """What has an id and a name."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def name(self) -> str:
        """Its name."""
        ...


def remove(
    options: argparse.Namespace,
    kind: str,
    find: Callable[[ArizeClient, str], Awaitable[Named]],
    delete: Callable[[ArizeClient, str], Awaitable[None]],
) -> None:
    """Look everything up, ask once, and delete one after the other.

    Args:
        options: The options; ``names`` are the names and ids.
        kind: What is deleted, in words.
        find: Finds one by its name or id.
        delete: Deletes one by its id.

    Raises:
        InvalidInput: Nobody has agreed.
        ArizeError: One does not exist, and nothing was deleted; or the server refused.
    """
    found = asyncio.run(_find(options, find))
    confirm(f"{kind} {', '.join(f'{each.name!r} ({each.id})' for each in found)}", yes=options.yes)
    asyncio.run(_delete(options, delete, found))
    if options.json:
        print_json({"deleted": [{"id": each.id, "name": each.name} for each in found]})


async def _find(options: argparse.Namespace, find: Callable[[ArizeClient, str], Awaitable[Named]]) -> list[Named]:
    async with open_client(options) as client:
        named = [await find(client, name) for name in options.names]
    return list({each.id: each for each in named}.values())


async def _delete(
    options: argparse.Namespace, delete: Callable[[ArizeClient, str], Awaitable[None]], found: Sequence[Named]
) -> None:
    async with open_client(options) as client:
        for each in found:
            await delete(client, each.id)
            if not options.json:
                print(f"deleted {visible(each.name)} ({each.id})")

"""``arize-async datasets``: what experiments run on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from arize_async.cli.connection import open_client
from arize_async.cli.exports import WRITERS, export, target
from arize_async.cli.pages import print_items, take
from arize_async.cli.parsers import add_action, add_json, add_limit, describe
from arize_async.cli.removal import remove
from arize_async.cli.rows import ENDINGS, open_rows, source
from arize_async.cli.tables import moment, print_json
from arize_async.errors import InvalidInput
from arize_async.models.unicode import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from arize_async.client import ArizeClient
    from arize_async.models.dataset import Dataset

_MOST_PAGE = 100


def configure(parser: argparse.ArgumentParser) -> None:
    """Let a parser read the command's arguments."""
    describe(parser, "List, create, export and delete datasets.", ("create questions questions.jsonl", "from a file"))
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    shown = add_action(
        actions, "list", _list, "list datasets, the newest first", ("--name question", "by a part of it")
    )
    new = add_action(
        actions, "create", _create, "create a dataset from a file", ("questions questions.csv", "a row is an example")
    )
    export_ = add_action(
        actions, "export", _export, "write all examples to a file", ("questions questions.parquet", "and all columns")
    )
    gone = add_action(
        actions, "delete", _delete, "delete datasets with their experiments, for good", ("questions", "asks before")
    )
    shown.add_argument("--name", metavar="TEXT", help="only those whose name contains it")
    add_limit(shown)
    new.add_argument("name", metavar="NAME", help="unique in the space")
    new.add_argument("file", metavar="FILE", type=source, help=f"its ending is one of {', '.join(ENDINGS)}")
    export_.add_argument("dataset", metavar="DATASET", help="id or name")
    export_.add_argument(
        "file", metavar="FILE", type=target, help=f"its ending says in which form: {', '.join(WRITERS)}"
    )
    gone.add_argument("names", metavar="DATASET", nargs="+", help="id or name")
    gone.add_argument("--yes", action="store_true", help="do not ask")
    for action in (shown, new, export_, gone):
        action.add_argument("--space", metavar="NAME", help="id or name of the space; needed where there are several")
        add_json(action)


def _list(options: argparse.Namespace) -> None:
    async def read() -> tuple[list[Dataset], bool]:
        async with open_client(options) as client:
            limit = min(options.limit, _MOST_PAGE)
            page = await client.datasets.list(name=options.name, space=options.space, limit=limit)
            return await take(page, options.limit)

    def row(each: Dataset) -> Sequence[object]:
        return each.name, each.id, each.space_id, moment(each.created_at)

    columns = ("NAME", "ID", "SPACE", "CREATED")
    print_items("datasets", asyncio.run(read()), columns, row, as_json=options.json)


def _create(options: argparse.Namespace) -> None:
    rows = open_rows(options.file)

    async def create() -> Dataset:
        async with open_client(options) as client:
            space = options.space or await _only_space(client)
            return await client.datasets.create(name=options.name, space=space, examples=rows)

    dataset = asyncio.run(create())
    if options.json:
        print_json({"dataset": dataset.to_dict()})
    else:
        print(f"created {visible(dataset.name)} ({dataset.id})")


async def _only_space(client: ArizeClient) -> str:
    spaces = (await client.spaces.list(limit=20)).spaces
    if len(spaces) != 1:
        names = ", ".join(repr(space.name) for space in spaces) or "none"
        raise InvalidInput(f"name the --space; there are: {names}")
    return spaces[0].id


def _export(options: argparse.Namespace) -> None:
    async def fetch(path: Path) -> None:
        async with open_client(options) as client:
            await client.datasets.export_to_parquet(dataset=options.dataset, space=options.space, path=path)

    rows = export(options.file, fetch)
    if options.json:
        print_json({"file": str(options.file), "rows": rows})
    else:
        print(f"{rows} examples are in {options.file}")


def _delete(options: argparse.Namespace) -> None:
    async def find(client: ArizeClient, name: str) -> Dataset:
        return await client.datasets.get(dataset=name, space=options.space)

    async def delete(client: ArizeClient, found: str) -> None:
        await client.datasets.delete(dataset=found)

    remove(options, "with all its experiments the dataset", find, delete)

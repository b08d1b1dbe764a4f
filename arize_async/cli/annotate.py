"""``arize-async experiments annotate``: what a person thinks of a run."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from arize_async.cli.connection import open_client
from arize_async.cli.rows import read_rows
from arize_async.cli.tables import print_json
from arize_async.errors import NotFound

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from arize_async.client import ArizeClient

_PARTS = ("score", "label", "text")
_MOST_RECORDS = 1_000


def configure(parser: argparse.ArgumentParser) -> None:
    """Let a parser read the action's arguments."""
    parser.add_argument(
        "--run",
        dest="runs",
        metavar="ID",
        action="append",
        default=[],
        help="id of a run, as 'runs' shows it; can be given several times",
    )
    parser.add_argument("--name", metavar="NAME", help="the annotation config, which the space must have")
    parser.add_argument("--score", type=float, metavar="N")
    parser.add_argument("--label", metavar="LABEL")
    parser.add_argument("--text", metavar="TEXT")
    parser.add_argument(
        "--file",
        type=Path,
        metavar="FILE",
        help='a .json or .jsonl file instead, of objects like {"record_id": "...", "values": [{"name": "quality",'
        ' "label": "good"}]}',
    )


def run(options: argparse.Namespace) -> None:
    """Annotate; nothing is written unless all runs exist.

    Raises:
        SystemExit: There is nothing to write.
        InvalidInput: It cannot be written.
        NotFound: A run or the experiment does not exist.
    """
    records = _records(options)

    async def write() -> None:
        async with open_client(options) as client:
            place = {"dataset": options.dataset, "space": options.space}
            experiment = await client.experiments.get(experiment=options.experiment, **place)
            await _check(client, experiment.id, records)
            for start in range(0, len(records), _MOST_RECORDS):
                part = records[start : start + _MOST_RECORDS]
                await client.experiments.annotate_runs(experiment=experiment.id, annotations=part)

    asyncio.run(write())
    if options.json:
        print_json({"annotated": len(records)})
    else:
        print(f"{len(records)} {'run is' if len(records) == 1 else 'runs are'} annotated")


def _records(options: argparse.Namespace) -> Sequence[Mapping[str, Any]]:
    values = {part: value for part in _PARTS if (value := getattr(options, part)) is not None}
    if options.file:
        if options.runs or options.name or values:
            options.refuse("--file has the runs, the names and the values already")
        return read_rows(options.file)
    if not (options.runs and options.name and values):
        options.refuse("an annotation is of at least one --run, has a --name, and a --score, a --label or a --text")
    return [{"record_id": each, "values": [{"name": options.name, **values}]} for each in options.runs]


async def _check(client: ArizeClient, experiment: str, records: Sequence[Mapping[str, Any]]) -> None:
    """Servers pass over ids that no run has; here a mistyped one is an error."""
    page = await client.experiments.list_runs(experiment=experiment, all=True)
    known = set(cast("list[str]", page.to_df(exclude_none=False)["id"].to_list()) if page.count_items() else [])
    for record in records:
        if record.get("record_id") not in known:
            raise NotFound.by_name("run", str(record.get("record_id")), hint="Nothing was written.")

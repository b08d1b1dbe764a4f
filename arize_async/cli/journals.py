"""``arize-async journals``: what interrupted runs have left on this machine."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING

from arize_async.cli.exports import WRITERS, write
from arize_async.errors import ArizeError, InvalidInput
from arize_async.journal.folder import JournalFolder
from arize_async.journal.opening import delete, opened, peek

if TYPE_CHECKING:
    from arize_async.journal.folder import JournalFile

_DESCRIPTION = """\
Each run keeps a journal of what has finished. That of a run whose results are
on the server stays for a week, one that was interrupted for 30 days.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Let a parser read the command's arguments."""
    parser.description = _DESCRIPTION
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--directory",
        metavar="DIR",
        help="directory of this package's files (default: $ARIZE_DIRECTORY, which is ~/.arize)",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    actions.add_parser("list", help="show all journals").set_defaults(run=_list)
    show = actions.add_parser("show", help="show what a run was, and its results in short")
    export = actions.add_parser("export", help="write the results of a run to a file")
    upload = actions.add_parser("upload", help="send the results of a run whose upload failed")
    remove = actions.add_parser("delete", help="remove journals for good")
    for action, run in ((show, _show), (export, _export), (upload, _upload)):
        action.add_argument("id", metavar="ID", help="id, or the beginning of one")
        action.set_defaults(run=run)
    export.add_argument("file", metavar="FILE", help=f"its ending says in which form: {', '.join(WRITERS)}")
    upload.add_argument(
        "--local",
        nargs="?",
        const="",
        metavar="DIR",
        help="send to the embedded server with this directory (default: the one of ArizeClient.local());"
        " otherwise the client is set up by the ARIZE_* variables",
    )
    remove.add_argument("ids", metavar="ID", nargs="+", help="id, or the beginning of one")
    remove.set_defaults(run=_delete)


def _list(options: argparse.Namespace) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("ID", "STATE", "TASKS", "EXPERIMENT", "DATASET", "MIB", "CHANGED"):
        table.add_column(name, overflow="fold")
    for file in _folder(options).list():
        changed = dt.datetime.fromtimestamp(file.changed, dt.UTC).astimezone()
        table.add_row(file.id, *_facts(file), f"{file.bytes / 2**20:.1f}", f"{changed:%Y-%m-%d %H:%M}")
    console = Console()
    console.width = max(console.width, 1 if console.is_terminal else 250)
    console.print(table)


def _facts(file: JournalFile) -> tuple[str, str, str, str]:
    try:
        header, tasks = peek(file.path)
    except ArizeError as error:
        return type(error).__name__, "", "", ""
    state = "uploaded" if file.uploaded else "unfinished" if header.state == "running" else "not uploaded"
    return state, f"{tasks}/{header.count}", header.experiment, header.dataset_name


def _show(options: argparse.Namespace) -> None:
    from arize_async.results.result import ExperimentResult
    from arize_async.results.table import ResultTable

    file = _folder(options).find(options.id)
    journal = opened(file.path)
    header = journal.header
    facts = {
        "experiment": header.experiment,
        "dataset": f"{header.dataset_name} ({header.dataset_id})",
        "server": header.host,
        "task": header.task,
        "evaluators": ", ".join(header.evaluators) or "none",
        "state": header.state,
        "finished": f"{journal.held.complete} of {header.count} runs",
        "file": str(file.path),
    }
    for name, value in facts.items():
        print(f"{name + ':':<12}{value}")
    print(ExperimentResult.of_table(None, ResultTable(journal, header.evaluators)).summary)


def _export(options: argparse.Namespace) -> None:
    from arize_async.results.table import Batches

    target = Path(options.file)
    if target.suffix not in WRITERS:
        raise InvalidInput(f"the name of the file ends in one of {', '.join(WRITERS)}; got {target.name!r}")
    journal = opened(_folder(options).find(options.id).path)
    rows = write(Batches(journal, journal.header.evaluators, more_may_come=False), target)
    print(f"{rows} runs are in {target}")


def _upload(options: argparse.Namespace) -> None:
    from arize_async.client import ArizeClient

    async def upload() -> None:
        directory = options.directory
        if options.local is None:
            client = ArizeClient(arize_directory=directory)
        else:
            client = ArizeClient.local(options.local or None, arize_directory=directory)
        async with client:
            result = await client.experiments.upload_journal(journal=options.id)
        experiment = result.experiment
        print(f"{result.frame.height} runs are in the experiment {experiment.name if experiment else options.id!r}")

    asyncio.run(upload())


def _delete(options: argparse.Namespace) -> None:
    folder = _folder(options)
    for file in [folder.find(name) for name in options.ids]:
        delete(file.path)
        print(f"deleted {file.id}")


def _folder(options: argparse.Namespace) -> JournalFolder:
    return JournalFolder(Path(options.directory or os.environ.get("ARIZE_DIRECTORY") or "~/.arize").expanduser())

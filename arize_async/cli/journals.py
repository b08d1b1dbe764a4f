"""``arize-async journals``: what interrupted runs have left on this machine."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arize_async.cli.connection import add_connection, open_client
from arize_async.cli.exports import WRITERS, check_directory, target, write
from arize_async.cli.parsers import add_json, describe
from arize_async.cli.summaries import print_summary
from arize_async.cli.tables import moment, print_facts, print_json, print_table
from arize_async.errors import ArizeError
from arize_async.journal.folder import JournalFolder
from arize_async.journal.opening import delete, opened, peek

if TYPE_CHECKING:
    import argparse

    from arize_async.journal.folder import JournalFile
    from arize_async.results.result import ExperimentResult

_DESCRIPTION = """\
Each run keeps a journal of what has finished. That of a run whose results are
on the server stays for a week, one that was interrupted for 30 days.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Let a parser read the command's arguments."""
    describe(parser, _DESCRIPTION, ("list", "what there is, and how far it came"))
    parser.add_argument(
        "--directory",
        metavar="DIR",
        help="directory of this package's files (default: $ARIZE_DIRECTORY, which is ~/.arize)",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    shown = actions.add_parser("list", help="show all journals")
    shown.set_defaults(run=_list)
    show = actions.add_parser("show", help="show what a run was, and its results in short")
    export = actions.add_parser("export", help="write the results of a run to a file")
    upload = actions.add_parser("upload", help="send the results of a run whose upload failed")
    remove = actions.add_parser("delete", help="remove journals for good")
    for action, run in ((show, _show), (export, _export), (upload, _upload)):
        action.add_argument("id", metavar="ID", help="id, or the beginning of one")
        action.set_defaults(run=run)
    export.add_argument(
        "file", metavar="FILE", type=target, help=f"its ending says in which form: {', '.join(WRITERS)}"
    )
    add_connection(upload)
    remove.add_argument("ids", metavar="ID", nargs="+", help="id, or the beginning of one")
    remove.set_defaults(run=_delete)
    for action in (shown, show, export, upload, remove):
        add_json(action)
    describe(shown, "Show all journals, the newest first.", ("--json", "those of this machine, for a script"))
    describe(show, "Show what a run was, and its results in short.", ("squares", "the id is cut short"))
    describe(export, "Write the results of a run to a file.", ("squares squares.csv", "for a spreadsheet"))
    describe(upload, "Send the results of a run whose upload failed.", ("squares", "nothing is run again"))
    describe(remove, "Remove journals for good.", ("squares cubes", "two of them"))


def _list(options: argparse.Namespace) -> None:
    found = [_facts(file) for file in _folder(options).list()]
    if options.json:
        print_json({"journals": found})
        return
    rows = [
        (
            facts["id"],
            facts["state"],
            "" if facts["tasks"] is None else f"{facts['finished']}/{facts['tasks']}",
            facts["experiment"],
            facts["dataset"],
            f"{facts['bytes'] / 2**20:.1f}",
            moment(facts["changed"]),
        )
        for facts in found
    ]
    print_table(("ID", "STATE", "TASKS", "EXPERIMENT", "DATASET", "MIB", "CHANGED"), rows)


def _facts(file: JournalFile) -> dict[str, Any]:
    changed = dt.datetime.fromtimestamp(file.changed, dt.UTC)
    facts: dict[str, Any] = {"id": file.id, "bytes": file.bytes, "changed": changed}
    try:
        header, finished = peek(file.path)
    except ArizeError as error:
        unknown = dict.fromkeys(("finished", "tasks", "experiment", "dataset"))
        return {**facts, "state": type(error).__name__, **unknown}
    state = "uploaded" if file.uploaded else "unfinished" if header.state == "running" else "not uploaded"
    of_run = {"experiment": header.experiment, "dataset": header.dataset_name}
    return {**facts, "state": state, "finished": finished, "tasks": header.count, **of_run}


def _show(options: argparse.Namespace) -> None:
    from arize_async.results.result import ExperimentResult
    from arize_async.results.table import ResultTable

    file = _folder(options).find(options.id)
    journal = opened(file.path)
    header = journal.header
    summary = ExperimentResult.of_table(None, ResultTable(journal, header.evaluators)).summary
    if options.json:
        names = {"task": header.task, "evaluators": list(header.evaluators), "server": header.host}
        print_json({"journal": {**_facts(file), **names, "file": str(file.path)}, "summary": summary.to_dict()})
        return
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
    print_facts(facts.items())
    print_summary(summary)


def _export(options: argparse.Namespace) -> None:
    from arize_async.results.table import Batches

    check_directory(options.file)
    journal = opened(_folder(options).find(options.id).path)
    rows = write(Batches(journal, journal.header.evaluators, more_may_come=False), options.file)
    if options.json:
        print_json({"file": str(options.file), "rows": rows})
    else:
        print(f"{rows} runs are in {options.file}")


def _upload(options: argparse.Namespace) -> None:
    async def upload() -> ExperimentResult:
        async with open_client(options, arize_directory=options.directory) as client:
            return await client.experiments.upload_journal(journal=options.id)

    result = asyncio.run(upload())
    experiment, rows = result.experiment, result.frame.height
    if options.json:
        print_json({"experiment": experiment.to_dict() if experiment else None, "rows": rows})
    else:
        print(f"{rows} runs are in the experiment {experiment.name if experiment else options.id!r}")


def _delete(options: argparse.Namespace) -> None:
    folder = _folder(options)
    found = [folder.find(name) for name in options.ids]
    for file in found:
        delete(file.path)
        if not options.json:
            print(f"deleted {file.id}")
    if options.json:
        print_json({"deleted": [{"id": file.id} for file in found]})


def _folder(options: argparse.Namespace) -> JournalFolder:
    return JournalFolder(Path(options.directory or os.environ.get("ARIZE_DIRECTORY") or "~/.arize").expanduser())

"""``arize-async run``: an experiment from a Python file."""

from __future__ import annotations

import asyncio
import inspect
import os
import sys
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING, Any

from arize_async.cli.connection import add_connection, open_client
from arize_async.cli.experiment_file import described, load
from arize_async.cli.exports import WRITERS, check_directory, target, write
from arize_async.cli.parsers import add_json, describe, positive
from arize_async.cli.statuses import Status
from arize_async.cli.summaries import print_summary
from arize_async.cli.tables import print_facts, print_json, print_note
from arize_async.errors import InvalidInput, JournalError, RunError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Generator
    from pathlib import Path

    from arize_async.results.result import ExperimentResult

_DESCRIPTION = """\
Run an experiment that a Python file describes.

OBJECT, by default "experiment", is a dict with the arguments of
client.experiments.run, or a function without parameters, plain or async, that
returns one, or a task. Options take the place of its arguments.

Progress and what the file prints go to standard error, the result to standard
output.
"""
_SWITCHES = ("dry_run", "exit_on_error", "force_http")
_VALUES = ("name", "dataset", "space", "concurrency", "repetitions", "timeout", "isolation", "dry_run_count")


def configure(parser: argparse.ArgumentParser) -> None:
    """Let a parser read the command's arguments."""
    describe(
        parser,
        _DESCRIPTION,
        ("capitals.py", "the experiment of the file"),
        ("capitals.py --name v2 --concurrency 50", "with another name and more at once"),
        ("capitals.py:answer --name v3 --dataset capitals", "a task alone, without evaluators"),
        ("capitals.py --dry-run --fail-on-error", "the first ten examples, nothing is recorded; for CI"),
    )
    parser.add_argument("file", metavar="FILE[:OBJECT]", help="a Python file, and what in it is the experiment")
    over = parser.add_argument_group("arguments of the experiment")
    over.add_argument("--name", metavar="NAME", help="name of the experiment, unique in the dataset")
    over.add_argument("--dataset", metavar="NAME", help="id or name of the dataset")
    over.add_argument("--space", metavar="NAME", help="id or name of the space")
    over.add_argument("--concurrency", type=positive, metavar="N", help="most tasks at the same time")
    over.add_argument("--repetitions", type=positive, metavar="N", help="how often each example is run")
    over.add_argument("--timeout", type=float, metavar="SECONDS", help="of each call of the task and of evaluators")
    over.add_argument("--isolation", choices=("thread", "process"), help="where synchronous code runs")
    over.add_argument("--exit-on-error", action="store_true", help="stop at the first error")
    over.add_argument("--force-http", action="store_true", help="use REST alone")
    over.add_argument("--dry-run", action="store_true", help="run the first examples and record nothing")
    over.add_argument("--dry-run-count", type=positive, metavar="N", help="so many of them (default: 10)")
    again = over.add_mutually_exclusive_group()
    again.add_argument("--resume", action="store_true", help="go on with an interrupted run of this name")
    again.add_argument("--resume-failed", action="store_true", help="the same, and repeat what failed")
    output = parser.add_argument_group("output")
    add_json(parser)
    output.add_argument("--quiet", action="store_true", help="no progress")
    output.add_argument("--output", metavar="FILE", type=target, help=f"write all runs to a file, {', '.join(WRITERS)}")
    output.add_argument("--fail-on-error", action="store_true", help="exit status 3 when a task or an evaluator failed")
    add_connection(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the experiment, write the result, and return the exit status.

    Raises:
        ArizeError: It could not be done.
    """
    if options.output:
        check_directory(options.output)
    try:
        with _set_aside():
            found = load(options.file)
            result = asyncio.run(_run(options, found))
    except KeyboardInterrupt:
        print_note("interrupted: what finished is kept; the same command with --resume goes on")
        return Status.INTERRUPTED
    except (RunError, JournalError) as error:
        print_note(f"arize-async: error: {error}".replace("resume=True", "--resume"))
        return Status.FAILED
    if options.output:
        _write(result, options.output)
    _show(result, as_json=options.json)
    failures = result.failures.height
    if failures and options.fail_on_error:
        print_note(f"{failures} of {result.frame.height} runs failed or lack an evaluation")
        return Status.CONDITION
    return Status.DONE


@contextmanager
def _set_aside() -> Generator[None]:
    """Send to standard error what the user's code prints, also in worker processes."""
    if sys.__stdout__ is None:  # a process may be started without
        yield
        return
    sys.__stdout__.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


async def _run(options: argparse.Namespace, found: object) -> ExperimentResult:
    async with open_client(options) as client:
        keywords = inspect.signature(client.experiments.run).parameters
        arguments: dict[str, Any] = {
            "progress": not options.quiet,
            **await described(found, keywords),
            **_given(options),
        }
        for name in ("task", "name", "dataset"):
            if not arguments.get(name):
                hint = "" if name == "task" else f"; give it there, or as --{name}"
                raise InvalidInput(f"the experiment of {options.file} has no {name!r}{hint}")
        return await client.experiments.run(**arguments)


def _given(options: argparse.Namespace) -> dict[str, Any]:
    given: dict[str, Any] = {name: True for name in _SWITCHES if getattr(options, name)}
    given |= {name: value for name in _VALUES if (value := getattr(options, name)) is not None}
    if options.resume or options.resume_failed:
        given["resume"] = "failed" if options.resume_failed else "missing"
    return given | ({"progress": False} if options.quiet else {})


def _write(result: ExperimentResult, file: Path) -> None:
    rows = write(result.frame.to_arrow().to_reader(), file)
    print_note(f"{rows} runs are in {file}")


def _show(result: ExperimentResult, *, as_json: bool) -> None:
    experiment, summary = result.experiment, result.summary
    if as_json:
        print_json({"experiment": experiment.to_dict() if experiment else None, "summary": summary.to_dict()})
        return
    if experiment:
        print_facts((("name", experiment.name), ("id", experiment.id)))
    else:
        print("a dry run: nothing is recorded")
    print_summary(summary)

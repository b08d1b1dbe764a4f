"""The journal of one run: found or made at its start, ended whatever ends the run."""

from __future__ import annotations

import logging
import time
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

import anyio
from attrs import frozen

from arize_async.errors import ArizeError, JournalError, ResumeRefused
from arize_async.journal.folder import JournalFolder, account_of
from arize_async.journal.header import Header
from arize_async.journal.journal import Journal
from arize_async.journal.opening import claim, temporary
from arize_async.results.table import ResultTable
from arize_async.transport.threads import in_thread

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from arize_async.config import Config
    from arize_async.models.dataset import Dataset
    from arize_async.runs.examples import Examples
    from arize_async.runs.plan import Plan

log = logging.getLogger("arize_async.runs")


@frozen(eq=False)
class Record:
    """What a run leaves on disk.

    Attributes:
        journal: What is written.
        table: What is read.
    """

    journal: Journal
    table: ResultTable

    @property
    def advice(self) -> str:
        """Where what finished is, and how to go on; for the end of messages."""
        if not self.journal.is_worth_keeping:
            return ""
        return f" They are kept in {self.journal.path}: run it again with resume=True to go on"


@asynccontextmanager
async def recorded(
    config: Config, opened: Callable[[], Journal], evaluators: tuple[str, ...] | None = None
) -> AsyncGenerator[Record]:
    """Hold a journal, whose evaluators are those of its header if nothing else is said.

    Raises:
        JournalError: Whatever opening it raises.
    """
    journal = await in_thread(opened, name="arize-journal-claim", grace=0)
    record = Record(journal, ResultTable(journal, journal.header.evaluators if evaluators is None else evaluators))
    is_ours = False
    try:
        yield record
    except ArizeError:
        is_ours = True
        raise
    finally:
        with anyio.CancelScope(shield=True), suppress(TimeoutError):
            with anyio.fail_after(config.timeouts.close):
                await in_thread(partial(_end, record), name="arize-journal-end", grace=0)
        if not is_ours and journal.is_worth_keeping and journal.header.state != "uploaded":
            log.warning(
                "the run %r was interrupted: %d of %d tasks ended and are kept in %s; run it again with resume=True",
                journal.header.experiment,
                journal.held.tasks,
                journal.header.count,
                journal.path,
            )


def header_of(config: Config, plan: Plan, dataset: Dataset, examples: Examples) -> Header:
    """Return what a run is."""
    host, account = account_of(config)
    version = next(iter(dataset.versions or []), None)
    changed = version.updated_at if version else dataset.updated_at
    return Header(
        host=host,
        account=account,
        space_id=dataset.space_id,
        dataset_id=dataset.id,
        dataset_name=dataset.name,
        dataset_version=version and version.id,
        dataset_changed=changed and changed.isoformat(),
        examples=examples.digest,
        count=examples.count * plan.repetitions,
        experiment=plan.name,
        task=plan.task_name,
        evaluators=plan.evaluator_names,
        repetitions=plan.repetitions,
        force_http=plan.force_http,
        created_ms=time.time_ns() // 1_000_000,
    )


def check_sendable(config: Config, journal: Journal) -> None:
    """Make sure that a journal can be uploaded as it is.

    Raises:
        JournalError: Its runs are on the server already, or some are left to do.
        ResumeRefused: It is of another account or host.
    """
    header, done = journal.header, journal.held.complete
    if header.state == "uploaded":
        raise JournalError(f"the runs of {header.experiment!r} are on the server already")
    if done != header.count:
        raise JournalError(
            f"{header.count - done} of {header.count} runs of {header.experiment!r} are not finished; run it again with"
            " resume=True"
        )
    host, account = account_of(config)
    if header.account != account:
        raise ResumeRefused(
            f"the run of {header.experiment!r} belongs to another API key or server ({header.host}; this client's is"
            f" {host})"
        )


def claimed(config: Config, plan: Plan, dataset: Dataset) -> Journal:
    """Find or make the journal of a run; this blocks.

    Raises:
        UnfinishedRun: There is one of an interrupted run, which is not to be resumed.
        JournalInUse: Another run has it.
        JournalError: It cannot be kept.
    """
    if plan.dry_run:
        return temporary()
    folder = JournalFolder(config.directory)
    _, account = account_of(config)
    return claim(folder, folder.place(account, dataset.id, plan.name), resume=plan.resume is not None)


def _end(record: Record) -> None:
    record.journal.end()
    record.table.seal()
    if record.journal.is_begun:
        with suppress(JournalError):  # whoever asks for the frame gets it
            record.table.prepare()

"""One run's journal: claimed before the run, written while it runs, read when somebody asks for its results."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from attrs import evolve

from arize_async.errors import JournalError, ResumeRefused
from arize_async.journal.columnar import columns_of
from arize_async.journal.folder import UNFINISHED, UPLOADED, remove
from arize_async.journal.reading import Survey, read
from arize_async.journal.writer import JournalWriter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from arize_async.journal.folder import JournalFolder
    from arize_async.journal.header import Header, State
    from arize_async.journal.reading import Record
    from arize_async.journal.store import Store
    from arize_async.models.columns import RunColumns
    from arize_async.models.finished import FinishedEvaluation, FinishedTask


log = logging.getLogger("arize_async.journal")


class Journal:
    """What a run was, and what of it is done.

    Attributes:
        held: What was in it when it was opened, and what came since.
        is_begun: Whether it belongs to the run that is asked for.
        earlier: What an interrupted run of this name was, also when nothing of it is left to go on with.
    """

    def __init__(
        self,
        store: Store,
        header: Header | None,
        held: Survey,
        folder: JournalFolder | None = None,
        earlier: Header | None = None,
    ) -> None:
        """Take an open file and what it says; a dry run has no folder."""
        self.held = held
        self.earlier = earlier or header
        self._store = store
        self._header = header
        self._folder = folder
        self._writer: JournalWriter | None = None
        self._read_bytes = 0
        self._width = 1  # keys of a run: the task's and each evaluator's
        self.is_begun = False

    def __repr__(self) -> str:
        """Show how much is in it."""
        name = self._header.experiment if self._header else ""
        return f"<Journal {name!r} [{self.held.tasks} tasks]>"

    @property
    def path(self) -> Path | None:
        """The file; None when it is temporary or was removed."""
        return self._store.path

    @property
    def header(self) -> Header:
        """What the run was."""
        if self._header is None:
            raise JournalError("the journal has no header")
        return self._header

    @property
    def bytes(self) -> int:
        """Size of the records."""
        return self._read_bytes + (self._writer.bytes if self._writer else 0)

    @property
    def commits(self) -> int:
        """How many records of this run are committed."""
        return self._writer.committed if self._writer else 0

    @property
    def is_worth_keeping(self) -> bool:
        """Whether there is something that a later run can go on with."""
        header = self._header
        return self.path is not None and header is not None and (header.state != "running" or self.held.succeeded > 0)

    def begin(self, header: Header) -> None:
        """Say what the run is; this blocks.

        Raises:
            ResumeRefused: The journal is that of another run.
            JournalError: It cannot be written.
        """
        if self._header is None:
            self._header = header
            self._store.set_header(header)
        elif differences := self._header.differences(header):
            raise ResumeRefused(
                f"the interrupted run of {header.experiment!r} cannot be resumed: {'; '.join(differences)}. Undo that"
                f" to resume it; or give this run another name; or delete the other one: {delete_command(self.path)}"
            )
        self._read_bytes = self._store.size() if self.held.tasks else 0
        self.is_begun = True

    def start(self) -> None:
        """Take records from now on, on this event loop."""
        self._width = len(self.header.evaluators) + 1
        self._writer = JournalWriter(self._store)

    def add_task(self, position: int, task: FinishedTask, *, again: bool) -> int:
        """Take a task that ended; ``again`` when one had failed at this position."""
        if again:
            self.held.failed -= not task.failed
        else:
            self.held.tasks += 1
            self.held.failed += task.failed
        return self._writing.add(position * self._width, task)

    def add_evaluation(self, position: int, index: int, evaluation: FinishedEvaluation) -> int:
        """Take an evaluation that ended."""
        return self._writing.add(position * self._width + 1 + index, evaluation)

    async def committed(self, number: int) -> None:
        """Wait until what was taken is on disk.

        Raises:
            JournalError: It cannot be written.
        """
        if number:
            await self._writing.wait(number)

    async def note(self, state: State, **facts: str | None) -> None:
        """Write how far the run is.

        Raises:
            JournalError: It cannot be written.
        """
        await asyncio.to_thread(self.note_here, state, **facts)

    def note_here(self, state: State, **facts: str | None) -> None:
        """Do what ``note`` does; this blocks.

        Raises:
            JournalError: It cannot be written.
        """
        self._header = evolve(self.header, state=state, **facts)
        self._store.set_header(self._header)

    def records(self, first: int = 0, end: int | None = None) -> Iterator[list[Record]]:
        """Yield what is committed; this blocks.

        Raises:
            JournalError: It cannot be read, or is damaged.
        """
        return read(self._store, self.header.evaluators, first, end)

    def columns(self) -> Iterator[RunColumns]:
        """Yield the runs whose task ended; this blocks.

        Raises:
            JournalError: It cannot be read, or is damaged.
        """
        return columns_of(self._store, self.header.evaluators)

    def end(self) -> None:
        """Commit what waits and let the file go, readable for whoever holds this; this blocks.

        A journal of a run that is on the server is kept for a while; one that holds nothing of worth is removed.

        Raises:
            JournalError: The last records could not be written.
        """
        if self._writer is not None:
            self._writer.close()
        path, folder = self.path, self._folder
        if path is None or folder is None:
            return
        if self._store.is_gone:  # the name may be another journal's: nothing that goes by it may be done
            if self._writer is None or not self._writer.is_gone:
                log.warning("the journal %s was removed while its run went on", path)
            self._store.path = None
            return
        self._settle()
        if not self.is_worth_keeping:
            remove(path)
            self._store.path = None
        elif self._is_sent:
            self._store.path = path.replace(path.with_suffix(UPLOADED))
        folder.tidy()

    def _settle(self) -> None:
        try:
            self._store.settle(safe=not self._is_sent)
        except JournalError as error:  # a full disk; what was committed is there
            log.warning("%s", error)

    @property
    def _is_sent(self) -> bool:
        return self._header is not None and self._header.state == "uploaded"

    @property
    def _writing(self) -> JournalWriter:
        if self._writer is None:
            raise JournalError("the journal is not open for writing")
        return self._writer


def delete_command(path: Path | None) -> str:
    """Return how to delete a journal on the command line."""
    return f"`arize-async journals delete {path.name.removesuffix(UNFINISHED) if path else ''}`"

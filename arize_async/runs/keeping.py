"""The journal as the engine sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.errors import JournalError

if TYPE_CHECKING:
    from arize_async.journal.journal import Journal
    from arize_async.runs.invoke import Job


class Keeping:
    """Keeps what came of jobs."""

    def __init__(self, journal: Journal) -> None:
        """Take the journal that the jobs are written to."""
        self._journal = journal

    @property
    def kept(self) -> int:
        """How many records are committed."""
        return self._journal.commits

    def number(self, item: Job) -> int:
        """Return the number of the latest record of a job."""
        return item.number

    async def keep(self, number: int) -> bool:
        """Wait until a record is committed; False when it cannot be, which whoever takes the results is told."""
        try:
            await self._journal.committed(number)
        except JournalError:
            return False
        return True

"""What a run has to do: every example, or what an interrupted run has left."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from arize_async.journal.reading import kept
from arize_async.runs.invoke import Job

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from arize_async.journal.journal import Journal
    from arize_async.journal.reading import Record
    from arize_async.models.example import Example
    from arize_async.runs.examples import Examples


class Jobs:
    """The examples of a run that are not done.

    Attributes:
        count: How many there are.
    """

    def __init__(self, examples: Examples, repetitions: int, journal: Journal, *, retry_failed: bool) -> None:
        """Compare the examples with what the journal has; ``count`` is known after ``survey``."""
        self._examples = examples
        self._repetitions = repetitions
        self._journal = journal
        self._retry_failed = retry_failed
        self._is_resumed = bool(journal.held.tasks)
        self.count = examples.count * repetitions

    async def survey(self) -> None:
        """Count what is left.

        Raises:
            JournalError: The journal cannot be read.
        """
        if self._is_resumed:
            self.count -= await asyncio.to_thread(self._complete)

    def _complete(self) -> int:
        return sum(self._is_complete(record) for records in self._journal.records() for record in records)

    async def __aiter__(self) -> AsyncIterator[Sequence[Job]]:
        """Give what is left in chunks, in the order of the dataset."""
        first = 0
        async for examples in self._examples.chunks(self._repetitions):
            if self._is_resumed:
                yield await asyncio.to_thread(self._left, first, examples)
            else:
                yield [Job(first + place, example) for place, example in enumerate(examples)]
            first += len(examples)

    def _left(self, first: int, examples: Sequence[Example]) -> list[Job]:
        found = {
            record.position: record
            for records in self._journal.records(first, first + len(examples))
            for record in records
        }
        jobs = (self._job(first + place, example, found) for place, example in enumerate(examples))
        return [job for job in jobs if job is not None]

    def _job(self, position: int, example: Example, found: dict[int, Record]) -> Job | None:
        record = found.get(position)
        if record is None:
            return Job(position, example)
        if self._is_complete(record):
            return None
        what = kept(record, self._journal.header.evaluators, successes_only=self._retry_failed)
        return Job(position, example, what, had_failed=record.has_failed)

    def _is_complete(self, record: Record) -> bool:
        return record.is_complete(len(self._journal.header.evaluators), successes_only=self._retry_failed)

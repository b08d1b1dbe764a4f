"""Records as whole runs again, in the order of the dataset and some at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field, frozen

from arize_async.errors import JournalError
from arize_async.journal.records import Damaged, Values, decode, evaluation_of, task_of
from arize_async.models.finished import FinishedEvaluation, FinishedTask

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from arize_async.journal.store import Store

_NO_END = 2**63 - 1
_ERROR_OF_TASK, _ERROR_OF_EVALUATION = 3, 4  # places in what `records` writes


@define
class Record:
    """What there is of one run, as it was written.

    Attributes:
        position: Place of the run in the order of the dataset, from 0.
        task: The task.
        evaluations: Those that ended, by the place of their evaluator.
    """

    position: int
    task: Values | None = None
    evaluations: dict[int, Values] = field(factory=dict)

    @property
    def has_failed(self) -> bool:
        """Whether the task raised."""
        return self.task is not None and self.task[_ERROR_OF_TASK] is not None

    def is_complete(self, evaluators: int, *, successes_only: bool) -> bool:
        """Whether nothing is left to do: nothing is missing, or nothing is missing or failed."""
        if self.task is None:
            return False
        if self.has_failed:
            return not successes_only
        if len(self.evaluations) < evaluators:
            return False
        return not successes_only or all(values[_ERROR_OF_EVALUATION] is None for values in self.evaluations.values())


@frozen
class Kept:
    """What need not be done again for one run.

    Attributes:
        task: The task; None when it has to be called.
        evaluations: The evaluations, None where the evaluator has to be called.
    """

    task: FinishedTask | None
    evaluations: tuple[FinishedEvaluation | None, ...]


@define
class Survey:
    """What a journal holds.

    Attributes:
        tasks: Tasks that ended.
        failed: How many of them raised.
        complete: Runs that have all their evaluations as well, or whose task failed.
        damaged: Lines that are not what was written.
    """

    tasks: int = 0
    failed: int = 0
    complete: int = 0
    damaged: int = 0

    @property
    def succeeded(self) -> int:
        """Tasks that returned."""
        return self.tasks - self.failed


def read(store: Store, names: Sequence[str], first: int = 0, end: int | None = None) -> Iterator[list[Record]]:
    """Yield the runs from a position on, as many at a time as memory takes easily.

    Raises:
        JournalError: The file cannot be read, or is not what was written.
    """
    for records, damaged in _pages(store, len(names) + 1, first, end):
        if damaged:
            raise damaged_error(store)
        yield records


def lines_of(store: Store, first: int = 0, end: int = _NO_END) -> Iterator[tuple[list[bytes], bool]]:
    """Yield the lines from a key on, as many at a time as memory takes easily, and whether more follow."""
    found = store.page(first, end)
    while found is not None:
        lines, last = found
        found = store.page(last + 1, end)
        yield lines.split(b"\n"), found is not None


def damaged_error(store: Store) -> JournalError:
    """Return the error of a journal with a line that is not what was written."""
    return JournalError(
        f"the journal {store.path} is damaged: what a disk gives back is not what was written. Run again with"
        " resume=True: what is damaged is done again"
    )


def survey(store: Store, names: Sequence[str]) -> Survey:
    """Count what there is."""
    found = Survey()
    for records, damaged in _pages(store, len(names) + 1, 0, None):
        found.damaged += damaged
        for record in records:
            if record.task is not None:
                found.tasks += 1
                found.failed += record.has_failed
                found.complete += record.is_complete(len(names), successes_only=False)
    return found


def kept(record: Record, names: Sequence[str], *, successes_only: bool) -> Kept:
    """Return what need not be done again."""
    task = None if record.task is None or (successes_only and record.has_failed) else task_of(record.task)
    found = (None if task is None else record.evaluations.get(index) for index in range(len(names)))
    evaluations = (
        None if values is None else evaluation_of(name, values) for name, values in zip(names, found, strict=True)
    )
    return Kept(task, tuple(None if each and successes_only and each.failed else each for each in evaluations))


def _pages(store: Store, width: int, first: int, end: int | None) -> Iterator[tuple[list[Record], int]]:
    """Yield runs, and how many lines are damaged; a page may end within a run, which then begins the next one."""
    unfinished: Record | None = None
    for lines, goes_on in lines_of(store, first * width, _NO_END if end is None else end * width):
        records: list[Record] = [] if unfinished is None else [unfinished]
        damaged = 0
        for line in lines:
            try:
                key, values = decode(line)
            except Damaged:
                damaged += 1
                continue
            position, part = divmod(key, width)
            if not records or records[-1].position != position:
                records.append(Record(position))
            if part:
                records[-1].evaluations[part - 1] = values
            else:
                records[-1].task = values
        unfinished = records.pop() if records and goes_on else None
        yield records, damaged

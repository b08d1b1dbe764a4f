"""Records as columns, made without an object a record: many small objects would keep the garbage collector busy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from arize_async.journal.reading import damaged_error, lines_of
from arize_async.journal.records import Damaged, decode, metadata_of, output_of
from arize_async.models.columns import EvaluationColumns, RunColumns
from arize_async.models.finished import SKIPPED, STOPPED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from arize_async.journal.records import Values
    from arize_async.journal.store import Store

_EVALUATION_VALUES, _NO_USAGE = 7, (None, None)  # as `records` writes them, usage only where there is some
_OUTPUT, _ERROR, _ATTEMPTS = 1, 3, 10


class _Columns:
    """Runs that are put together; evaluations that are missing say why."""

    def __init__(self, evaluators: int) -> None:
        self._tasks: list[Values] = []
        self._evaluations: list[list[Values]] = [[] for _ in range(evaluators)]
        self._evaluators = self._filled = evaluators
        self._has_failed = False

    @property
    def rows(self) -> int:
        """How many runs there are."""
        return len(self._tasks)

    def add_task(self, values: Values) -> None:
        """Begin a run."""
        self._fill(self._evaluators)
        self._filled = 0
        self._has_failed = values[_ERROR] is not None
        values[_OUTPUT] = output_of(values)
        values[_ATTEMPTS] = len(values[_ATTEMPTS])  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] - a list
        self._tasks.append(values)

    def add_evaluation(self, index: int, values: Values) -> None:
        """Add an evaluation of the run that was begun last."""
        if self._has_failed or index < self._filled:
            return
        self._fill(index)
        if len(values) == _EVALUATION_VALUES:
            values += _NO_USAGE
        self._append(index, values)

    def done(self) -> RunColumns:
        """Return all runs."""
        self._fill(self._evaluators)
        columns: Any = zip(*self._tasks, strict=True)
        _, outputs, examples, failures, traces, _, begun, latencies, tokens, costs, attempts, repetitions = columns
        return RunColumns(
            examples,
            outputs,
            failures,
            traces,
            begun,
            latencies,
            tokens,
            costs,
            repetitions,
            attempts,
            [_evaluations(rows) for rows in self._evaluations],
        )

    def _fill(self, end: int) -> None:
        while self._filled < end:
            reason = SKIPPED if self._has_failed else STOPPED
            self._append(self._filled, [None, None, None, None, reason, None, None, *_NO_USAGE])

    def _append(self, index: int, values: Values) -> None:
        self._evaluations[index].append(values)
        self._filled = index + 1


def _evaluations(rows: list[Values]) -> EvaluationColumns:
    columns: Any = zip(*rows, strict=True)
    scores, labels, explanations, facts, errors, *others = columns
    return EvaluationColumns(scores, labels, explanations, [metadata_of(text) for text in facts], errors, *others)


def columns_of(store: Store, names: Sequence[str]) -> Iterator[RunColumns]:
    """Yield the runs whose task ended, in the order of the dataset and some at a time.

    Raises:
        JournalError: The file cannot be read, or is not what was written.
    """
    width, columns, position, is_due = len(names) + 1, _Columns(len(names)), -1, False
    for lines, _ in lines_of(store):
        for line in lines:
            try:
                key, values = decode(line)
            except Damaged:
                raise damaged_error(store) from None
            place, part = divmod(key, width)
            if part:
                if place == position:
                    columns.add_evaluation(part - 1, values)
                continue
            if is_due:  # the run before this one, which may have begun on an earlier page, is complete
                yield columns.done()
                columns, is_due = _Columns(len(names)), False
            position = place
            columns.add_task(values)
        is_due = columns.rows > 0
    if columns.rows:
        yield columns.done()

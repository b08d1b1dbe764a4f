"""Columns of all runs, kept for the experiments that were looked at last."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, TypeVar, cast

import polars as pl
import pyarrow as pa
from attrs import define, field, frozen

from arize_async.server.storage import columns, run_columns, selections
from arize_async.server.storage.columns import Column
from arize_async.server.storage.refusals import unprocessable
from arize_async.server.storage.run_columns import RunColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from arize_async.server.storage.experiments import StoredExperiment
    from arize_async.server.storage.transaction import Transaction

BYTES = 256 * 1024 * 1024
_SELECTIONS = 16
_MADE = 128
"""How many summaries and comparisons are kept; they hold numbers, and no runs."""
T = TypeVar("T")
_TEXTS = (Column("output", pa.string()), Column("error", pa.string()))
FACTS = ("latency", "token_count", "total_cost", "execution_status", "repetition", "attempts")
"""Columns of a run that are not an evaluator's."""


@frozen
class Selection:
    """Which runs, in which order; texts that are empty choose nothing."""

    only: str = ""
    sort: str = ""
    is_descending: bool = False


@define(eq=False)
class _Entry:
    columns: dict[str, RunColumn] = field(factory=dict)
    selected: OrderedDict[Selection, pl.Series] = field(factory=OrderedDict)

    @property
    def size(self) -> int:
        columns_size = sum(column.values.nbytes for column in self.columns.values())
        return columns_size + sum(8 * len(rows) for rows in self.selected.values())


class RunCache:
    """Knows columns and selections by experiment and its last change; may be used from any thread."""

    def __init__(self, limit: int = BYTES) -> None:
        """Keep nothing yet, and never more than so many bytes beyond the experiment in use."""
        self._limit = limit
        self._entries: OrderedDict[tuple[int, datetime | None], _Entry] = OrderedDict()
        self._made: OrderedDict[tuple[object, ...], object] = OrderedDict()
        self._changing = threading.Lock()

    def __repr__(self) -> str:
        """Show how much is kept."""
        return f"<RunCache of {len(self._entries)} experiments>"

    def knows(self, what: str, *found: StoredExperiment) -> bool:
        """Whether something was made of experiments already, which have not changed since."""
        with self._changing:
            return (what, *map(_key, found)) in self._made

    def made(self, what: str, make: Callable[[], T], *found: StoredExperiment) -> T:
        """Return what was made of experiments, or make it."""
        key = (what, *map(_key, found))
        with self._changing:
            if key in self._made:
                self._made.move_to_end(key)
                return cast("T", self._made[key])
        value = make()
        with self._changing:
            self._made[key] = value
            while len(self._made) > _MADE:
                self._made.popitem(last=False)
        return value

    def frame(self, transaction: Transaction, experiment: StoredExperiment, names: Iterable[str]) -> pl.DataFrame:
        """Return ``seq``, ``id``, ``example_id`` and open columns of all runs, in their order."""
        found = self._columns(transaction, experiment, names)
        wanted = dict.fromkeys((*run_columns.KEYS, *names))
        series = [pl.Series(name, found[name].values) for name in wanted if name in found]
        return pl.DataFrame(series)

    def selected(self, transaction: Transaction, experiment: StoredExperiment, selection: Selection) -> pl.Series:
        """Return the numbers of the runs of a selection, in its order; runs without a value come last.

        Raises:
            BadRequest: The filter is blank.
            UnprocessableEntity: The filter is none, or there is no column to sort by.
        """
        found = self._columns(transaction, experiment, [selection.sort] if selection.sort else [])
        with self._changing:
            entry = self._entries.get(_key(experiment))
            if entry is not None and selection in entry.selected:
                entry.selected.move_to_end(selection)
                return entry.selected[selection]
        rows = _selected(transaction, experiment, selection, found)
        with self._changing:
            if entry is not None:
                entry.selected[selection] = rows
                while len(entry.selected) > _SELECTIONS:
                    entry.selected.popitem(last=False)
        return rows

    def _columns(
        self, transaction: Transaction, experiment: StoredExperiment, names: Iterable[str]
    ) -> dict[str, RunColumn]:
        key = _key(experiment)
        with self._changing:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            if not entry.columns:
                entry.columns |= run_columns.load_keys(transaction, experiment.number)
            absent = [name for name in names if name not in entry.columns]
            known = {column.name: column for column in (*_TEXTS, *columns.read(transaction, experiment.number))}
            if wanted := [known[name] for name in absent if name in known]:
                entry.columns |= run_columns.load(transaction, experiment.number, wanted)
            self._forget(key)
            return dict(entry.columns)

    def _forget(self, using: tuple[int, datetime | None]) -> None:
        for key in [key for key in self._entries if key[0] == using[0] and key != using]:
            del self._entries[key]
        while len(self._entries) > 1 and sum(entry.size for entry in self._entries.values()) > self._limit:
            self._entries.popitem(last=False)


def figure_columns(transaction: Transaction, experiment: StoredExperiment) -> list[str]:
    """Return the columns of an experiment that its summary, its plots and comparisons need."""
    found = [
        column.name
        for column in columns.read(transaction, experiment.number)
        if column.name in FACTS
        or (column.name.startswith("eval.") and column.name.endswith((".score", ".label", ".error")))
    ]
    return ["error", *found]


def evaluators(names: Iterable[str]) -> list[str]:
    """Return the names of the evaluators that columns belong to, in order.

    >>> evaluators(["latency", "eval.a.b.score", "eval.a.b.label"])
    ['a.b']
    """
    parts = [name.removeprefix("eval.").rpartition(".") for name in names if name.startswith("eval.")]
    found = dict.fromkeys(head for head, _, part in parts if head and part in {"score", "label"})
    # "score" may be a key of an evaluator's metadata
    return [name for name in found if ".metadata" not in name or name.partition(".metadata")[0] not in found]


def _selected(
    transaction: Transaction, experiment: StoredExperiment, selection: Selection, found: dict[str, RunColumn]
) -> pl.Series:
    if selection.sort and selection.sort not in found:
        raise unprocessable(f"sort: no column {selection.sort!r}")
    rows = pl.Series("seq", found["seq"].values)
    if selection.only:
        rows = pl.Series("seq", selections.fitting(transaction, experiment, selection.only, found), pl.Int64)
    if not selection.sort:
        return rows.reverse() if selection.is_descending else rows
    frame = pl.DataFrame({"seq": pl.Series(found["seq"].values), "by": pl.Series(found[selection.sort].values)})
    ordered = frame.sort("by", descending=selection.is_descending, nulls_last=True, maintain_order=True)["seq"]
    return ordered.filter(ordered.is_in(rows.implode())) if selection.only else ordered


def _key(experiment: StoredExperiment) -> tuple[int, datetime | None]:
    return experiment.number, experiment.experiment.updated_at


def page_of(rows: pl.Series, number: int, size: int) -> Sequence[int]:
    """Return a page of a selection, counted from 1."""
    return rows.slice((number - 1) * size, size).to_list()

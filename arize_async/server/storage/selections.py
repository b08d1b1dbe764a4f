"""Runs as pages show them: those that fit a filter, some by number, one by id, without megabytes of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import orjson
import pyarrow as pa
from attrs import frozen

from arize_async.server.storage import annotation_configs, columns
from arize_async.server.storage.filters.compile import compile_filter
from arize_async.server.storage.filters.parse import parse
from arize_async.server.storage.refusals import missing
from arize_async.server.storage.run_columns import LoadedScope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arize_async.server.storage.experiments import StoredExperiment
    from arize_async.server.storage.run_columns import RunColumn
    from arize_async.server.storage.transaction import Row, Transaction


@frozen
class ShownRun:
    """A run.

    Attributes:
        output: Cut after as many characters as were asked for; so are the texts of ``columns``.
        output_length: Characters of the whole output.
        columns: The open columns.
    """

    number: int
    id: str
    example_id: str | None
    output: str | None
    output_length: int
    error: str | None
    columns: Mapping[str, object]


def fitting(
    transaction: Transaction, experiment: StoredExperiment, only: str, loaded: Mapping[str, RunColumn]
) -> list[int]:
    """Return the numbers of the runs that fit a filter, ascending.

    Args:
        transaction: Where to read.
        experiment: Whose runs.
        only: The filter.
        loaded: Columns of all runs that are in memory, ``seq`` among them; others are read.

    Raises:
        BadRequest: The filter is blank.
        UnprocessableEntity: The filter is none.
    """
    whole = [name for name, column in loaded.items() if column.is_whole and name != "seq"]
    names = {name: f"c{place}" for place, name in enumerate(whole)}
    scope = LoadedScope(
        texts={"id", "example_id", "output", "error"},
        moments={},
        columns=columns.read(transaction, experiment.number),
        annotated=experiment.number,
        annotations=annotation_configs.names(transaction, experiment.space_number),
        loaded=names,
    )
    condition = compile_filter(parse(only), scope)
    data = pa.table({"seq": loaded["seq"].values, **{names[name]: loaded[name].values for name in whole}})
    from_doc = "FROM runs t JOIN incoming c ON c.seq = t.seq WHERE t.owner_no = ? AND"
    transaction.receive(data)
    sql = f"SELECT t.seq {from_doc} {condition.sql} ORDER BY t.seq"
    rows = transaction.all(sql, experiment.number, *condition.parameters)
    return [row[0] for row in rows]


def shown(transaction: Transaction, experiment: int, numbers: Sequence[int], characters: int) -> list[ShownRun]:
    """Return some runs by number, in that order, with texts of so many characters."""
    rows = transaction.all(f"{_shown(characters)} AND list_contains(?::BIGINT[], t.seq)", experiment, list(numbers))
    found = {row[0]: _build(row, characters) for row in rows}
    return [found[number] for number in numbers if number in found]


def first(transaction: Transaction, experiment: int, skip: int, limit: int, characters: int) -> list[ShownRun]:
    """Return runs in their order, after skipping some, with texts of so many characters."""
    sql = "SELECT seq FROM runs WHERE owner_no = ? ORDER BY seq LIMIT ? OFFSET ?"
    return shown(transaction, experiment, [row[0] for row in transaction.all(sql, experiment, limit, skip)], characters)


def run(transaction: Transaction, experiment: StoredExperiment, run_id: str, characters: int) -> ShownRun:
    """Return a run by id, with texts of so many characters.

    Raises:
        NotFound: The experiment has no such run.
    """
    rows = transaction.all(f"{_shown(characters)} AND t.id = ? LIMIT 1", experiment.number, run_id)
    if not rows:
        raise missing(f"run {run_id!r} of experiment {experiment.experiment.id!r}")
    return _build(rows[0], characters)


def _shown(characters: int) -> str:
    return (
        f"SELECT t.seq, t.id, t.example_id, left(t.output, {int(characters)}), coalesce(length(t.output), 0),"  # noqa: S608 - a number
        f" left(t.error, {int(characters)}), t.doc FROM runs t WHERE t.owner_no = ?"
    )


def _build(row: Row, characters: int) -> ShownRun:
    number, run_id, example_id, output, length, error, document = row
    values = {name: _clipped(value, characters) for name, value in orjson.loads(document).items()}
    return ShownRun(number, run_id, example_id, output, length, error, values)


def _clipped(value: object, characters: int) -> object:
    return value[:characters] if isinstance(value, str) else value

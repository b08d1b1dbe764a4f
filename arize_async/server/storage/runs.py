"""Runs: the rows of an experiment.

Ids are made by the server, ascending in the order in which the runs came; an ``id`` and ``annotations`` in a row that
is sent are not stored, so a row that was read can be sent to another experiment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa

from arize_async.models.run import ExperimentRun
from arize_async.server.storage import annotation_configs, columns, experiments, record_annotations
from arize_async.server.storage.filters.compile import compile_filter
from arize_async.server.storage.filters.fields import Scope
from arize_async.server.storage.filters.parse import parse
from arize_async.server.storage.ids import run_id_block
from arize_async.server.storage.pages import Page, PageRequest, decode_cursor, filtered, page_of
from arize_async.server.storage.refusals import malformed, unprocessable
from arize_async.server.storage.windows import rows_after, rows_that_fit, table_between
from arize_async.wire.text import json_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from arize_async.models.annotation import AnnotateRecordInput, Annotation
    from arize_async.server.storage.experiments import StoredExperiment
    from arize_async.server.storage.transaction import Row, Transaction

FIXED = ("id", "example_id", "output", "error", "annotations")
SCHEMA = pa.schema(
    [
        ("place", pa.int64()),
        ("example_id", pa.string()),
        ("output", pa.string()),
        ("error", pa.string()),
        ("doc", pa.string()),
    ]
)
_SELECT = "SELECT seq, id, example_id, output, error, doc FROM runs t"


def page(
    transaction: Transaction, experiment: StoredExperiment, request: PageRequest, only: str | None = None
) -> Page[ExperimentRun]:
    """Return runs in the order in which they came, which is ascending ``id``; ``only`` is a filter.

    Raises:
        BadRequest: The filter is blank.
        UnprocessableEntity: The filter is none.
    """
    scope = filtered(f"runs:{experiment.experiment.id}", only)
    after = decode_cursor(scope, request.cursor)
    behind = -1 if after is None else after
    if only is None:
        rows = stored_batch(transaction, experiment.number, behind, request.limit + 1)
    else:
        condition = compile_filter(parse(only), _scope(transaction, experiment))
        rows = rows_that_fit(transaction, _SELECT, condition, experiment.number, behind, request.limit + 1)
    notes = record_annotations.of_records(transaction, experiment.number, [row[1] for row in rows])
    return page_of(rows, request.limit, scope, lambda row: _build(row, notes.get(row[1], [])))


def stored_batch(transaction: Transaction, experiment: int, after: int, limit: int) -> list[Row]:
    """Return number, id, example id, output, error and document of the next runs."""
    return rows_after(transaction, _SELECT, experiment, after, limit)


def stored_table(transaction: Transaction, experiment: int, after: int, last: int, limit: int) -> pa.Table:
    """Return what ``stored_batch`` does, up to the number ``last``, as Arrow data."""
    return table_between(transaction, _SELECT, experiment, after, last, limit)


def add_rows(transaction: Transaction, experiment: StoredExperiment, rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Store JSON rows and return the ids that they got, in order.

    Raises:
        BadRequest: A fixed column is missing or of the wrong type.
        UnprocessableEntity: A run of a dataset's experiment names no example.
    """
    for index, row in enumerate(rows):
        _check(index, row, needs_example=experiment.dataset_number is not None)
    open_rows = [{name: value for name, value in row.items() if name not in FIXED} for row in rows]
    data: dict[str, list[Any]] = {
        "place": list(range(len(rows))),
        "example_id": [row.get("example_id") for row in rows],
        "output": [row["output"] for row in rows],
        "error": [row.get("error") for row in rows],
        "doc": [json_bytes(row).decode() for row in open_rows],
    }
    columns.add(transaction, experiment.number, columns.of_rows(open_rows))
    prefix, first = insert(transaction, experiment, pa.table(data, schema=SCHEMA), len(rows))
    return [f"{prefix}{first + index:012x}" for index in range(len(rows))]


def insert(
    transaction: Transaction, experiment: StoredExperiment, data: pa.RecordBatchReader | pa.Table, count: int
) -> tuple[str, int]:
    """Store rows that have the columns of ``SCHEMA`` and return prefix and first counter of their ids."""
    first, milliseconds = transaction.take_at("row", count)
    prefix, counter = run_id_block(milliseconds)
    transaction.receive(data)
    transaction.run(
        "INSERT INTO runs SELECT ?, ? + place, ? || printf('%012x', ? + place), example_id, output, error, doc"
        " FROM incoming",
        experiment.number,
        first,
        prefix,
        counter,
    )
    experiments.touch(transaction, experiment)
    return prefix, counter


def annotate(transaction: Transaction, experiment: StoredExperiment, inputs: Sequence[AnnotateRecordInput]) -> None:
    """Write annotations of runs; unknown runs are ignored.

    Raises:
        UnprocessableEntity: A name is no annotation config of the space, or a value does not fit it.
    """
    wanted = sorted({record.record_id for record in inputs})
    sql = "SELECT id FROM runs WHERE owner_no = ? AND list_contains(?::VARCHAR[], id)"
    known = {row[0] for row in transaction.all(sql, experiment.number, wanted)}
    if record_annotations.annotate(transaction, experiment.space_number, experiment.number, inputs, known):
        experiments.touch(transaction, experiment)


def _scope(transaction: Transaction, experiment: StoredExperiment) -> Scope:
    return Scope(
        texts={"id", "example_id", "output", "error"},
        moments={},
        columns=columns.read(transaction, experiment.number),
        annotated=experiment.number,
        annotations=annotation_configs.names(transaction, experiment.space_number),
    )


def _check(index: int, row: Mapping[str, object], *, needs_example: bool) -> None:
    path = f"$.experiment_runs[{index}]"
    if "output" not in row:
        raise malformed(f"{path}: required field missing ('output')")
    for name in ("output", "error", "example_id"):
        if not isinstance(row.get(name), str | None):
            raise malformed(f"{path}.{name}: expected a string")
    if needs_example and row.get("example_id") is None:
        raise unprocessable(f"{path}: a run of an experiment on a dataset has an example_id")


def _build(row: Row, notes: list[Annotation]) -> ExperimentRun:
    _, run_id, example_id, output, error, document = row
    return ExperimentRun(
        id=run_id,
        example_id=example_id,
        output=output,
        error=error,
        annotations=notes,
        additional_properties=orjson.loads(document),
    )

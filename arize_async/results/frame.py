"""The result frame of a run: the columns of wire contract 4.4, with types that do not depend on the values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa
from attrs import define, field

from arize_async.models.unicode import valid_text
from arize_async.wire.text import output_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from arize_async.models.columns import EvaluationColumns, RunColumns

COMPLETED, FAILED = "COMPLETED", "FAILED"
_TEXT, _INTEGER, _FLOAT = pa.string(), pa.int64(), pa.float64()


@define
class EvaluationShape:
    """What decides the columns of an evaluator, gathered from all of its evaluations.

    Attributes:
        has_errors: Whether a result is missing.
        has_usage: Whether the evaluator called a model, as far as that was traced.
        metadata: The type of each key's column.
    """

    has_errors: bool = False
    has_usage: bool = False
    metadata: dict[str, pa.DataType | None] = field(factory=dict)

    def add(self, columns: EvaluationColumns) -> None:
        """Take some evaluations into account."""
        self.has_errors = self.has_errors or any(error is not None for error in columns.errors)
        for used in (columns.token_counts, columns.total_costs):
            self.has_usage = self.has_usage or any(value is not None for value in used)
        for facts in columns.metadata:
            for key, value in (facts or {}).items():
                self.metadata[key] = _wider(self.metadata.get(key), value)


@define
class Shape:
    """What decides the columns, gathered from all runs.

    Attributes:
        rows: How many runs there are.
        has_repetitions: Whether examples were repeated.
        has_attempts: Whether a task was called more than once.
        evaluations: Each evaluator by its name.
    """

    rows: int
    has_repetitions: bool
    has_attempts: bool
    evaluations: dict[str, EvaluationShape]

    @classmethod
    def of(cls, pages: Iterable[RunColumns], evaluators: Sequence[str]) -> Shape:
        """Look at all runs."""
        shapes = {name: EvaluationShape() for name in evaluators}
        shape = cls(rows=0, has_repetitions=False, has_attempts=False, evaluations=shapes)
        for page in pages:
            shape.rows += len(page.example_ids)
            shape.has_repetitions = shape.has_repetitions or max(page.repetitions) > 1
            shape.has_attempts = shape.has_attempts or max(page.attempts) > 1
            for evaluator, columns in zip(shape.evaluations.values(), page.evaluations, strict=True):
                evaluator.add(columns)
        return shape


def schema_of(shape: Shape) -> pa.Schema:
    """Return the columns.

    ``example_id``, ``output``, ``error`` (text), ``result.trace.id`` (text), ``result.trace.timestamp`` (integer,
    milliseconds since the epoch), ``latency`` (float, ms), ``token_count`` (integer), ``total_cost`` (float, US
    dollars), ``execution_status`` (``COMPLETED`` or ``FAILED``), ``exceptions`` (text), ``repetition`` (from 1, only
    when examples were repeated), ``attempts`` (only when a task had more than one); for each evaluator
    ``eval.<name>.score`` (float), ``.label``, ``.explanation`` (text), ``.error`` (text, only when one failed),
    ``.trace.id``, ``.trace.timestamp``, ``.token_count`` and ``.total_cost`` (only when its LLM calls were traced) and
    ``.metadata.<key>``.
    """
    # names may meet: an evaluator "a" with the metadata key "b" and an evaluator "a.metadata" with a column "b"
    kinds = dict(_RUN_COLUMNS)
    kinds.update({"repetition": _INTEGER} if shape.has_repetitions else {})
    kinds.update({"attempts": _INTEGER} if shape.has_attempts else {})
    for name, evaluator in shape.evaluations.items():
        kinds.update(_evaluation_kinds(name, evaluator))
    return pa.schema(kinds.items())


def batch_of(page: RunColumns, shape: Shape, schema: pa.Schema) -> pa.RecordBatch:
    """Return runs as a batch of the columns that all of them decided."""
    values = _run_values(page)
    for (name, evaluator), columns in zip(shape.evaluations.items(), page.evaluations, strict=True):
        values.update(_evaluation_values(name, evaluator, columns))
    arrays: list[pa.Array[Any]] = [pa.array(values[item.name], item.type) for item in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def frame_of(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> pl.DataFrame:
    """Return one row a run."""
    frame = pl.from_arrow(pa.Table.from_batches(batches, schema))
    assert isinstance(frame, pl.DataFrame)
    return frame


def failures(frame: pl.DataFrame, evaluators: Sequence[str]) -> pl.DataFrame:
    """Return the rows whose task failed or that lack an evaluation."""
    errors = ["error", *(f"eval.{name}.error" for name in evaluators)]
    return frame.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in errors if name in frame.columns))


_RUN_COLUMNS: Mapping[str, pa.DataType] = {
    "example_id": _TEXT,
    "output": _TEXT,
    "error": _TEXT,
    "result.trace.id": _TEXT,
    "result.trace.timestamp": _INTEGER,
    "latency": _FLOAT,
    "token_count": _INTEGER,
    "total_cost": _FLOAT,
    "execution_status": _TEXT,
    "exceptions": _TEXT,
}


def _run_values(page: RunColumns) -> dict[str, Sequence[object]]:
    return {
        "example_id": page.example_ids,
        "output": page.outputs,
        "error": page.errors,
        "result.trace.id": page.trace_ids,
        "result.trace.timestamp": page.started_ms,
        "latency": page.latencies,
        "token_count": page.token_counts,
        "total_cost": page.total_costs,
        "execution_status": [COMPLETED if error is None else FAILED for error in page.errors],
        "exceptions": [error or "" for error in page.errors],
        "repetition": page.repetitions,
        "attempts": page.attempts,
    }


def _evaluation_kinds(name: str, shape: EvaluationShape) -> Iterator[tuple[str, pa.DataType]]:
    prefix = f"eval.{name}"
    yield f"{prefix}.score", _FLOAT
    yield f"{prefix}.label", _TEXT
    yield f"{prefix}.explanation", _TEXT
    if shape.has_errors:
        yield f"{prefix}.error", _TEXT
    yield f"{prefix}.trace.id", _TEXT
    yield f"{prefix}.trace.timestamp", _INTEGER
    if shape.has_usage:
        yield f"{prefix}.token_count", _INTEGER
        yield f"{prefix}.total_cost", _FLOAT
    for key, kind in shape.metadata.items():
        yield f"{prefix}.metadata.{valid_text(key)}", kind or _TEXT


def _evaluation_values(
    name: str, shape: EvaluationShape, columns: EvaluationColumns
) -> Iterator[tuple[str, Sequence[object]]]:
    prefix = f"eval.{name}"
    yield f"{prefix}.score", [None if score is None else float(score) for score in columns.scores]
    yield f"{prefix}.label", columns.labels
    yield f"{prefix}.explanation", columns.explanations
    if shape.has_errors:
        yield f"{prefix}.error", columns.errors
    yield f"{prefix}.trace.id", columns.trace_ids
    yield f"{prefix}.trace.timestamp", columns.started_ms
    if shape.has_usage:
        yield f"{prefix}.token_count", columns.token_counts
        yield f"{prefix}.total_cost", columns.total_costs
    for key, kind in shape.metadata.items():
        values = [facts.get(key) if facts else None for facts in columns.metadata]
        yield f"{prefix}.metadata.{valid_text(key)}", _metadata(values, kind)


def _wider(kind: pa.DataType | None, value: object) -> pa.DataType | None:
    """Return the type that holds a value as well: numbers stay numbers when all of them are."""
    if value is None or kind == _TEXT:
        return kind
    if type(value) is int and -(2**63) <= value < 2**63:
        return kind or _INTEGER
    return _FLOAT if type(value) is float else _TEXT


def _metadata(values: list[Any], kind: pa.DataType | None) -> list[object]:
    if kind == _FLOAT:
        return [None if value is None else float(value) for value in values]
    if kind == _INTEGER:
        return values
    return [str(value) if isinstance(value, bool) else output_text(value) for value in values]

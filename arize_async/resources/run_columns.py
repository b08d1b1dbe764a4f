"""From the user's columns to those of experiment runs (wire contract 7.1), by one rule for dicts and for Arrow data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from arize_async.errors import InvalidRows
from arize_async.models.run import ExperimentRunInput
from arize_async.resources.columns import Column, text_of

if TYPE_CHECKING:
    import pyarrow as pa

    from arize_async.models.evaluation import EvaluationResultFieldNames
    from arize_async.models.run import ExperimentTaskFieldNames
    from arize_async.resources.rows import Rows


class RunColumns:
    """Renames and converts the columns of runs.

    The outputs and the example ids become text, JSON where they are not text. Evaluation metadata that is not a number,
    a boolean or text becomes JSON text. What gets a new name moves to the end, or to the place of the column that had
    this name; every other column stays as it is.
    """

    def __init__(
        self,
        names: list[str],
        task_fields: ExperimentTaskFieldNames,
        evaluator_columns: Mapping[str, EvaluationResultFieldNames] | None = None,
    ) -> None:
        """Plan the conversion of rows that have these columns.

        Raises:
            InvalidRows: A column that is mapped does not exist.
        """
        mapped = [*_task_columns(task_fields), *_evaluation_columns(evaluator_columns or {})]
        missing = sorted({column.source for column in mapped} - set(names))
        if missing:
            raise InvalidRows(f"columns not found: {', '.join(missing)}; the rows have: {', '.join(names)}")
        moved = {column.source for column in mapped}
        targets = {column.target: column for column in mapped}
        staying = [targets.get(name) or Column(name, name) for name in names if name in targets or name not in moved]
        self._columns = [*staying, *(column for column in mapped if column.target not in names)]

    @property
    def has_example_ids(self) -> bool:
        """Whether the converted rows say which example each belongs to."""
        return any(column.target == "example_id" for column in self._columns)

    def rows(self, rows: list[dict[str, object]]) -> list[dict[str, object]]:
        """Convert dicts; a key that a row does not have becomes None."""
        return [
            {column.target: _convert(row.get(column.source), column.text) for column in self._columns} for row in rows
        ]

    def row_reader(self, rows: Sequence[Mapping[str, object]], names: list[str]) -> pa.RecordBatchReader:
        """Convert dicts into Arrow data; a key that a row does not have becomes null."""
        del names
        from arize_async.resources.cells import reader_of_rows

        return reader_of_rows(rows, self._columns)

    def reader(self, reader: pa.RecordBatchReader) -> pa.RecordBatchReader:
        """Convert Arrow data batch by batch."""
        import pyarrow as pa

        def converted() -> Iterator[pa.RecordBatch]:
            for batch in reader:
                yield self._batch(batch)

        empty = pa.RecordBatch.from_pylist([], schema=reader.schema)
        return pa.RecordBatchReader.from_batches(self._batch(empty).schema, converted())

    def _batch(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        import pyarrow as pa

        arrays = [_convert_array(batch.column(column.source), column.text) for column in self._columns]
        return pa.RecordBatch.from_arrays(arrays, [column.target for column in self._columns])


def with_example_ids(reader: pa.RecordBatchReader) -> pa.RecordBatchReader:
    """Return the same runs, ending in an InvalidRows at the first one without an example id."""
    import pyarrow as pa

    def checked() -> Iterator[pa.RecordBatch]:
        count = 0
        for batch in reader:
            missing = batch.column("example_id").is_null()
            if missing.true_count:
                row = count + missing.index(pa.scalar(value=True)).as_py()
                raise InvalidRows("every row needs this value", path=f"[{row}].example_id")
            yield batch
            count += batch.num_rows

    return pa.RecordBatchReader.from_batches(reader.schema, checked())


def _task_columns(fields: ExperimentTaskFieldNames) -> Iterator[Column]:
    if fields.example_id is not None:
        yield Column("example_id", fields.example_id, "always")
    yield Column("output", fields.output, "always")


def _evaluation_columns(evaluators: Mapping[str, EvaluationResultFieldNames]) -> Iterator[Column]:
    for name, fields in evaluators.items():
        for part in ("score", "label", "explanation"):
            source = getattr(fields, part)
            if source is not None:
                yield Column(f"eval.{name}.{part}", source)
        for key, source in (fields.metadata or {}).items():
            yield Column(f"eval.{name}.metadata.{key}", source or key, "nested")


def _convert(value: object, text: str) -> object:
    if text == "always" or (text == "nested" and not isinstance(value, (str, bool, int, float, type(None)))):
        return text_of(value)
    return value


def _convert_array(array: pa.Array[Any], text: str) -> pa.Array[Any]:
    from arize_async.wire.arrow import text_column

    return text_column(array) if text == "always" or (text == "nested" and not _is_flat(array.type)) else array


def _is_flat(kind: pa.DataType) -> bool:
    import pyarrow as pa

    tests = (pa.types.is_null, pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating, pa.types.is_string)
    return any(test(kind) for test in tests)


def appended_rows(runs: Rows | Sequence[ExperimentRunInput]) -> Rows:
    """Return runs given as objects as dicts, and rows of any other form as they are."""
    if isinstance(runs, Sequence) and not isinstance(runs, str):
        return cast("Rows", [run.to_dict() if isinstance(run, ExperimentRunInput) else run for run in runs])
    return runs

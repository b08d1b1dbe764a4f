"""The result frame of a run: the columns of wire contract 4.4, with types that do not depend on the values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from arize_async.models.unicode import valid_text
from arize_async.wire.text import output_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from arize_async.models.finished import FinishedEvaluation, FinishedRun

COMPLETED, FAILED = "COMPLETED", "FAILED"


def result_frame(runs: Iterable[FinishedRun], evaluators: Sequence[str]) -> pl.DataFrame:
    """Return one row a run, in dataset order.

    Args:
        runs: Finished runs in any order.
        evaluators: Their evaluators, which decide the columns even when there is no run.

    Returns:
        ``example_id``, ``output``, ``error`` (text), ``result.trace.id`` (text), ``result.trace.timestamp`` (integer,
        milliseconds since the epoch), ``latency`` (float, ms), ``token_count`` (integer), ``total_cost`` (float, US
        dollars), ``execution_status`` (``COMPLETED`` or ``FAILED``), ``exceptions`` (text), ``repetition`` (from 1,
        only when examples were repeated), ``attempts`` (only when a task had more than one); for each evaluator
        ``eval.<name>.score`` (float), ``.label``, ``.explanation`` (text), ``.error`` (text, only when one failed),
        ``.trace.id``, ``.trace.timestamp`` and ``.metadata.<key>``.
    """
    ordered = sorted(runs, key=lambda run: run.index)
    columns = _run_columns(ordered)
    if any(run.repetition > 1 for run in ordered):
        columns.append(pl.Series("repetition", [run.repetition for run in ordered], pl.Int64))
    if any(len(run.attempts) > 1 for run in ordered):
        columns.append(pl.Series("attempts", [len(run.attempts) for run in ordered], pl.Int64))
    for position, name in enumerate(evaluators):
        columns.extend(_evaluation_columns(name, [run.evaluations[position] for run in ordered]))
    # names may meet: an evaluator "a" with the metadata key "b" and an evaluator "a.metadata" with a column "b"
    return pl.DataFrame({column.name: column for column in columns})


def failures(frame: pl.DataFrame, evaluators: Sequence[str]) -> pl.DataFrame:
    """Return the rows whose task failed or that lack an evaluation."""
    errors = ["error", *(f"eval.{name}.error" for name in evaluators)]
    return frame.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in errors if name in frame.columns))


def _run_columns(runs: Sequence[FinishedRun]) -> list[pl.Series]:
    return [
        pl.Series("example_id", [run.example_id for run in runs], pl.String),
        pl.Series("output", [output_text(run.output) for run in runs], pl.String),
        pl.Series("error", [run.error for run in runs], pl.String),
        pl.Series("result.trace.id", [run.trace_id for run in runs], pl.String),
        pl.Series("result.trace.timestamp", [run.started_ms for run in runs], pl.Int64),
        pl.Series("latency", [run.latency for run in runs], pl.Float64),
        pl.Series("token_count", [run.token_count for run in runs], pl.Int64),
        pl.Series("total_cost", [run.total_cost for run in runs], pl.Float64),
        pl.Series("execution_status", [FAILED if run.failed else COMPLETED for run in runs], pl.String),
        pl.Series("exceptions", [run.error or "" for run in runs], pl.String),
    ]


def _evaluation_columns(name: str, evaluations: Sequence[FinishedEvaluation]) -> list[pl.Series]:
    prefix = f"eval.{name}"
    results = [evaluation.result for evaluation in evaluations]
    scores = [None if result is None or result.score is None else float(result.score) for result in results]
    columns = [
        pl.Series(f"{prefix}.score", scores, pl.Float64),
        pl.Series(f"{prefix}.label", [result and result.label for result in results], pl.String),
        pl.Series(f"{prefix}.explanation", [result and result.explanation for result in results], pl.String),
    ]
    errors = [evaluation.error for evaluation in evaluations]
    if any(errors):
        columns.append(pl.Series(f"{prefix}.error", errors, pl.String))
    columns.append(pl.Series(f"{prefix}.trace.id", [evaluation.trace_id for evaluation in evaluations], pl.String))
    started = [evaluation.started_ms for evaluation in evaluations]
    columns.append(pl.Series(f"{prefix}.trace.timestamp", started, pl.Int64))
    keys = dict.fromkeys(key for result in results if result for key in result.metadata)
    for key in keys:
        values = [result.metadata.get(key) if result else None for result in results]
        columns.append(_metadata_column(f"{prefix}.metadata.{valid_text(str(key))}", values))
    return columns


def _metadata_column(name: str, values: Sequence[object]) -> pl.Series:
    """Keep numbers as numbers when all of them are; everything else is text, JSON where it is nested."""
    kinds = {type(value) for value in values if value is not None}
    fits = all(-(2**63) <= value < 2**63 for value in values if isinstance(value, int))
    if fits and kinds and kinds <= {int, float}:
        return pl.Series(name, values, pl.Int64 if kinds == {int} else pl.Float64, strict=False)
    return pl.Series(
        name, [str(value) if isinstance(value, bool) else output_text(value) for value in values], pl.String
    )

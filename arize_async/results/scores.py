"""The scores in a frame of runs, and what they come to for each example."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from arize_async.errors import InvalidInput
from arize_async.results.frame import FAILED

if TYPE_CHECKING:
    from collections.abc import Sequence

_RESULT = re.compile(r"eval\.(.+)\.(?:score|label)", re.DOTALL)
_METADATA = ".metadata"
_LARGEST = 1e152


def evaluator_names(frame: pl.DataFrame) -> tuple[str, ...]:
    """Return the evaluators that have a column of scores or of labels, in the order of the columns."""
    found = dict.fromkeys(match[1] for column in frame.columns if (match := _RESULT.fullmatch(column)))
    return tuple(name for name in found if not _is_metadata(name, found))


def _is_metadata(name: str, evaluators: dict[str, None]) -> bool:
    """Whether ``eval.<name>.score`` is the metadata ``score`` of another evaluator."""
    owner, found, _ = name.partition(_METADATA)
    return bool(found) and owner in evaluators


def score(frame: pl.DataFrame, evaluator: str) -> pl.Expr:
    """Return the expression of an evaluator's scores, null where ``can_be_averaged`` does not hold."""
    values = raw_score(frame, evaluator)
    return pl.when(can_be_averaged(values)).then(values)


def can_be_averaged(values: pl.Expr) -> pl.Expr:
    """Return the expression that tells which scores are finite, and so small that sums of their squares are, too."""
    return values.is_finite() & (values.abs() < _LARGEST)


def raw_score(frame: pl.DataFrame, evaluator: str) -> pl.Expr:
    """Return the expression of an evaluator's scores as numbers, which may be NaN or infinite."""
    name = f"eval.{evaluator}.score"
    kind = frame.schema.get(name, pl.Null())
    if kind.is_numeric() or isinstance(kind, pl.String | pl.Boolean):
        return pl.col(name).cast(pl.Float64, strict=False)
    return pl.lit(None, pl.Float64)


def unit_or_seen(scores: pl.Series) -> tuple[float, float]:
    """Return the range in which scores lie: 0 to 1 when all of them do, else that of the ones seen."""
    lowest, highest = scores.min(), scores.max()
    if not isinstance(lowest, float) or not isinstance(highest, float) or (lowest >= 0 and highest <= 1):
        return 0.0, 1.0
    return lowest, highest


def label(frame: pl.DataFrame, evaluator: str) -> pl.Series:
    """Return an evaluator's labels as text, without those that are missing."""
    name = f"eval.{evaluator}.label"
    if name not in frame.columns:
        return pl.Series(name, [], pl.String)
    labels = frame[name].drop_nulls()
    return labels if labels.dtype == pl.String else pl.Series(name, [str(each) for each in labels], pl.String)


def failed(frame: pl.DataFrame) -> pl.Expr:
    """Return the expression that tells whether the task of a run failed."""
    if "execution_status" in frame.columns:
        return (pl.col("execution_status") == FAILED).fill_null(value=False)
    return pl.col("error").is_not_null() if "error" in frame.columns else pl.lit(value=False)


def of_examples(frame: pl.DataFrame, evaluators: Sequence[str]) -> pl.DataFrame:
    """Return one row an example, in the order of their first runs.

    Args:
        frame: One row a run.
        evaluators: Whose scores are wanted.

    Returns:
        ``example_id``, ``output`` (of the first run), ``runs``, and for the evaluator at place ``n`` the columns
        ``mean n`` (of its scores, null without any), ``scored n`` (how many there are).

    Raises:
        InvalidInput: The runs have no example ids.
    """
    if not frame.height:
        frame = pl.DataFrame(schema={"example_id": pl.String})
    if "example_id" not in frame.columns:
        raise InvalidInput("runs are paired by their examples, but there is no column 'example_id'")
    output = pl.col("output") if "output" in frame.columns else pl.lit(None, pl.String)
    runs = frame.select(
        pl.col("example_id").cast(pl.String),
        output.cast(pl.String, strict=False).alias("output"),
        *(score(frame, name).alias(f"mean {place}") for place, name in enumerate(evaluators)),
    ).filter(pl.col("example_id").is_not_null())
    means = [f"mean {place}" for place in range(len(evaluators))]
    scored = {f"scored {place}": pl.col(mean).is_not_null() for place, mean in enumerate(means)}
    if runs["example_id"].n_unique() == runs.height:
        counts = {name: each.cast(pl.UInt32) for name, each in scored.items()}
        return runs.with_columns(pl.lit(1, pl.UInt32).alias("runs"), **counts)
    return runs.group_by("example_id", maintain_order=True).agg(
        pl.col("output").first(),
        pl.len().alias("runs"),
        *(pl.col(mean).mean() for mean in means),
        **{name: each.sum() for name, each in scored.items()},
    )

"""Examples that several experiments ran, with what each scored, in the order in which they deserve a look."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import polars as pl
from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

WORDS = ("all", "regressions", "improvements", "different")
_FAILED = "FAILED"


@frozen
class Paired:
    """The examples that are to be shown, and how many there are of each sort.

    Attributes:
        frame: ``example_id`` and for each experiment by its place ``score_n``, ``seq_n`` (its first run), ``runs_n``
            and ``failed_n``; ``worst`` and ``best`` are the differences of candidates from the baseline, above 0
            where a candidate is better.
        counts: How many examples each of the words chooses.
        common: Examples that all experiments ran.
        total: Examples that any of them ran.
    """

    frame: pl.DataFrame
    counts: dict[str, int]
    common: int
    total: int


def pair(frames: Sequence[pl.DataFrame], metric: str, show: str, *, lower_is_better: bool = False) -> Paired:
    """Pair runs by example; the first frame is the baseline.

    Args:
        frames: One row a run, with ``seq`` and ``example_id``.
        metric: The column of numbers that is compared; empty compares nothing.
        show: Which examples, one of ``WORDS``.
        lower_is_better: Whether a fall is an improvement.
    """
    grouped = [_grouped(frame, metric, place) for place, frame in enumerate(frames)]
    joined = reduce(lambda left, right: left.join(right, on="example_id", how="full", coalesce=True), grouped)
    sign = -1 if lower_is_better else 1
    differences = [sign * (pl.col(f"score_{place}") - pl.col("score_0")) for place in range(1, len(frames))]
    whole = joined.with_columns(
        worst=pl.min_horizontal(differences) if differences else pl.lit(None, pl.Float64),
        best=pl.max_horizontal(differences) if differences else pl.lit(None, pl.Float64),
    )
    is_shared = pl.all_horizontal(pl.col(f"seq_{place}").is_not_null() for place in range(len(frames)))
    chosen = {
        "all": pl.lit(value=True),
        "regressions": pl.col("worst") < 0,
        "improvements": pl.col("best") > 0,
        "different": (pl.col("worst") < 0) | (pl.col("best") > 0),
    }
    counts = whole.select(*(condition.sum().alias(word) for word, condition in chosen.items() if word != "all"))
    return Paired(
        frame=_ordered(whole.filter(chosen[show]), show),
        counts={"all": whole.height, **counts.row(0, named=True)},
        common=int(whole.select(is_shared.sum()).item() or 0),
        total=whole.height,
    )


def _ordered(frame: pl.DataFrame, show: str) -> pl.DataFrame:
    first = pl.min_horizontal(name for name in frame.columns if name.startswith("seq_"))
    if show == "improvements":
        return frame.sort(pl.col("best"), first, descending=[True, False], nulls_last=True)
    return frame.sort(pl.col("worst"), pl.col("best"), first, nulls_last=True)


def _grouped(frame: pl.DataFrame, metric: str, place: int) -> pl.DataFrame:
    is_number = metric in frame.columns and frame[metric].dtype.is_numeric()
    score = pl.col(metric).cast(pl.Float64).mean() if is_number else pl.lit(None, pl.Float64).first()
    has_status = "execution_status" in frame.columns
    failed = (pl.col("execution_status").cast(pl.String) == _FAILED).sum() if has_status else pl.lit(0).first()
    return (
        frame.lazy()
        .filter(pl.col("example_id").is_not_null())
        .group_by("example_id")
        .agg(
            score.alias(f"score_{place}"),
            pl.col("seq").min().alias(f"seq_{place}"),
            pl.len().alias(f"runs_{place}"),
            failed.alias(f"failed_{place}"),
        )
        .collect()
    )

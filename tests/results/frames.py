"""Frames of runs with chosen scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence


def scored(scores: Sequence[Any], *, evaluator: str = "correct", repetitions: int = 1, **columns: Any) -> pl.DataFrame:
    """Return runs with these scores; each example has so many of them in a row."""
    return pl.DataFrame(
        {
            "example_id": [f"example {place // repetitions}" for place in range(len(scores))],
            "output": [f"output {place}" for place in range(len(scores))],
            f"eval.{evaluator}.score": pl.Series(scores, dtype=pl.Float64, strict=False),
            **columns,
        }
    )

"""The runs of two experiments, example by example."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from attrs import frozen

from arize_async.results.scores import label, of_examples, score, unit_or_seen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from arize_async.results.statistics.paired import Pairs

_PASS_FAIL = (0.0, 1.0)
_DIGITS = 12
_SMALLEST = 1e-290
_COLUMNS = {"score": "mean {}", "output": "output", "scored": "scored {}", "runs": "runs"}


@frozen(eq=False)
class Runs:
    """The runs of one experiment, and what they come to for each example.

    Attributes:
        frame: One row a run.
        examples: One row an example: see ``of_examples``.
    """

    frame: pl.DataFrame
    examples: pl.DataFrame

    @classmethod
    def of(cls, frame: pl.DataFrame, evaluators: Sequence[str]) -> Runs:
        """Gather the scores of the evaluators."""
        return cls(frame, of_examples(frame, evaluators))

    def labels(self, evaluator: str) -> Mapping[str, int]:
        """Return how many runs have each label."""
        return dict(label(self.frame, evaluator).value_counts(sort=True).iter_rows())

    def scores(self, evaluator: str) -> pl.Series:
        """Return the scores that are finite numbers."""
        return self.frame.select(score(self.frame, evaluator).alias("score"))["score"].drop_nulls()


@frozen(eq=False)
class PairedScores:
    """One evaluator's scores of the examples that either of two experiments has run.

    Attributes:
        frame: ``example_id``, and for ``baseline`` and ``candidate`` each ``_score`` (the mean, null without any),
            ``_output``, ``_runs`` and ``_scored`` (how many of them have a score), and the ``difference`` of the
            scores, null where one is missing.
        is_pass_fail: Whether every score is 0 or 1.
        range: Lowest and highest score; 0 and 1 when all lie there.
    """

    frame: pl.DataFrame
    is_pass_fail: bool
    range: tuple[float, float]

    @classmethod
    def of(cls, joined: pl.DataFrame, place: int, scores: tuple[pl.Series, pl.Series]) -> PairedScores:
        """Take the evaluator at a place of the joined examples, and all of its scores on either side."""
        chosen = {
            f"{side}_{what}": pl.col(f"{side} {column.format(place)}")
            for what, column in _COLUMNS.items()
            for side in ("baseline", "candidate")
        }
        every = pl.concat([each.rename("score") for each in scores])
        lowest, highest = unit_or_seen(every)
        # without the noise of binary fractions: 0.3 - 0.1 and 0.2 - 0.0 are ties
        largest = every.abs().max()
        scale = largest if isinstance(largest, float) and largest > _SMALLEST else 1.0
        difference = ((pl.col("candidate_score") - pl.col("baseline_score")) / scale).round(_DIGITS) * scale
        return cls(
            joined.select("example_id", **chosen).with_columns(difference=difference),
            bool(every.is_in(_PASS_FAIL).all()),
            (lowest, highest),
        )

    @property
    def complete(self) -> pl.DataFrame:
        """The examples with a score on both sides."""
        return self.frame.filter(pl.col("difference").is_not_null())

    def count(self, what: str) -> tuple[int, int]:
        """Return how many ``runs``, or how many ``scored`` ones, the baseline and the candidate have."""
        return int(self.frame[f"baseline_{what}"].sum()), int(self.frame[f"candidate_{what}"].sum())

    def pairs(self) -> Pairs:
        """Return the complete ones as arrays."""
        from arize_async.results.statistics.paired import Pairs

        complete = self.complete
        counts = pl.concat([complete["baseline_scored"], complete["candidate_scored"].rename("baseline_scored")])
        return Pairs(
            complete["baseline_score"].to_numpy(),
            complete["candidate_score"].to_numpy(),
            complete["difference"].to_numpy(),
            tuple(sorted(counts.unique().to_list())),
            self.is_pass_fail,
            self.range,
            bool((complete["baseline_scored"] == complete["candidate_scored"]).all()),
        )

    def changes(self, *, rising: bool) -> pl.DataFrame:
        """Return the examples whose score rose, or fell, those that changed most first."""
        changed = self.frame.filter(pl.col("difference") > 0 if rising else pl.col("difference") < 0)
        columns = ("baseline_score", "candidate_score", "baseline_output", "candidate_output")
        return changed.sort("difference", descending=rising, maintain_order=True).select(
            "example_id", "difference", *columns
        )

    def bounds(self, *, lower_is_better: bool) -> tuple[float, float] | None:
        """Return the mean difference with what is missing at the candidate's worst and at its best."""
        if not sum(self.count("scored")):
            return None
        lowest, highest = self.range
        low = self._mean_difference(highest, lowest)
        high = self._mean_difference(lowest, highest)
        return (high, low) if lower_is_better else (low, high)

    def _mean_difference(self, baseline: float, candidate: float) -> float:
        sides = _filled("candidate", candidate) - _filled("baseline", baseline)
        mean = self.frame.select(sides.mean().alias("mean"))["mean"][0]
        assert isinstance(mean, float)
        return mean


def _filled(side: str, missing: float) -> pl.Expr:
    """Return the expression of each example's mean when a run without a score had this one."""
    scored = pl.col(f"{side}_scored").cast(pl.Float64)
    runs = pl.max_horizontal(pl.col(f"{side}_runs"), 1).cast(pl.Float64)
    return (pl.col(f"{side}_score").fill_null(0) * scored + missing * (runs - scored)) / runs


def join(baseline: Runs, candidate: Runs) -> pl.DataFrame:
    """Return one row for each example of either side: the columns of both, behind the name of the side."""
    left, right = (
        runs.examples.rename({name: f"{side} {name}" for name in runs.examples.columns if name != "example_id"})
        for side, runs in (("baseline", baseline), ("candidate", candidate))
    )
    joined = left.join(right, on="example_id", how="full", coalesce=True, maintain_order="left_right")
    return joined.with_columns(
        pl.col(name).fill_null(0) for name in joined.columns if {"runs", "scored"} & set(name.split(" "))
    )

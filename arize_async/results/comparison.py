"""A comparison of experiments: its numbers as values, frames, text, and a gate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from arize_async.errors import InvalidInput
from arize_async.models.json_text import json_text
from arize_async.models.unicode import visible
from arize_async.results.metrics import Metric
from arize_async.results.pairing import PairedScores
from arize_async.results.summary import Summary

if TYPE_CHECKING:
    import polars as pl

    from arize_async.results.gate import Check


def _is_share(_instance: object, attribute: Any, value: object) -> None:
    if not isinstance(value, float) or not 0 < value < 1:
        raise InvalidInput(f"expected a number between 0 and 1, such as 0.95; got {value!r}", path=attribute.name)


@frozen
class Settings:
    """How experiments are compared.

    Attributes:
        confidence: Of the intervals.
        lower_is_better: Evaluators whose scores are better when they are lower.
        seed: Of the bootstrap.
    """

    confidence: float = field(default=0.95, validator=_is_share)
    lower_is_better: frozenset[str] = frozenset()
    seed: int = 0


@frozen(eq=False)
class Candidate:
    """An experiment beside the baseline.

    Attributes:
        name: How it is called.
        summary: The experiment on its own.
        metrics: Each evaluator, in comparison with the baseline.
        scores: The paired scores of each evaluator.
    """

    name: str
    summary: Summary
    metrics: tuple[Metric, ...]
    scores: Mapping[str, PairedScores] = field(repr=False)


@frozen(eq=False, repr=False)
class Comparison:
    """Experiments beside a baseline, on the examples that they share.

    Attributes:
        baseline: How the baseline is called.
        summary: The baseline on its own.
        candidates: The experiments that are compared with it.
        settings: How they were compared.
    """

    baseline: str
    summary: Summary
    candidates: tuple[Candidate, ...]
    settings: Settings

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every evaluator of every candidate."""
        return tuple(metric for candidate in self.candidates for metric in candidate.metrics)

    @property
    def tests(self) -> int:
        """How many p-values there are, which are corrected for that."""
        return sum(metric.test is not None for metric in self.metrics)

    @property
    def verdict(self) -> str:
        """What is shown, a line for each evaluator of each candidate."""
        return "\n".join(metric.verdict for metric in self.metrics) or "There is no evaluator to compare."

    def metric(self, name: str, *, candidate: str | None = None) -> Metric:
        """Return what is said of an evaluator.

        Args:
            name: The evaluator.
            candidate: Which candidate; needed when there are several.

        Raises:
            InvalidInput: There is none of this name.
        """
        return next(metric for metric in self._candidate(candidate, name).metrics if metric.name == name)

    def regressions(self, metric: str, *, candidate: str | None = None) -> pl.DataFrame:
        """Return the examples that got worse, the worst first.

        Args:
            metric: The evaluator.
            candidate: Which candidate; needed when there are several.

        Returns:
            ``example_id``, ``difference``, ``baseline_score``, ``candidate_score``, ``baseline_output`` and
            ``candidate_output``: means of the scores and the first output where an example was repeated.

        Raises:
            InvalidInput: There is no such evaluator or candidate.
        """
        return self._changes(metric, candidate, improved=False)

    def improvements(self, metric: str, *, candidate: str | None = None) -> pl.DataFrame:
        """Return the examples that got better, the best first; the columns are those of ``regressions``.

        Args:
            metric: The evaluator.
            candidate: Which candidate; needed when there are several.

        Raises:
            InvalidInput: There is no such evaluator or candidate.
        """
        return self._changes(metric, candidate, improved=True)

    def check(
        self,
        *,
        metric: str,
        max_regression: float = 0.0,
        confidence: float | None = None,
        candidate: str | None = None,
    ) -> Check:
        """Judge whether a candidate may take the baseline's place.

        It passes when the whole interval of the difference lies above the largest regression that is allowed, fails
        when the whole interval lies below, and is unclear in between. Where scores are missing, it passes only if it
        did so with the worst in their place.

        Args:
            metric: The evaluator.
            max_regression: How much worse the mean may be, in units of the score.
            confidence: Of the interval; by default that of the comparison.
            candidate: Which candidate; needed when there are several.

        Raises:
            InvalidInput: There is no such evaluator or candidate, or a number is out of bounds.

        Example:
            >>> import polars as pl
            >>> from arize_async.results import compare
            >>> before = pl.DataFrame({"example_id": list(range(40)), "eval.right.score": [0.0, 1.0] * 20})
            >>> after = before.with_columns(pl.lit(1.0).alias("eval.right.score"))
            >>> check = compare(before, {"new": after}).check(metric="right", max_regression=0.02)
            >>> check.passed, check.result.value
            (True, 'passed')
            >>> check.raise_if_failed()
        """
        from arize_async.results.gate import Condition, judge

        condition = Condition.against_regression(
            metric, max_regression, lower_is_better=metric in self.settings.lower_is_better
        )
        return judge(self, condition, confidence=confidence, candidate=candidate)

    def to_df(self) -> pl.DataFrame:
        """Return the numbers and verdicts as a frame: one row for each evaluator of each candidate."""
        from arize_async.results.reports import frame

        return frame(self)

    def to_dict(self) -> dict[str, Any]:
        """Return all numbers and verdicts as JSON knows them."""
        from arize_async.results.reports import document

        return document(self)

    def to_json(self) -> str:
        """Return ``to_dict`` as JSON text."""
        return json_text(self.to_dict())

    def to_markdown(self) -> str:
        """Return a report in Markdown: the verdicts, then a table of the numbers."""
        from arize_async.results.reports import markdown

        return markdown(self)

    def __str__(self) -> str:
        """Return the verdicts."""
        return self.verdict

    def __repr__(self) -> str:
        """Show who is compared and what came of it."""
        found = ", ".join(f"{metric.candidate}/{metric.name}: {metric.outcome.value}" for metric in self.metrics)
        return visible(f"<Comparison with {self.baseline!r} [{found}]>")

    def _repr_html_(self) -> str:
        """Show the numbers and the verdicts, in notebooks."""
        from arize_async.results.reports import html

        return html(self)

    def _changes(self, metric: str, candidate: str | None, *, improved: bool) -> pl.DataFrame:
        scores = self._candidate(candidate, metric).scores[metric]
        return scores.changes(rising=improved != (metric in self.settings.lower_is_better))

    def _candidate(self, name: str | None, metric: str) -> Candidate:
        """Return the candidate of a name, or the only one, that has an evaluator."""
        names = [each.name for each in self.candidates]
        if name is None and len(names) > 1:
            raise InvalidInput(f"name one of the candidates: {', '.join(names)}", path="candidate")
        found = self.candidates[0 if name is None else names.index(name)] if name is None or name in names else None
        if found is None:
            raise InvalidInput(f"there is no candidate {name!r}; there are: {', '.join(names)}", path="candidate")
        if metric not in found.scores:
            there = ", ".join(found.scores) or "none"
            raise InvalidInput(f"there is no evaluator {metric!r}; there are: {there}", path="metric")
        return found

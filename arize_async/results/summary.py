"""What a run came to, in a few numbers that always say how many runs they stand on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import field, frozen

from arize_async.models.finished import FinishedEvaluation
from arize_async.results.frame import FAILED

if TYPE_CHECKING:
    import polars as pl


@frozen
class EvaluatorSummary:
    """One evaluator over all runs.

    Attributes:
        name: The evaluator.
        scored: Runs with a score.
        total: All runs.
        mean: Mean of the scores, None without any.
        labels: How often each label was given.
        errors: Runs without a result: the evaluator failed, or was not run because the task had failed.
    """

    name: str
    scored: int
    total: int
    mean: float | None
    labels: Mapping[str, int]
    errors: int


@frozen
class Summary:
    """A run in a few numbers.

    Attributes:
        runs: Finished runs.
        failed: Runs whose task failed.
        latency: Median and 95th percentile of the latency in ms, None without any run.
        evaluators: One for each evaluator.
        run_evaluations: What the evaluators of all runs found, by their names.
    """

    runs: int
    failed: int
    latency: tuple[float, float] | None
    evaluators: tuple[EvaluatorSummary, ...]
    run_evaluations: Mapping[str, FinishedEvaluation] = field(factory=dict[str, FinishedEvaluation])

    def __str__(self) -> str:
        """Return the numbers as lines of text."""
        lines = [f"{self.runs} runs, {self.failed} failed"]
        if self.latency:
            lines[0] += f", latency {self.latency[0]:.1f} ms (median) {self.latency[1]:.1f} ms (95 %)"
        for evaluator in self.evaluators:
            mean = "no scores" if evaluator.mean is None else f"mean {evaluator.mean:.4g}"
            labels = ", ".join(f"{label} {count}" for label, count in evaluator.labels.items())
            errors = f", {evaluator.errors} without a result" if evaluator.errors else ""
            named = f" ({labels})" if labels else ""
            lines.append(f"{evaluator.name}: {mean} of {evaluator.scored}/{evaluator.total}{named}{errors}")
        lines += [f"{name}: {_told(evaluation)}" for name, evaluation in self.run_evaluations.items()]
        return "\n".join(lines)


def _told(evaluation: FinishedEvaluation) -> str:
    result = evaluation.result
    if result is None:
        return f"no result: {evaluation.error}"
    found = [part for part in (None if result.score is None else f"{result.score:.4g}", result.label) if part]
    return f"{' '.join(found)} of all runs"


def summarize(
    frame: pl.DataFrame,
    evaluators: tuple[str, ...],
    run_evaluations: Mapping[str, FinishedEvaluation] | None = None,
) -> Summary:
    """Summarize a result frame."""
    latency = frame["latency"].drop_nulls()
    return Summary(
        runs=frame.height,
        failed=int((frame["execution_status"] == FAILED).sum()),
        latency=_percentiles(latency),
        evaluators=tuple(_evaluator(frame, name) for name in evaluators),
        run_evaluations=run_evaluations or {},
    )


def _percentiles(latency: pl.Series) -> tuple[float, float] | None:
    median, high = latency.quantile(0.5), latency.quantile(0.95)
    return None if median is None or high is None else (median, high)


def _evaluator(frame: pl.DataFrame, name: str) -> EvaluatorSummary:
    scores = frame[f"eval.{name}.score"].drop_nulls()
    labels = frame[f"eval.{name}.label"].drop_nulls().value_counts(sort=True)
    mean = scores.mean()
    error = f"eval.{name}.error"
    return EvaluatorSummary(
        name=name,
        scored=len(scores),
        total=frame.height,
        mean=float(mean) if isinstance(mean, (int, float)) else None,
        labels=dict(labels.iter_rows()),
        errors=frame[error].drop_nulls().len() if error in frame.columns else 0,
    )

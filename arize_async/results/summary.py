"""What a run came to, in a few numbers that always say how many runs they stand on."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import attrs
import polars as pl
from attrs import field, frozen

from arize_async.models.finished import FinishedEvaluation
from arize_async.models.unicode import short, visible
from arize_async.results.metrics import Interval, number
from arize_async.results.scores import (
    can_be_averaged,
    evaluator_names,
    failed,
    label,
    of_examples,
    raw_score,
    score,
    unit_or_seen,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_CAUSE = r"^([A-Za-z_][\w.]*)\("
_MOST_CAUSE = 100
_CONFIDENCE = 0.95
_MOST_LABELS, _LONGEST_LABEL = 6, 30


@frozen
class Latency:
    """How long the calls of the task took, in milliseconds.

    Attributes:
        median: Half of the runs were faster.
        p95: 95 % were.
        p99: 99 % were.
        longest: The slowest.
    """

    median: float
    p95: float
    p99: float
    longest: float


@frozen
class Total:
    """A sum over runs.

    Attributes:
        value: The sum.
        runs: Of how many runs it is known.
    """

    value: float
    runs: int


@frozen
class EvaluatorSummary:
    """One evaluator over all runs.

    Attributes:
        name: The evaluator.
        scored: Runs with a score that is a finite number.
        total: All runs.
        examples: Examples with a score.
        mean: Mean over the examples of each one's mean score, None without any.
        standard_error: Of the mean, with examples as the independent units; None below two of them.
        interval: The mean's 95 % confidence interval; None below two examples, and without the extra ``stats``.
        bounds: The mean if every run without a score had the lowest one, and the highest one: 0 and 1 when all scores
            lie there, else the lowest and highest score seen.
        labels: How often each label was given.
        errors: Runs without a result: the evaluator failed, or was not run because the task had failed.
        failures: How often each cause of that was met.
        not_finite: Scores that are NaN or infinite; they do not count as scores.
        tokens: Of its own LLM calls; None when no run knows them.
        cost: Of those, in US dollars; None when no run knows it.
    """

    name: str
    scored: int
    total: int
    examples: int
    mean: float | None
    standard_error: float | None
    interval: Interval | None
    bounds: tuple[float, float] | None
    labels: Mapping[str, int]
    errors: int
    failures: Mapping[str, int]
    not_finite: int
    tokens: Total | None = None
    cost: Total | None = None

    def __str__(self) -> str:
        """Return the numbers as a line of text."""
        mean = "no scores" if self.mean is None else f"mean {self.mean:.4g}"
        spread = f" ± {number(self.standard_error)}" if self.standard_error else ""
        missing = ""
        if self.bounds and self.scored < self.total:
            missing = f", {number(self.bounds[0])} to {number(self.bounds[1])} with what is missing"
        named = f" ({self.label_counts})" if self.labels else ""
        errors = f", {self.errors} without a result" if self.errors else ""
        odd = f", {self.not_finite} not finite" if self.not_finite else ""
        used = "".join(f", {text}" for text in _used(self.tokens, self.cost))
        name = visible(self.name)
        return f"{name}: {mean} of {self.scored}/{self.total}{spread}{missing}{named}{errors}{odd}{used}"

    @property
    def label_counts(self) -> str:
        """The most frequent labels with their counts, as text: an evaluator may have given each run another one."""
        told = [f"{short(label, _LONGEST_LABEL)} {count}" for label, count in list(self.labels.items())[:_MOST_LABELS]]
        return ", ".join(told) + (f" and {len(self.labels) - len(told)} more" if len(self.labels) > len(told) else "")


@frozen
class Summary:
    """A run in a few numbers.

    Attributes:
        runs: Finished runs.
        examples: Different examples.
        failed: Runs whose task failed.
        failures: How often each cause of that was met: the type of the exception, or the message without one.
        latency: None without any run.
        tokens: Of the LLM calls in tasks; None when no run knows them.
        cost: Of those, in US dollars; None when no run knows it.
        evaluators: One for each evaluator.
        run_evaluations: What the evaluators of all runs found, by their names.
        lost_spans: Spans that could not be delivered; the results are complete without them.
    """

    runs: int
    examples: int
    failed: int
    failures: Mapping[str, int]
    latency: Latency | None
    tokens: Total | None
    cost: Total | None
    evaluators: tuple[EvaluatorSummary, ...]
    run_evaluations: Mapping[str, FinishedEvaluation] = field(factory=dict[str, FinishedEvaluation])
    lost_spans: int = 0

    @classmethod
    def of(
        cls,
        frame: pl.DataFrame,
        evaluators: Sequence[str] | None = None,
        run_evaluations: Mapping[str, FinishedEvaluation] | None = None,
        lost_spans: int = 0,
    ) -> Summary:
        """Sum up a frame of runs.

        Args:
            frame: One row a run, with the columns of ``run`` or of ``list_runs(..., all=True).to_df()``.
            evaluators: Names; by default those that have columns.
            run_evaluations: What the evaluators of all runs found, by their names.
            lost_spans: How many spans could not be delivered.

        Example:
            >>> import polars as pl
            >>> frame = pl.DataFrame({"example_id": ["a", "b"], "eval.right.score": [1.0, None]})
            >>> print(Summary.of(frame).evaluators[0])
            right: mean 1 of 1/2, 0.500 to 1.000 with what is missing
        """
        bad = frame.filter(failed(frame))
        return cls(
            runs=frame.height,
            examples=frame["example_id"].n_unique() if "example_id" in frame.columns else frame.height,
            failed=bad.height,
            failures=_causes(bad, "error"),
            latency=_latency(frame),
            tokens=_total(frame, "token_count"),
            cost=_total(frame, "total_cost"),
            evaluators=_evaluators(frame, evaluator_names(frame) if evaluators is None else evaluators),
            run_evaluations=run_evaluations or {},
            lost_spans=lost_spans,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return all numbers as JSON knows them."""
        return attrs.asdict(self)

    def __str__(self) -> str:
        """Return the numbers as lines of text."""
        head = [f"{self.runs} runs", f"{self.failed} failed"]
        if self.examples != self.runs:
            head.insert(1, f"of {self.examples} examples")
        if self.latency:
            head.append(f"latency {self.latency.median:.1f} ms (median) {self.latency.p95:.1f} ms (95 %)")
        head += _used(self.tokens, self.cost)
        causes = [f"failed: {cause}: {count}" for cause, count in self.failures.items()]
        told = [f"{name}: {_told(evaluation)}" for name, evaluation in self.run_evaluations.items()]
        lost = [f"{self.lost_spans} spans could not be delivered"] if self.lost_spans else []
        return "\n".join([", ".join(head), *causes, *(str(evaluator) for evaluator in self.evaluators), *told, *lost])


def _used(tokens: Total | None, cost: Total | None) -> list[str]:
    told = [f"{tokens.value:.0f} tokens ({tokens.runs} runs)"] if tokens else []
    return [*told, f"${cost.value:.4g} ({cost.runs} runs)"] if cost else told


def _told(evaluation: FinishedEvaluation) -> str:
    result = evaluation.result
    if result is None:
        return f"no result: {evaluation.error}"
    found = [part for part in (None if result.score is None else f"{result.score:.4g}", result.label) if part]
    return f"{' '.join(found)} of all runs"


def _latency(frame: pl.DataFrame) -> Latency | None:
    numbers = _numbers(frame, "latency")
    if not len(numbers):
        return None
    return Latency(*(float(numbers.quantile(share) or 0) for share in (0.5, 0.95, 0.99, 1.0)))


def _total(frame: pl.DataFrame, column: str) -> Total | None:
    numbers = _numbers(frame, column)
    return Total(float(numbers.sum()), len(numbers)) if len(numbers) else None


def _numbers(frame: pl.DataFrame, column: str) -> pl.Series:
    if column not in frame.columns or not frame.schema[column].is_numeric():
        return pl.Series(column, [], pl.Float64)
    numbers = frame[column].cast(pl.Float64)
    return numbers.filter(numbers.is_finite())


def _causes(frame: pl.DataFrame, column: str) -> dict[str, int]:
    if column not in frame.columns:
        return {}
    text = pl.col(column).cast(pl.String, strict=False)
    cause = pl.coalesce(text.str.extract(_CAUSE), text.str.slice(0, _MOST_CAUSE)).alias("cause")
    return dict(frame.select(cause).drop_nulls()["cause"].value_counts(sort=True).iter_rows())


def _evaluators(frame: pl.DataFrame, names: Sequence[str]) -> tuple[EvaluatorSummary, ...]:
    examples = of_examples(frame if "example_id" in frame.columns else _numbered(frame), names)
    return tuple(_evaluator(frame, name, examples, place) for place, name in enumerate(names))


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """Return runs that belong to no dataset, each as an example of its own."""
    return frame.with_row_index("example_id")


def _evaluator(frame: pl.DataFrame, name: str, examples: pl.DataFrame, place: int) -> EvaluatorSummary:
    scores = frame.select(score(frame, name).alias("score"))["score"].drop_nulls()
    means = examples[f"mean {place}"].drop_nulls()
    odd = ~can_be_averaged(raw_score(frame, name))
    failures = _causes(frame, f"eval.{name}.error")
    mean, spread = means.mean(), means.std()
    return EvaluatorSummary(
        name=name,
        scored=len(scores),
        total=frame.height,
        examples=len(means),
        mean=float(mean) if isinstance(mean, float) else None,
        standard_error=spread / len(means) ** 0.5 if isinstance(spread, float) else None,
        interval=_interval(scores, means),
        bounds=_bounds(scores, examples, place),
        labels=dict(label(frame, name).value_counts(sort=True).iter_rows()),
        errors=sum(failures.values()),
        failures=failures,
        not_finite=int(frame.select(odd.sum().alias("n"))["n"][0] or 0),
        tokens=_total(frame, f"eval.{name}.token_count"),
        cost=_total(frame, f"eval.{name}.total_cost"),
    )


def _interval(scores: pl.Series, means: pl.Series) -> Interval | None:
    if len(means) < 2 or find_spec("scipy") is None:  # noqa: PLR2004 - one example says nothing of another
        return None
    from arize_async.results.statistics.intervals import interval_of_mean

    is_pass_fail = len(scores) == len(means) and bool(scores.is_in([0.0, 1.0]).all())
    limits, method = interval_of_mean(
        means.to_numpy(), is_pass_fail=is_pass_fail, span=unit_or_seen(scores), confidence=_CONFIDENCE
    )
    return Interval(*limits, _CONFIDENCE, method)


def _bounds(scores: pl.Series, examples: pl.DataFrame, place: int) -> tuple[float, float] | None:
    if not len(scores):
        return None
    lowest, highest = unit_or_seen(scores)
    return _mean_with(examples, place, lowest), _mean_with(examples, place, highest)


def _mean_with(examples: pl.DataFrame, place: int, missing: float) -> float:
    """Return the mean over examples when a run without a score had this one."""
    scored, runs = pl.col(f"scored {place}").cast(pl.Float64), pl.col("runs").cast(pl.Float64)
    filled = (pl.col(f"mean {place}").fill_null(0) * scored + missing * (runs - scored)) / runs
    return float(examples.select(filled.mean().alias("mean"))["mean"][0])

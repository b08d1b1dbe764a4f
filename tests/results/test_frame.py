"""The result frame: its columns, their types, their order."""

from __future__ import annotations

import pickle
from typing import Any

import polars as pl
import pytest

from arize_async.models.evaluation import EvaluationResult
from arize_async.models.finished import FinishedEvaluation, FinishedRun
from arize_async.results.frame import failures
from arize_async.results.result import ExperimentResult

from .journals import result_frame


def run(index: int, output: Any = "o", error: str | None = None, *evaluations: FinishedEvaluation) -> FinishedRun:
    """Make a finished run."""
    return FinishedRun(
        index=index,
        example_id=f"ex-{index}",
        output=output,
        error=error,
        trace_id="0" * 32,
        started_ms=1_700_000_000_000 + index,
        latency=1.5,
        evaluations=evaluations,
    )


def judged(name: str = "e", *parts: Any, error: str | None = None) -> FinishedEvaluation:
    """Make an evaluation."""
    return FinishedEvaluation(name, None if error else EvaluationResult(*parts), error, "1" * 32, 1)


BASE = {
    "example_id": pl.String,
    "output": pl.String,
    "error": pl.String,
    "result.trace.id": pl.String,
    "result.trace.timestamp": pl.Int64,
    "latency": pl.Float64,
    "token_count": pl.Int64,
    "total_cost": pl.Float64,
    "execution_status": pl.String,
    "exceptions": pl.String,
}


def test_columns_are_there_without_any_run() -> None:
    """The schema does not depend on the values."""
    evaluation = {
        "eval.e.score": pl.Float64,
        "eval.e.label": pl.String,
        "eval.e.explanation": pl.String,
        "eval.e.trace.id": pl.String,
        "eval.e.trace.timestamp": pl.Int64,
    }
    assert dict(result_frame([], []).schema) == BASE
    assert dict(result_frame([], ["e"]).schema) == {**BASE, **evaluation}


@pytest.mark.parametrize("output", [None, 1, 2.5, "a", True, [1, "a"], {"a": 1}, float("nan")])
def test_types_are_stable_whatever_the_outputs(output: Any) -> None:
    """A mix of types gives the same columns as text alone."""
    frame = result_frame([run(0), run(1, output), run(2, None, "ValueError('x')")], [])
    assert dict(frame.schema) == BASE
    assert frame["execution_status"].to_list() == ["COMPLETED", "COMPLETED", "FAILED"]
    assert frame["exceptions"].to_list() == ["", "", "ValueError('x')"]


def test_rows_are_in_dataset_order() -> None:
    """Completion order does not show."""
    frame = result_frame([run(2), run(0), run(1)], [])
    assert frame["example_id"].to_list() == ["ex-0", "ex-1", "ex-2"]


def test_evaluator_errors_have_a_column_only_when_there_are_some() -> None:
    """The error column says why a result is missing."""
    good, bad = run(0, "o", None, judged("e", 1)), run(1, "o", None, judged("e", error="KeyError('x')"))
    assert "eval.e.error" not in result_frame([good], ["e"]).columns
    frame = result_frame([good, bad], ["e"])
    assert frame["eval.e.error"].to_list() == [None, "KeyError('x')"]
    assert frame["eval.e.score"].to_list() == [1.0, None]
    assert failures(frame, ["e"])["example_id"].to_list() == ["ex-1"]


@pytest.mark.parametrize(
    ("values", "expected", "kind"),
    [
        ([1, None], [1, None], pl.Int64),
        ([1, 2.5], [1.0, 2.5], pl.Float64),
        ([True, None], ["True", None], pl.String),
        (["a", 1], ["a", "1"], pl.String),
        ([[1], {"k": 2}], ["[1]", '{"k":2}'], pl.String),
        ([2**70, None], [str(2**70), None], pl.String),
        ([None, None], [None, None], pl.String),
    ],
)
def test_evaluation_metadata(values: list[Any], expected: list[Any], kind: Any) -> None:
    """Numbers stay numbers where all are; the rest is text, JSON where it is nested."""
    runs = [run(i, "o", None, judged("e", 1, None, None, {"k": value})) for i, value in enumerate(values)]
    column = result_frame(runs, ["e"])["eval.e.metadata.k"]
    assert (column.to_list(), column.dtype) == (expected, kind)


def test_a_result_is_a_pair_with_views() -> None:
    """It unpacks, pickles, and sums up with its denominators."""
    runs = [
        run(0, "o", None, judged("e", 1.0, "good")),
        run(1, "o", None, judged("e", 0.5, "bad")),
        run(2, None, "ValueError()", FinishedEvaluation("e", None, "not run: the task failed")),
    ]
    result = ExperimentResult(None, result_frame(runs, ["e"]), ("e",))
    experiment, frame = result
    assert (experiment, frame.height, result.failures.height) == (None, 3, 1)
    assert repr(result) == "<ExperimentResult experiment=None [3 runs, 1 failures]>"
    summary = pickle.loads(pickle.dumps(result)).summary  # noqa: S301 - its own bytes
    assert (summary.runs, summary.failed) == (3, 1)
    (evaluator,) = summary.evaluators
    assert (evaluator.scored, evaluator.total, evaluator.mean, evaluator.errors) == (2, 3, 0.75, 1)
    assert evaluator.labels == {"good": 1, "bad": 1}
    assert "e: mean 0.75 of 2/3" in str(summary)


def test_a_summary_of_nothing() -> None:
    """No runs give no numbers instead of wrong ones."""
    summary = ExperimentResult(None, result_frame([], ["e"]), ("e",)).summary
    assert (summary.runs, summary.latency, summary.evaluators[0].mean) == (0, None, None)
    assert "no scores of 0/0" in str(summary)


def test_a_summary_tells_the_first_labels_only() -> None:
    """An evaluator may give each run a label of its own, of any length and with any characters."""
    runs = [run(i, "o", None, judged("e", None, f"\u202e{i}\n" + "x" * 1000)) for i in range(20)]
    line = str(ExperimentResult(None, result_frame(runs, ["e"]), ("e",)).summary.evaluators[0])
    assert "and 14 more" in line
    assert line.isprintable()
    assert len(line) < 400

"""Usages of ``arize_sync`` that type checkers must accept; never run."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_type

import polars as pl

from arize_sync import ArizeClient, Limits, RetryPolicy, Timeouts
from arize_sync.experiments import (
    EvaluationResult,
    EvaluationResultFieldNames,
    Evaluator,
    ExperimentMetadata,
    ExperimentTaskFieldNames,
)
from arize_sync.experiments.types import AnnotateRecordInput, AnnotationInput, Experiment, ExperimentRun
from arize_sync.server import LocalServer
from arize_sync.spaces.types import CustomSpaceRole, PredefinedSpaceRole, SpaceMembership

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


def by_row(dataset_row: Mapping[str, object]) -> str:
    """Take the whole row."""
    return str(dataset_row["question"])


def by_name(input: str, metadata: Mapping[str, object]) -> dict[str, object]:
    """Take columns by their short names."""
    return {"input": input, **metadata}


async def awaited(dataset_row: Mapping[str, object]) -> int:
    """Await something; the synchronous client runs coroutine functions as well."""
    return len(dataset_row)


def as_bool(output: str, expected: str) -> bool:
    """Judge with a truth value."""
    return output == expected


def as_tuple(output: str) -> tuple[float, str]:
    """Judge with a score and a reason."""
    return 1.0, output


class Contains(Evaluator):
    """Judge with state."""

    def __init__(self, word: str) -> None:
        """Keep the word."""
        self._word = word

    def evaluate(self, output: object = None, **kwargs: object) -> EvaluationResult:
        """Look for the word."""
        return EvaluationResult(score=float(self._word in str(output)))


def run(client: ArizeClient, metadata: ExperimentMetadata) -> None:
    """Run with every kind of task and evaluator."""
    experiment, df = client.experiments.run(
        name="a",
        dataset="b",
        space="c",
        task=by_row,
        evaluators=[as_bool, as_tuple, Contains("x")],
        concurrency=10,
        timeout=None,
        metadata=metadata,
        limits=Limits(evaluators=5),
        progress=False,
    )
    assert_type(experiment, Experiment)
    assert_type(df, pl.DataFrame)
    client.experiments.run(name="a", dataset="b", task=by_name, evaluators={"exact": as_bool})
    client.experiments.run(name="a", dataset="b", task=awaited, evaluators=as_bool, dry_run=True, dry_run_count=1)


def read(client: ArizeClient) -> list[str | None]:
    """Read pages and whole experiments."""
    page = client.experiments.list_runs(experiment="a", dataset="b", limit=100)
    assert_type(page.experiment_runs[0], ExperimentRun)
    assert_type(page.to_df(), pl.DataFrame)
    return [run.output for run in page]


def write(client: ArizeClient, frame: pd.DataFrame) -> Experiment:
    """Record rows and frames, and annotate."""
    columns = {"grade": EvaluationResultFieldNames(score="points", label="verdict")}
    fields = ExperimentTaskFieldNames(output="answer", example_id="example")
    client.experiments.create(
        name="a", dataset="b", experiment_runs=frame, task_fields=fields, evaluator_columns=columns
    )
    note = AnnotationInput(name="note", text="seen")
    client.experiments.annotate_runs(experiment="a", annotations=[AnnotateRecordInput(record_id="r", values=[note])])
    rows = [{"example": "1", "answer": "x", "points": 0.5}]
    return client.experiments.create(name="a", dataset="b", experiment_runs=rows, task_fields=fields)


def share(client: ArizeClient) -> None:
    """Add users with both kinds of roles."""
    added = client.spaces.add_user(space="a", user_id="u", role=PredefinedSpaceRole(name="MEMBER"))
    assert_type(added, SpaceMembership)
    assert_type(added.role, PredefinedSpaceRole | CustomSpaceRole)
    client.spaces.add_user(space="a", user_id=added.user_id, role=CustomSpaceRole(id="r"))
    client.spaces.remove_user(space="a", user_id=added.user_id)


def connect() -> None:
    """Open clients in each of the ways."""
    with ArizeClient.local() as client, ArizeClient.local(":memory:") as other:
        run(client, {})
        read(other)
    with LocalServer(port=8080) as server, ArizeClient(**server.client_options) as client:
        client.datasets.create(name="a", space="default", examples=[{"n": 1, "nested": {"x": [1, 2]}}])
        client.clear_cache()
    ArizeClient(api_key="key", timeouts=Timeouts(connect=1), retry=RetryPolicy(attempts=1)).close()

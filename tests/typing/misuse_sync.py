"""Usages of ``arize_sync`` that type checkers must refuse: each line has the error that it is to get; never run."""

# pyright: reportUnnecessaryTypeIgnoreComment=error

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_sync.experiments import EvaluationResult, Evaluator, ExperimentTaskFieldNames
from arize_sync.experiments.types import AnnotateRecordInput, AnnotationInput, Experiment, ExperimentResult

if TYPE_CHECKING:
    from arize_sync import ArizeClient


def run_wrongly(client: ArizeClient, task: object) -> None:
    """Misuse runs."""
    client.experiments.run(name="a", dataset="b", task=3)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    client.experiments.run(name="a", dataset="b", task=task)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    client.experiments.run(name="a", dataset="b", task=len, evaluators=3)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    client.experiments.run(name="a", dataset="b", task=len, evaluators=[len, 3])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    client.experiments.run(name="a", dataset="b", task=len, evaluators=[Evaluator], concurrency="many")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    client.experiments.run(name="a", dataset="b", task=len, concurency=3)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    client.experiments.run(name="a", dataset="b")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    client.experiments.run("a", "b", len)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    tried, _ = client.experiments.run(name="a", dataset="b", task=len, dry_run=True)
    tried.id  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    either, _ = client.experiments.run(name="a", dataset="b", task=len, dry_run=bool(task))
    either.id  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    _, frame = client.experiments.run(name="a", dataset="b", task=len)
    frame.iterrows()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def call_wrongly(client: ArizeClient) -> None:
    """Misuse other methods."""
    client.experiments.get(experiment=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.experiments.list(limit="10")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.experiments.create(name="a", experiment_runs=3, task_fields=ExperimentTaskFieldNames(output="o"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.experiments.create(name="a", experiment_runs=[], task_fields={"output": "o"})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.experiments.annotate_runs(experiment="a", annotations=["r"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    client.datasets.create(name="a", examples=[{}])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.datasets.delete_examples(dataset="a", dataset_version_id="v", examples=[1])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    client.spaces.create(nmae="a")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.spaces.add_user(space="s", user_id="u", role="MEMBER")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.annotation_configs.create_continuous(name="a", space="s", minimum_score="0", maximum_score=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    page = client.experiments.list()
    page.datasets  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    client.experiments.list_runs(experiment="a").experiment_runs[0].model  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    client.experimentss  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def build_wrongly(experiment: Experiment, result: ExperimentResult) -> None:
    """Misuse values."""
    experiment.name = "b"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    Experiment(id="i", name="n")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    EvaluationResult(score="high")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    AnnotateRecordInput(record_id="r", values=[AnnotationInput(label="l")])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    result.experiment.id  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]

"""Usages of ``arize_async`` that type checkers must refuse: each line has the error that it is to get; never run."""

# pyright: reportUnnecessaryTypeIgnoreComment=error

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.experiments import EvaluationResult, Evaluator, ExperimentTaskFieldNames
from arize_async.experiments.types import AnnotateRecordInput, AnnotationInput, Experiment, ExperimentResult

if TYPE_CHECKING:
    from arize_async import ArizeClient


async def run_wrongly(client: ArizeClient, task: object) -> None:
    """Misuse runs."""
    await client.experiments.run(name="a", dataset="b", task=3)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    await client.experiments.run(name="a", dataset="b", task=task)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    await client.experiments.run(name="a", dataset="b", task=len, evaluators=3)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    await client.experiments.run(name="a", dataset="b", task=len, evaluators=[len, 3])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    await client.experiments.run(name="a", dataset="b", task=len, evaluators=[Evaluator], concurrency="many")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    await client.experiments.run(name="a", dataset="b", task=len, concurency=3)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await client.experiments.run(name="a", dataset="b")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await client.experiments.run("a", "b", len)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    tried, _ = await client.experiments.run(name="a", dataset="b", task=len, dry_run=True)
    tried.id  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    either, _ = await client.experiments.run(name="a", dataset="b", task=len, dry_run=bool(task))
    either.id  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    _, frame = await client.experiments.run(name="a", dataset="b", task=len)
    frame.iterrows()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


async def call_wrongly(client: ArizeClient) -> None:
    """Misuse other methods."""
    await client.experiments.get(experiment=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await client.experiments.list(limit="10")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await client.experiments.create(name="a", experiment_runs=3, task_fields=ExperimentTaskFieldNames(output="o"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await client.experiments.create(name="a", experiment_runs=[], task_fields={"output": "o"})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await client.experiments.annotate_runs(experiment="a", annotations=["r"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    await client.datasets.create(name="a", examples=[{}])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await client.datasets.delete_examples(dataset="a", dataset_version_id="v", examples=[1])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    await client.spaces.create(nmae="a")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await client.spaces.add_user(space="s", user_id="u", role="MEMBER")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await client.annotation_configs.create_continuous(name="a", space="s", minimum_score="0", maximum_score=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    page = await client.experiments.list()
    page.datasets  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    (await client.experiments.list_runs(experiment="a")).experiment_runs[0].model  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    client.experimentss  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def build_wrongly(experiment: Experiment, result: ExperimentResult) -> None:
    """Misuse values."""
    experiment.name = "b"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    Experiment(id="i", name="n")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    EvaluationResult(score="high")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    AnnotateRecordInput(record_id="r", values=[AnnotationInput(label="l")])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    result.experiment.id  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]

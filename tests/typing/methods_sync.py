"""Every method of every service of ``arize_sync``, with the type of what it gives; never run."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_type

import polars as pl

from arize_sync.annotation_configs.types import (
    AnnotationConfig,
    CategoricalAnnotationConfig,
    CategoricalAnnotationValue,
    ContinuousAnnotationConfig,
    FreeformAnnotationConfig,
    ListAnnotationConfigsResponse,
    OptimizationDirection,
)
from arize_sync.datasets.types import (
    AnnotateRecordInput,
    AnnotationInput,
    Dataset,
    DatasetExample,
    DatasetVersionWithExampleIds,
    DeleteDatasetExamplesResponse,
    ListDatasetExamplesResponse,
    ListDatasetsResponse,
)
from arize_sync.experiments import EvaluationResultFieldNames, ExperimentTaskFieldNames
from arize_sync.experiments.types import (
    Experiment,
    ExperimentResult,
    ExperimentRun,
    ExperimentRunInput,
    ExperimentWithRunIds,
    FinishedRun,
    ListExperimentRunsResponse,
    ListExperimentsResponse,
)
from arize_sync.results import Comparison, Summary
from arize_sync.spaces.types import (
    CustomSpaceRole,
    DefaultLLMIntegration,
    ListSpacesResponse,
    PredefinedSpaceRole,
    Space,
    SpaceMembership,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from arize_sync import ArizeClient

RECORD = AnnotateRecordInput(record_id="r", values=[AnnotationInput(name="n", score=1, label="l", text="t")])
FIELDS = ExperimentTaskFieldNames(output="o", example_id="e")


def run_experiments(client: ArizeClient, dry: bool) -> None:
    """Run: a dry run has no experiment, any other has one."""
    recorded = client.experiments.run(name="a", dataset="b", task=len)
    assert_type(recorded, ExperimentResult[Experiment])
    experiment, frame = recorded
    assert_type(experiment.id, str)
    assert_type(frame, pl.DataFrame)
    tried, frame = client.experiments.run(name="a", dataset="b", task=len, dry_run=True)
    assert_type(tried, None)
    either, frame = client.experiments.run(name="a", dataset="b", task=len, dry_run=dry)
    assert_type(either, Experiment | None)
    with client.experiments.stream(name="a", dataset="b", task=len) as runs:
        for run in runs:
            assert_type(run, FinishedRun)
    assert_type(runs.result, ExperimentResult)


def record_experiments(client: ArizeClient, table: pa.Table, path: Path) -> None:
    """Record, read and annotate."""
    columns = {"g": EvaluationResultFieldNames(score="s", metadata={"k": None})}
    for rows in ([{"o": 1}], pl.DataFrame({"o": [1]}), table, path, "runs.parquet", [path]):
        made = client.experiments.create(
            name="a", dataset="b", experiment_runs=rows, task_fields=FIELDS, evaluator_columns=columns
        )
        assert_type(made, Experiment)
    assert_type(client.experiments.get(experiment="a", dataset="b", space="c"), Experiment)
    assert_type(client.experiments.summary(experiment="a", dataset="b", space="c"), Summary)
    compared = client.experiments.compare(baseline="a", candidates=["b"], dataset="d", confidence=0.9)
    assert_type(compared, Comparison)
    page = client.experiments.list(dataset="b", limit=10, cursor="c")
    assert_type(page, ListExperimentsResponse)
    assert_type(page.experiments, list[Experiment])
    assert_type(list(page), list[Experiment])
    runs = client.experiments.list_runs(experiment="a", filter="x = 1", limit=10)
    assert_type(runs, ListExperimentRunsResponse)
    assert_type(runs.experiment_runs[0].output, str | None)
    assert_type(list(runs), list[ExperimentRun])
    assert_type((client.experiments.list_runs(experiment="a", all=True)).to_df(), pl.DataFrame)
    run = ExperimentRunInput(output="o", additional_properties={"n": 1})
    for given in ([run], [{"output": "o"}], pl.DataFrame({"output": ["o"]})):
        extended = client.experiments.append_runs(experiment="a", experiment_runs=given)
        assert_type(extended, ExperimentWithRunIds)
    client.experiments.annotate_runs(experiment="a", annotations=[RECORD])
    client.experiments.annotate_runs(experiment="a", annotations=[{"record_id": "r", "values": []}])
    client.experiments.export_to_parquet(experiment="a", path=path)
    sent = client.experiments.upload_journal(journal=path)
    assert_type(sent, ExperimentResult)
    client.experiments.delete(experiment="a", dataset="b")


def use_datasets(client: ArizeClient, path: Path) -> None:
    """Datasets and their examples."""
    page = client.datasets.list(name="d", space="s")
    assert_type(page, ListDatasetsResponse)
    assert_type(page.datasets, list[Dataset])
    assert_type(client.datasets.create(name="d", space="s", examples=[{"a": [1]}]), Dataset)
    assert_type(client.datasets.get(dataset="d"), Dataset)
    assert_type(client.datasets.update(dataset="d", name="e"), Dataset)
    examples = client.datasets.list_examples(dataset="d", dataset_version_id="v", all=True)
    assert_type(examples, ListDatasetExamplesResponse)
    assert_type(examples.examples, list[DatasetExample])
    assert_type(examples.examples[0].additional_properties["q"], object)
    changed = client.datasets.append_examples(dataset="d", examples=[{"a": 1}])
    assert_type(changed, DatasetVersionWithExampleIds)
    changed = client.datasets.update_examples(dataset="d", examples=[{"id": "i", "a": 1}], new_version="v")
    assert_type(changed.example_ids, list[str])
    gone = client.datasets.delete_examples(dataset="d", dataset_version_id="v", examples=["i"])
    assert_type(gone, DeleteDatasetExamplesResponse)
    client.datasets.annotate_examples(dataset="d", annotations=[RECORD])
    client.datasets.export_to_parquet(dataset="d", path=path)
    client.datasets.delete(dataset="d")


def use_spaces(client: ArizeClient) -> None:
    """Spaces and their members."""
    page = client.spaces.list(name="s")
    assert_type(page, ListSpacesResponse)
    assert_type([space.name for space in page], list[str])
    assert_type(client.spaces.create(name="s", is_private=True), Space)
    assert_type(client.spaces.get(space="s"), Space)
    integration = DefaultLLMIntegration(integration_id="i", model_name="m")
    changed = client.spaces.update(space="s", description=None, default_llm_integration=integration)
    assert_type(changed.default_llm_integration, DefaultLLMIntegration | None)
    client.spaces.update(space="s", default_llm_integration={"integration_id": "i", "model_name": "m"})
    member = client.spaces.add_user(space="s", user_id="u", role=PredefinedSpaceRole(name="MEMBER"))
    assert_type(member, SpaceMembership)
    client.spaces.add_user(space="s", user_id="u", role=CustomSpaceRole(id="r"))
    client.spaces.remove_user(space="s", user_id="u")
    client.spaces.delete(space="s")


def use_annotation_configs(client: ArizeClient) -> None:
    """Annotation configs, each of its own type."""
    configs = client.annotation_configs
    page = client.annotation_configs.list(space="s")
    assert_type(page, ListAnnotationConfigsResponse)
    assert_type(page.annotation_configs, list[AnnotationConfig])
    found = client.annotation_configs.get(annotation_config="a")
    if found.type == "CATEGORICAL":
        assert_type(found, CategoricalAnnotationConfig)
    up = OptimizationDirection.MAXIMIZE
    continuous = client.annotation_configs.create_continuous(
        name="a", space="s", minimum_score=0, maximum_score=1.5, optimization_direction=up
    )
    assert_type(continuous, ContinuousAnnotationConfig)
    values = [CategoricalAnnotationValue(label="l", score=1)]
    categorical = client.annotation_configs.create_categorical(name="a", space="s", values=values)
    assert_type(categorical.values, list[CategoricalAnnotationValue])
    client.annotation_configs.create_categorical(name="a", space="s", values=[{"label": "l"}])
    assert_type(client.annotation_configs.create_freeform(name="a", space="s"), FreeformAnnotationConfig)
    client.annotation_configs.update_continuous(annotation_config="a", maximum_score=2)
    client.annotation_configs.update_categorical(annotation_config="a", values=values)
    client.annotation_configs.update_freeform(annotation_config="a", name="b")
    configs.delete(annotation_config="a", space="s")
    client.annotation_configs.delete(annotation_config="a")

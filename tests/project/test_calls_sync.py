"""The calls that users of the official SDK know, made through ``arize_sync`` against the embedded server."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from arize_sync import ArizeClient
from arize_sync.errors import NotFound, RunAborted
from arize_sync.experiments import EvaluationResult, EvaluationResultFieldNames, ExperimentTaskFieldNames
from arize_sync.experiments.types import AnnotateRecordInput, AnnotationInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

EXAMPLES = [
    {"attributes.input.value": "Telephone", "attributes.output.value": "Bell"},
    {"attributes.input.value": "Dynamite", "attributes.output.value": "Nobel"},
    {"attributes.input.value": "Piano", "attributes.output.value": "Cristofori"},
]
COLUMNS = {
    "output": ["Paris is the capital of France", "Rome is the capital of Italy"],
    "latency_ms": [245, 198],
    "correctness_score": [1.0, 0.5],
    "correctness_label": ["correct", "partly"],
}
TASK_FIELDS = ExperimentTaskFieldNames(example_id="example_id", output="output")
EVALUATOR_COLUMNS = {"Correctness": EvaluationResultFieldNames(score="correctness_score", label="correctness_label")}


@pytest.fixture
def client() -> Iterator[ArizeClient]:
    """Open a client of a server that keeps nothing."""
    with ArizeClient.local(":memory:") as client:
        yield client


@pytest.fixture
def dataset(client: ArizeClient) -> str:
    """Create a dataset of three inventions and return its id."""
    return client.datasets.create(name="inventions", space="default", examples=EXAMPLES).id


def answer_question(dataset_row: Mapping[str, Any]) -> str:
    """Know one inventor."""
    return "Bell, of course" if dataset_row.get("attributes.input.value") == "Telephone" else "no idea"


def is_correct(output: str, dataset_row: Mapping[str, Any]) -> EvaluationResult:
    """Look for the inventor's name."""
    correct = dataset_row["attributes.output.value"] in output
    return EvaluationResult(score=int(correct), label="correct" if correct else "incorrect", explanation="by name")


def recorded(client: ArizeClient, experiment: str) -> list[tuple[object, ...]]:
    """Return output, score, label and latency of the runs as the server has them."""
    runs = client.experiments.list_runs(experiment=experiment).experiment_runs
    names = ("eval.Correctness.score", "eval.Correctness.label", "latency_ms")
    return [(run.output, *(run.additional_properties[name] for name in names)) for run in runs]


def test_create_from_dictionaries(client: ArizeClient, dataset: str) -> None:
    """Results made elsewhere are recorded from dictionaries, evaluations under the evaluator's name."""
    ids = [example.id for example in client.datasets.list_examples(dataset=dataset).examples[:2]]
    rows = [
        {"example_id": example, **{name: values[place] for name, values in COLUMNS.items()}}
        for place, example in enumerate(ids)
    ]
    experiment = client.experiments.create(
        name="dicts",
        dataset=dataset,
        experiment_runs=rows,
        task_fields=TASK_FIELDS,
        evaluator_columns=EVALUATOR_COLUMNS,
    )
    assert recorded(client, experiment.id) == [
        ("Paris is the capital of France", 1.0, "correct", 245),
        ("Rome is the capital of Italy", 0.5, "partly", 198),
    ]


def test_create_from_a_pandas_frame(client: ArizeClient, dataset: str) -> None:
    """A pandas frame is recorded like the dictionaries of its rows."""
    ids = [example.id for example in client.datasets.list_examples(dataset=dataset).examples[:2]]
    frame = pd.DataFrame({"example_id": ids, **COLUMNS})
    experiment = client.experiments.create(
        name="frame",
        dataset=dataset,
        experiment_runs=frame,
        task_fields=TASK_FIELDS,
        evaluator_columns=EVALUATOR_COLUMNS,
    )
    assert [row[:3] for row in recorded(client, experiment.id)] == [
        ("Paris is the capital of France", 1.0, "correct"),
        ("Rome is the capital of Italy", 0.5, "partly"),
    ]


def test_run_unpacks_into_experiment_and_frame(client: ArizeClient, dataset: str) -> None:
    """A run gives the experiment on the server and a frame in the order of the dataset."""
    experiment, df = client.experiments.run(
        name="prompt-v2", dataset=dataset, task=answer_question, evaluators=[is_correct]
    )
    assert experiment.name == "prompt-v2"
    assert df["output"].to_list() == ["Bell, of course", "no idea", "no idea"]
    assert df["eval.is_correct.label"].to_list() == ["correct", "incorrect", "incorrect"]
    assert df["execution_status"].to_list() == ["COMPLETED"] * 3


def test_dry_run_leaves_nothing(client: ArizeClient, dataset: str) -> None:
    """A dry run works on the first examples, has no experiment, and leaves none on the server."""
    experiment, df = client.experiments.run(
        name="dry", dataset=dataset, task=answer_question, evaluators=[is_correct], dry_run=True, dry_run_count=2
    )
    assert experiment is None
    assert df.height == 2
    assert list(client.experiments.list(dataset=dataset)) == []


def test_concurrency_runs_plain_functions_at_the_same_time(client: ArizeClient) -> None:
    """Ten plain functions that wait for each other all arrive when concurrency is ten."""
    together = threading.Barrier(10, timeout=30)
    dataset = client.datasets.create(name="ten", space="default", examples=[{"n": n} for n in range(20)])

    def meet(dataset_row: Mapping[str, Any]) -> int:
        together.wait()
        return int(dataset_row["n"])

    _, df = client.experiments.run(name="ten", dataset=dataset.id, task=meet, concurrency=10)
    assert df["output"].to_list() == [str(n) for n in range(20)]


def test_exit_on_error_stops(client: ArizeClient, dataset: str) -> None:
    """The first failure ends the run when that is asked for."""

    def fail(dataset_row: Mapping[str, Any]) -> str:
        raise ValueError("broken")

    with pytest.raises(RunAborted, match="broken"):
        client.experiments.run(name="strict", dataset=dataset, task=fail, exit_on_error=True)


def test_global_tracer_provider_serves_more_than_one_run(client: ArizeClient, dataset: str) -> None:
    """The global provider can be asked for again and again in one process."""
    for name in ("first", "second"):
        _, df = client.experiments.run(
            name=name, dataset=dataset, task=answer_question, set_global_tracer_provider=True
        )
        assert df["output"].null_count() == 0


def test_list_get_and_delete(client: ArizeClient, dataset: str) -> None:
    """An experiment is listed, found by id and by name, and gone after it was deleted."""
    made, _ = client.experiments.run(name="short-lived", dataset=dataset, task=answer_question)
    assert [found.name for found in client.experiments.list(dataset=dataset, limit=50).experiments] == ["short-lived"]
    assert client.experiments.get(experiment=made.id) == client.experiments.get(
        experiment="short-lived", dataset="inventions", space="default"
    )
    client.experiments.delete(experiment="short-lived", dataset=dataset)
    with pytest.raises(NotFound):
        client.experiments.get(experiment=made.id)


def test_list_runs_by_page_and_all_at_once(client: ArizeClient, dataset: str) -> None:
    """Pages and the stream of all runs hold the same runs."""
    experiment, df = client.experiments.run(
        name="listed", dataset=dataset, task=answer_question, evaluators=[is_correct]
    )
    page = client.experiments.list_runs(experiment="listed", dataset=dataset, limit=2)
    everything = client.experiments.list_runs(experiment=experiment.id, all=True)
    assert len(page.experiment_runs) == 2
    assert [run.id for run in page] == [run.id for run in everything.experiment_runs]
    assert [run.output for run in page] == df["output"].to_list()


def test_annotate_runs(client: ArizeClient, dataset: str) -> None:
    """Annotations of people are kept beside the runs; writing one again replaces it."""
    space = client.spaces.get(space="default").id
    client.annotation_configs.create_categorical(
        name="accuracy", space=space, values=[{"label": "correct", "score": 1}, {"label": "wrong", "score": 0}]
    )
    client.annotation_configs.create_freeform(name="notes", space=space)
    experiment, _ = client.experiments.run(name="annotated", dataset=dataset, task=answer_question)
    run = client.experiments.list_runs(experiment=experiment.id).experiment_runs[0]
    for text in ("at first sight", "Well-structured output"):
        values = [
            AnnotationInput(name="accuracy", label="correct", score=1.0),
            AnnotationInput(name="notes", text=text),
        ]
        client.experiments.annotate_runs(
            experiment="annotated",
            dataset="inventions",
            space="default",
            annotations=[AnnotateRecordInput(record_id=run.id, values=values)],
        )
    annotations = client.experiments.list_runs(experiment=experiment.id).experiment_runs[0].annotations or []
    assert {(found.name, found.label, found.text) for found in annotations} == {
        ("accuracy", "correct", None),
        ("notes", None, "Well-structured output"),
    }


def test_list_experiment_runs_as_documented(client: ArizeClient, dataset: str) -> None:
    """By names, filtered, page by page and all at once, and as dictionaries, JSON and frames."""
    rows = [{"example_id": "ex", "output": str(n), "latency_ms": n} for n in range(250)]
    client.experiments.create(
        name="many",
        dataset=dataset,
        experiment_runs=rows,
        task_fields=ExperimentTaskFieldNames(example_id="example_id", output="output"),
    )
    resp = client.experiments.list_runs(experiment="many", dataset=dataset, limit=100)
    assert [run.output for run in resp.experiment_runs] == [str(n) for n in range(100)]
    assert resp.pagination.has_more
    following = client.experiments.list_runs(
        experiment="many", dataset=dataset, limit=100, cursor=resp.pagination.next_cursor
    )
    assert following.experiment_runs[0].output == "100"
    assert [run.output for run in resp] == [str(n) for n in range(250)]
    everything = client.experiments.list_runs(experiment="many", dataset=dataset, all=True)
    assert everything.to_df()["latency_ms"].to_list() == list(range(250))
    slow = client.experiments.list_runs(experiment="many", dataset=dataset, all=True, filter="latency_ms >= 240")
    assert [run.output for run in slow.experiment_runs] == [str(n) for n in range(240, 250)]
    assert resp.experiment_runs[3].to_dict()["latency_ms"] == 3
    assert json.loads(resp.to_json())["experiment_runs"][3]["output"] == "3"
    assert resp.to_df().height == 100

"""The unmodified official SDK on the embedded server, beside this package on the same server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from arize_sync import ArizeClient
from arize_sync.server import LocalServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

arize = pytest.importorskip("arize", reason="the session `official` installs it")
types = pytest.importorskip("arize.experiments.types")
experiments = pytest.importorskip("arize.experiments")

pytestmark = pytest.mark.filterwarnings("default")  # what the official SDK does is not ours to mend

EXAMPLES = [{"attributes.input.value": f"q{n}", "attributes.output.value": f"a{n}", "n": n} for n in range(4)]


@pytest.fixture
def server() -> Iterator[LocalServer]:
    """Start a server that keeps nothing."""
    with LocalServer(":memory:") as server:
        yield server


@pytest.fixture
def official(server: LocalServer, tmp_path: Path) -> Any:
    """Open the official client, its cache in the test's folder."""
    return arize.ArizeClient(**server.client_options, arize_directory=str(tmp_path))


@pytest.fixture
def ours(server: LocalServer) -> Iterator[ArizeClient]:
    """Open a client of this package on the same server."""
    with ArizeClient(**server.client_options) as client:
        yield client


def answer(dataset_row: Mapping[str, Any]) -> str:
    """Be right about even numbers."""
    number = int(dataset_row["n"])
    return f"a{number}" if number % 2 == 0 else "no idea"


def exact(output: str, dataset_output: str) -> tuple[float, str]:
    """Compare, with a reason."""
    return float(output == dataset_output), "compared"


def test_official_run_is_read_by_both(official: Any, ours: ArizeClient) -> None:
    """A run of the official SDK is on the server, and both clients read the same outputs and scores."""
    dataset = official.datasets.create(name="d", space="default", examples=EXAMPLES)
    experiment, df = official.experiments.run(name="e", dataset=dataset.id, task=answer, evaluators=[exact])
    assert list(df["output"]) == ["a0", "no idea", "a2", "no idea"]
    theirs = official.experiments.list_runs(experiment="e", dataset=dataset.id, all=True).experiment_runs
    found = ours.experiments.list_runs(experiment=experiment.id).experiment_runs
    for runs in (theirs, found):
        assert [run.output for run in runs] == list(df["output"])
        assert [run.additional_properties["eval.exact.score"] for run in runs] == [1, 0, 1, 0]


def test_columns_are_the_same(official: Any, ours: ArizeClient) -> None:
    """A run of either client gives a frame of the same columns in the same order."""
    dataset = ours.datasets.create(name="d", space="default", examples=EXAMPLES)
    _, theirs = official.experiments.run(name="theirs", dataset=dataset.id, task=answer, evaluators=[exact])
    _, df = ours.experiments.run(name="ours", dataset=dataset.id, task=answer, evaluators=[exact])
    assert df.columns == list(theirs.columns)
    assert df["output"].to_list() == list(theirs["output"])
    assert df["eval.exact.score"].to_list() == list(theirs["eval.exact.score"])


def test_our_run_is_read_by_the_official_client(official: Any, ours: ArizeClient) -> None:
    """The official client reads a run of this package by page and all at once."""
    dataset = ours.datasets.create(name="d", space="default", examples=EXAMPLES)
    experiment, df = ours.experiments.run(name="e", dataset=dataset.id, task=answer, evaluators=[exact])
    assert experiment is not None
    page = official.experiments.list_runs(experiment=experiment.id, limit=500)
    everything = official.experiments.list_runs(experiment=experiment.id, all=True)
    assert [run.output for run in page.experiment_runs] == df["output"].to_list()
    assert [run.output for run in everything.experiment_runs] == df["output"].to_list()


def test_run_over_rest_alone(official: Any) -> None:
    """The official client's REST path works as well."""
    dataset = official.datasets.create(name="d", space="default", examples=EXAMPLES)
    experiment, df = official.experiments.run(
        name="rest", dataset=dataset.id, task=answer, evaluators=[exact], force_http=True
    )
    assert experiment.name == "rest"
    assert len(df) == len(EXAMPLES)


@pytest.mark.parametrize("rows", [3, 1500], ids=["REST", "Flight"])
def test_datasets_of_either_size(official: Any, ours: ArizeClient, rows: int) -> None:
    """A dataset that the official client makes from a frame has the same examples for both."""
    frame = pd.DataFrame({"question": [f"q{n}" for n in range(rows)], "n": range(rows)})
    dataset = official.datasets.create(name="frame", space="default", examples=frame)
    theirs = official.datasets.list_examples(dataset="frame", space="default", all=True).examples
    found = ours.datasets.list_examples(dataset=dataset.id, all=True).examples
    assert len(theirs) == rows
    assert {example.id: example.additional_properties["n"] for example in theirs} == {
        example.id: example.additional_properties["n"] for example in found
    }


def test_create_list_get_annotate_and_delete(official: Any, ours: ArizeClient) -> None:
    """The calls of the official documentation work one after the other."""
    dataset = official.datasets.create(name="d", space="default", examples=EXAMPLES)
    examples = official.datasets.list_examples(dataset=dataset.id).examples
    made = official.experiments.create(
        name="made",
        dataset=dataset.id,
        experiment_runs=[{"example": example.id, "answer": {"text": "x"}, "points": 0.5} for example in examples],
        task_fields=experiments.ExperimentTaskFieldNames(example_id="example", output="answer"),
        evaluator_columns={"grade": experiments.EvaluationResultFieldNames(score="points")},
    )
    assert [found.name for found in official.experiments.list(dataset=dataset.id).experiments] == ["made"]
    assert official.experiments.get(experiment="made", dataset="d", space="default").id == made.id
    space = ours.spaces.get(space="default").id
    official.annotation_configs.create_freeform(name="note", space=space)
    run = official.experiments.list_runs(experiment=made.id).experiment_runs[0]
    note = types.AnnotationInput(name="note", text="seen")
    official.experiments.annotate_runs(
        experiment=made.id, annotations=[types.AnnotateRecordInput(record_id=run.id, values=[note])]
    )
    annotations = ours.experiments.list_runs(experiment=made.id).experiment_runs[0].annotations or []
    assert [(found.name, found.text) for found in annotations] == [("note", "seen")]
    official.experiments.delete(experiment=made.id)
    assert official.experiments.list(dataset=dataset.id).experiments == []

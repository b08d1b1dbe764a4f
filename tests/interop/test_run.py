"""``experiments.run`` of the official SDK, beside that of this package."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

EXACT = {"$name": "tasks.exact"}
GRADED = {"$call": "tasks.Graded"}


def task(name: str) -> dict[str, str]:
    """Name a task that the official SDK's process knows."""
    return {"$name": f"tasks.{name}"}


def column(frame: dict[str, Any], name: str) -> list[Any]:
    """Return a column of a frame."""
    place = frame["columns"].index(name)
    return [row[place] for row in frame["rows"]]


def answer(dataset_row: Mapping[str, Any]) -> str:
    """Be right about even numbers."""
    number = int(dataset_row["n"])
    return f"a{number}" if number % 2 == 0 else "no idea"


def exact(output: str, dataset_output: str) -> tuple[float, str]:
    """Compare, with a reason."""
    return float(output == dataset_output), "compared"


@pytest.mark.parametrize("name", ["answer", "answer_async"])
def test_run(official: Any, ours: Any, agree: Any, space: Any, dataset: Any, name: str) -> None:
    """The runs of the frame are on the server, for both clients, by every read path."""
    experiment, frame = official(
        "experiments.run",
        name="run",
        dataset="questions",
        space=space.name,
        task=task(name),
        evaluators=[EXACT, GRADED],
        concurrency=2,
        metadata={"user": "u1"},
    )
    agree(experiment, ours.experiments.get(experiment=experiment["id"]))
    assert column(frame, "output") == ["a0", "no idea", "a2", "no idea"]
    assert column(frame, "eval.exact.score") == [1, 0, 1, 0]
    assert column(frame, "eval.Graded.metadata.k") == ["v"] * 4
    mine = list(ours.experiments.list_runs(experiment=experiment["id"]))
    agree(official("experiments.list_runs", experiment=experiment["id"])["experiment_runs"], mine)
    everything = official("experiments.list_runs", experiment=experiment["id"], all=True)["experiment_runs"]
    for field in ("output", "example_id", "execution_status", "eval.exact.score", "eval.Graded.label", "latency"):
        expected = column(frame, field)
        assert [run[field] for run in everything] == expected
        assert [json.loads(run.to_json())[field] for run in mine] == expected


def test_frames_are_the_same(official: Any, ours: Any, dataset: Any) -> None:
    """A run of either client gives a frame of the same columns in the same order."""
    options = {"dataset": dataset.id, "name": "theirs", "task": task("answer"), "evaluators": [EXACT]}
    _, theirs = official("experiments.run", **options)
    _, mine = ours.experiments.run(name="mine", dataset=dataset.id, task=answer, evaluators=[exact])
    assert theirs["columns"] == mine.columns
    for name in ("example_id", "output", "execution_status", "eval.exact.score", "eval.exact.explanation"):
        assert column(theirs, name) == mine[name].to_list()


def test_our_run_is_read_by_the_official_client(official: Any, ours: Any, dataset: Any) -> None:
    """The official client reads a run of this package by page and all at once."""
    experiment, df = ours.experiments.run(name="ours", dataset=dataset.id, task=answer, evaluators=[exact])
    for options in ({"limit": 500}, {"all": True}):
        page = official("experiments.list_runs", experiment=experiment.id, **options)
        assert [run["output"] for run in page["experiment_runs"]] == df["output"].to_list()
        assert [run["eval.exact.score"] for run in page["experiment_runs"]] == [1, 0, 1, 0]


def test_run_with_tracing(official: Any, ours: Any, server: Any, dataset: Any) -> None:
    """Spans arrive under the project of the dataset's traces, which the experiment then names."""
    experiment, frame = official(
        "experiments.run",
        name="traced",
        dataset=dataset.id,
        task=task("traced"),
        evaluators=[EXACT],
        set_global_tracer_provider=True,
    )
    assert column(frame, "token_count") == [7] * 4
    assert column(frame, "total_cost") == [0.5] * 4
    assert ours.experiments.get(experiment=experiment["id"]).experiment_traces_project_id
    traces = column(frame, "result.trace.id") + column(frame, "eval.exact.trace.id")
    spans = spans_of(server, traces)
    assert sorted(spans) == sorted(["Task: traced"] * 4 + ["call"] * 4 + ["Evaluation: exact"] * 4)


def spans_of(server: Any, traces: list[str]) -> list[str]:
    """Return the names of the spans of some traces, from the store itself: there is no request for spans."""
    database = server._wrapped._running.store.database
    with database.read() as transaction:
        sql = "SELECT name FROM spans WHERE list_contains(?::VARCHAR[], trace_id)"
        return [row[0] for row in transaction.all(sql, traces)]


def test_dry_run(official: Any, ours: Any, dataset: Any) -> None:
    """So many rows are computed and nothing is created."""
    options = {"name": "dry", "dataset": dataset.id, "task": task("answer"), "evaluators": [EXACT]}
    experiment, frame = official("experiments.run", **options, dry_run=True, dry_run_count=2)
    assert experiment is None
    assert column(frame, "output") == ["a0", "no idea"]
    assert list(ours.experiments.list(dataset=dataset.id)) == []


def test_run_over_rest_alone(official: Any, ours: Any, agree: Any, dataset: Any) -> None:
    """With ``force_http`` rows and runs go over REST."""
    options = {"name": "rest", "dataset": dataset.id, "task": task("answer"), "evaluators": [EXACT]}
    experiment, _ = official("experiments.run", **options, force_http=True)
    mine = list(ours.experiments.list_runs(experiment=experiment["id"]))
    assert [run.output for run in mine] == ["a0", "no idea", "a2", "no idea"]
    agree(official("experiments.list_runs", experiment=experiment["id"])["experiment_runs"], mine)


def test_run_with_a_failing_task(official: Any, ours: Any, dataset: Any) -> None:
    """The failed run is stored with its error and without output; the others have theirs."""
    experiment, _ = official("experiments.run", name="fails", dataset=dataset.id, task=task("fails_on_two"))
    runs = list(ours.experiments.list_runs(experiment=experiment["id"]))
    assert [json.loads(run.output or "null") for run in runs] == [
        {"n": 0, "text": "ü"},
        {"n": 1, "text": "ü"},
        None,
        {"n": 3, "text": "ü"},
    ]
    assert [run.error for run in runs] == [None, None, "ValueError('two')", None]


def test_run_that_stops_at_an_error(official: Any, ours: Any, dataset: Any) -> None:
    """With ``exit_on_error`` the SDK raises; the experiment is there without runs, and its name is taken."""
    options = {"name": "stops", "dataset": dataset.id, "task": task("fails_on_two"), "exit_on_error": True}
    assert official.refusal("experiments.run", **options).name == "RuntimeError"
    assert list(ours.experiments.list_runs(experiment="stops", dataset=dataset.id)) == []
    again = official.refusal("experiments.run", **options)
    assert "stops" in str(again)

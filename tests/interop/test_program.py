"""A user's session with the official SDK against the server as a program, pointed there by the environment alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

import arize_async
from arize_sync import ArizeClient

if TYPE_CHECKING:
    from collections.abc import Iterator

TYPES = "arize.experiments"
LAST_VARIABLE = "ARIZE_FLIGHT_PORT"


@pytest.fixture
def variables(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Start the program and yield the variables that it prints; SIGTERM ends it with status 0."""
    environment = {**os.environ, "PYTHONPATH": str(Path(arize_async.__file__).parents[1])}
    command = [sys.executable, "-m", "arize_async", "serve", "--path", str(tmp_path / "data")]
    with (tmp_path / "serve.log").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
    try:
        yield read_variables(process)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        assert process.returncode == 0
        assert "Traceback" not in (tmp_path / "serve.log").read_text()
    finally:
        process.kill()
        process.communicate()


def read_variables(process: subprocess.Popen[str]) -> dict[str, str]:
    """Read what a program prints until it listens."""
    assert process.stdout is not None
    found: dict[str, str] = {}
    for line in process.stdout:
        name, _, value = line.strip().partition("=")
        found[name] = value
        if name == LAST_VARIABLE:
            break
    return found


def test_session(launch: Any, make: Any, agree: Any, variables: dict[str, str], tmp_path: Path) -> None:
    """Make, run, create, list, annotate, export and delete, by names; both SDKs agree at the end."""
    official = launch(variables)
    official("session.connect")
    where = {"dataset": "questions", "space": "default"}
    rows = [{"attributes.input.value": f"q{n}", "attributes.output.value": f"a{n}", "n": n} for n in range(6)]
    official("datasets.create", name="questions", space="default", examples=rows)
    ran, frame = official(
        "experiments.run",
        name="ran",
        **where,
        task={"$name": "tasks.traced"},
        evaluators=[{"$name": "tasks.exact"}, make("tasks.Graded")],
        set_global_tracer_provider=True,
        concurrency=10,
    )
    assert len(frame["rows"]) == 6
    many = [{"example_id": f"e{n}", "output": f"o{n}", "grade": n % 2} for n in range(5000)]
    made = official(
        "experiments.create",
        name="made",
        **where,
        experiment_runs=make("pandas.DataFrame", many),
        task_fields=make(f"{TYPES}.ExperimentTaskFieldNames", output="output", example_id="example_id"),
        evaluator_columns={"even": make(f"{TYPES}.EvaluationResultFieldNames", score="grade")},
    )
    everything = official("experiments.list_runs", experiment="made", **where, all=True)["experiment_runs"]
    assert [run["output"] for run in everything] == [row["output"] for row in many]
    official("annotation_configs.create_freeform", name="note", space="default")
    value = make(f"{TYPES}.types.AnnotationInput", name="note", text="seen")
    record = make(f"{TYPES}.types.AnnotateRecordInput", record_id=everything[7]["id"], values=[value])
    official("experiments.annotate_runs", experiment="made", **where, annotations=[record])
    path = tmp_path / "made.parquet"
    official("experiments.export_to_parquet", experiment="made", **where, path=str(path))
    table = pq.read_table(path)
    assert (table.num_rows, table.column("annotation.note.text")[7].as_py()) == (5000, "seen")
    assert {found["name"] for found in official("experiments.list", **where)["experiments"]} == {"ran", "made"}
    with pytest.MonkeyPatch.context() as patch:
        for name, text in variables.items():
            patch.setenv(name, text) if name.startswith("ARIZE_") else None
        with ArizeClient() as ours:
            for experiment in (ran, made):
                mine = ours.experiments.get(experiment=experiment["name"], dataset="questions", space="default")
                agree(official("experiments.get", experiment=experiment["id"]), mine)
                runs = list(ours.experiments.list_runs(experiment=mine.id, limit=20))[:20]
                agree(official("experiments.list_runs", experiment=mine.id, limit=20)["experiment_runs"], runs)
            assert ours.experiments.get(experiment=ran["id"]).experiment_traces_project_id
    official("experiments.delete", experiment="made", **where)
    assert [found["name"] for found in official("experiments.list", **where)["experiments"]] == ["ran"]

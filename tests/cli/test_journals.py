"""``arize-async journals``, run as users run it, on what a killed process has left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import arize_async
from arize_sync import ArizeClient
from arize_sync.errors import UploadFailed
from arize_sync.server import LocalServer

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = [{"n": n} for n in range(4)]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Choose a directory for this package's files."""
    return tmp_path / "arize"


@pytest.fixture
def server(directory: Path) -> Iterator[LocalServer]:
    """Serve what the program finds by itself with ``--local``."""
    with LocalServer(directory / "local") as running:
        yield running


def journals(directory: Path, *arguments: str, **variables: object) -> subprocess.CompletedProcess[str]:
    """Run the program."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(arize_async.__file__).parents[1]),
        "ARIZE_DIRECTORY": str(directory),
        "ARIZE_PRE_RELEASE_WARNINGS": "false",
        **{f"ARIZE_{name.upper()}": str(value) for name, value in variables.items()},
    }
    command = [sys.executable, "-m", "arize_async", "journals", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def left(server: LocalServer, directory: Path) -> str:
    """Leave the journal of a run whose upload failed, and return its id."""
    with ArizeClient(**server.client_options, arize_directory=str(directory)) as client:
        dataset = client.datasets.create(name="numbers", space="default", examples=EXAMPLES)

        def task(dataset_row: dict[str, int]) -> int:
            for experiment in client.experiments.list(dataset=dataset.id).experiments:
                client.experiments.delete(experiment=experiment.id)
            return dataset_row["n"]

        with pytest.raises(UploadFailed) as raised:
            client.experiments.run(
                name="Not sent!",
                dataset=dataset.id,
                task=task,
                evaluators={"same": lambda output: output},
                concurrency=1,
            )
    result: Any = raised.value.result
    path: Path = result.journal
    assert path.parent == directory / "journals"
    return path.stem


def test_what_is_left_is_listed_and_shown(directory: Path, left: str) -> None:
    """The list says how far each run is, and ``show`` what it was and what came of it."""
    assert left.startswith("not-sent-")
    (_, line) = journals(directory, "list").stdout.splitlines()
    assert line.split()[:7] == [left, "not", "uploaded", "4/4", "Not", "sent!", "numbers"]
    shown = journals(directory, "show", left[:12]).stdout
    for text in ("experiment: Not sent!", "dataset:    numbers (", "finished:   4 of 4 runs", "same: mean 1.5 of 4/4"):
        assert text in shown


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_results_are_exported(directory: Path, left: str, tmp_path: Path, ending: str) -> None:
    """All three forms have every run with its evaluations."""
    target = tmp_path / f"runs.{ending}"
    done = journals(directory, "export", left, str(target))
    assert done.stdout == f"4 runs are in {target}\n"
    read = {"parquet": pl.read_parquet, "csv": pl.read_csv, "jsonl": pl.read_ndjson}[ending]
    assert read(target)["eval.same.score"].to_list() == [0.0, 1.0, 2.0, 3.0]
    assert [file.name for file in tmp_path.iterdir() if "partial" in file.name] == []


def test_results_are_uploaded_by_another_process(directory: Path, left: str, server: LocalServer) -> None:
    """The task is not called again; once they are there, they are not sent again."""
    options = server.client_options
    done = journals(directory, "upload", left, **options)
    assert done.stdout == "4 runs are in the experiment 'Not sent!'\n", done.stderr
    with ArizeClient(**options) as client:
        (experiment,) = client.experiments.list().experiments
        assert len(client.experiments.list_runs(experiment=experiment.id).experiment_runs) == 4
    again = journals(directory, "upload", left, **options)
    assert (again.returncode, "on the server already" in again.stderr) == (1, True)
    assert "uploaded" in journals(directory, "list").stdout


def test_the_wrong_account_sends_nothing(directory: Path, left: str, server: LocalServer) -> None:
    """A journal belongs to the API key that its run was made with."""
    done = journals(directory, "upload", left, **{**server.client_options, "api_key": "another"})
    assert (done.returncode, "belongs to another API key" in done.stderr) == (1, True)


def test_journals_are_deleted(directory: Path, left: str) -> None:
    """What is not there is refused with what there is."""
    wrong = journals(directory, "delete", "nothing")
    assert (wrong.returncode, left in wrong.stderr) == (1, True)
    assert journals(directory, "delete", left).stdout == f"deleted {left}\n"
    assert list((directory / "journals").iterdir()) == []


@pytest.mark.parametrize("arguments", [["show", "x"], ["export", "x", "a.txt"], ["upload", "x"]])
def test_refusals_are_one_line(directory: Path, arguments: list[str]) -> None:
    """No traceback, and status 1."""
    done = journals(directory, *arguments, api_key="k")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)

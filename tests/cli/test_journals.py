"""``arize-async journals`` on what an upload that failed has left."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from arize_sync import ArizeClient
from arize_sync.errors import UploadFailed
from arize_sync.server import LocalServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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


@pytest.fixture
def journals(here: Any, directory: Path, tmp_path: Path) -> Any:
    """Run the program with variables; return its status and what it wrote."""

    def run(*arguments: str, **variables: object) -> Any:
        named = {f"ARIZE_{name.upper()}": str(value) for name, value in variables.items()}
        return here("journals", *arguments, folder=tmp_path, ARIZE_DIRECTORY=str(directory), **named)

    return run


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


def test_what_is_left_is_listed_and_shown(journals: Any, left: str) -> None:
    """The list says how far each run is, and ``show`` what it was and what came of it."""
    assert left.startswith("not-sent-")
    (_, line) = journals("list").output.splitlines()
    assert line.split()[:7] == [left, "not", "uploaded", "4/4", "Not", "sent!", "numbers"]
    shown = journals("show", left[:12]).output
    (listed,) = json.loads(journals("list", "--json").output)["journals"]
    told = json.loads(journals("show", left, "--json").output)
    assert (listed["id"], listed["state"], listed["finished"], listed["tasks"]) == (left, "not uploaded", 4, 4)
    assert (told["journal"]["experiment"], told["summary"]["runs"]) == ("Not sent!", 4)
    for text in ("experiment: Not sent!", "dataset:    numbers (", "finished:   4 of 4 runs", "same       1.5"):
        assert text in shown


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_results_are_exported(journals: Any, left: str, tmp_path: Path, ending: str) -> None:
    """All three forms have every run with its evaluations."""
    target = tmp_path / f"runs.{ending}"
    done = journals("export", left, str(target))
    assert done.output == f"4 runs are in {target}\n"
    document = json.loads(journals("export", left, str(target), "--json").output)
    assert document == {"file": str(target), "rows": 4}
    read = {"parquet": pl.read_parquet, "csv": pl.read_csv, "jsonl": pl.read_ndjson}[ending]
    assert read(target)["eval.same.score"].to_list() == [0.0, 1.0, 2.0, 3.0]
    assert [file.name for file in tmp_path.iterdir() if "partial" in file.name] == []


def test_results_are_uploaded_by_their_journal(journals: Any, left: str, server: LocalServer) -> None:
    """The task is not called again; once they are there, they are not sent again."""
    options = server.client_options
    done = journals("upload", left, "--json", **options)
    document = json.loads(done.output)
    assert (document["experiment"]["name"], document["rows"]) == ("Not sent!", 4), done.errors
    with ArizeClient(**options) as client:
        (experiment,) = client.experiments.list().experiments
        assert len(client.experiments.list_runs(experiment=experiment.id).experiment_runs) == 4
    again = journals("upload", left, **options)
    assert (again.status, "on the server already" in again.errors) == (1, True)
    assert "uploaded" in journals("list").output


def test_the_wrong_account_sends_nothing(journals: Any, left: str, server: LocalServer) -> None:
    """A journal belongs to the API key that its run was made with."""
    done = journals("upload", left, **{**server.client_options, "api_key": "another"})
    assert (done.status, "belongs to another API key" in done.errors) == (1, True)


def test_journals_are_deleted(journals: Any, directory: Path, left: str) -> None:
    """What is not there is refused with what there is."""
    wrong = journals("delete", "nothing")
    assert (wrong.status, left in wrong.errors) == (1, True)
    assert json.loads(journals("delete", left, "--json").output) == {"deleted": [{"id": left}]}
    assert list((directory / "journals").iterdir()) == []


@pytest.mark.parametrize("arguments", [["show", "x"], ["export", "x", "a.csv"], ["upload", "x"]])
def test_refusals_are_one_line(journals: Any, arguments: list[str]) -> None:
    """No traceback, and status 1."""
    done = journals(*arguments, api_key="k")
    assert (done.status, done.output, len(done.errors.splitlines())) == (1, "", 1)

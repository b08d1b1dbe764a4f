"""``arize-async run``: experiments from files, their results, and what is wrong with files."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from arize_async.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Service = Any

FILE = """
from pathlib import Path

import neighbour

def double(dataset_row):
    print(f"asked for {dataset_row['n']}")
    if dataset_row["n"] == 2:
        raise LookupError("two is missing")
    return dataset_row["n"] * neighbour.FACTOR

def even(output):
    return output % 2 == 0

experiment = {"name": "doubles", "dataset": "numbers", "task": double, "evaluators": [even]}

async def later():
    return {**experiment, "name": "later"}

class Group:
    @staticmethod
    def inside():
        return {**experiment, "name": "inside"}

def twice(n):
    return n["n"] * 2

if __name__ == "__main__":
    raise SystemExit("executed as a script")
"""


@pytest.fixture
def numbers(service: Service) -> Iterator[Service]:
    """Record a dataset of four numbers, and write a file with experiments on it."""
    with service.client() as client:
        client.datasets.create(name="numbers", space="default", examples=[{"n": n} for n in range(4)])
    service.write("doubles.py", FILE)
    service.write("neighbour.py", "FACTOR = 2")
    known = {*sys.modules}
    yield service
    for name in {*sys.modules} - known:
        if str(service.folder) in (getattr(sys.modules[name], "__file__", None) or ""):
            del sys.modules[name]


def test_the_experiment_of_a_file_is_run_and_recorded(numbers: Service) -> None:
    """The result alone is on standard output; what the task prints, and progress, are on standard error."""
    done = numbers.in_a_process("run", "doubles.py")
    assert done.status == 0
    assert "asked for 3" in done.errors
    assert "4 of 4 tasks, 1 failed" in done.errors
    assert "asked" not in done.output
    lines = done.output.splitlines()
    assert lines[0].split() == ["name:", "doubles"]
    assert lines[2].startswith("4 runs, 1 failed")
    assert lines[3] == "failed: LookupError: 1"
    assert lines[-1].split()[:4] == ["even", "1", "0", "3/4"]
    with numbers.client() as client:
        assert [each.name for each in client.experiments.list(dataset="numbers")] == ["doubles"]


def test_nothing_is_run_for_a_file_that_could_not_be_written(numbers: Service) -> None:
    """An experiment may take hours; that its results have no place is said before."""
    done = numbers("run", "doubles.py", "--output", "nowhere/runs.csv")
    assert (done.status, done.output, len(done.errors.splitlines())) == (1, "", 1)
    with numbers.client() as client:
        assert client.experiments.list(dataset="numbers").experiments == []


def test_options_take_the_place_of_arguments(numbers: Service) -> None:
    """Names, counts and switches; a failure makes the status 3 if it is asked to; all runs are in the file."""
    done = numbers.in_a_process(
        "run", "doubles.py", "--name", "again", "--repetitions", "2", "--json", "--quiet", "--fail-on-error",
        "--output", "runs.parquet", "--isolation", "process",
    )  # fmt: skip
    assert done.status == 3
    assert done.errors.splitlines()[-1] == "2 of 8 runs failed or lack an evaluation"
    document = json.loads(done.output)
    assert list(document) == ["experiment", "summary"]
    assert document["experiment"]["name"] == "again"
    assert (document["summary"]["runs"], document["summary"]["examples"], document["summary"]["failed"]) == (8, 4, 2)
    assert pl.read_parquet(numbers.folder / "runs.parquet")["output"].to_list() == [
        "0",
        "0",
        "2",
        "2",
        None,
        None,
        "6",
        "6",
    ]


@pytest.mark.parametrize(
    ("thing", "options", "name"),
    [("later", (), "later"), ("Group.inside", (), "inside"), ("twice", ("--name", "t", "--dataset", "numbers"), "t")],
)
def test_objects(numbers: Service, thing: str, options: tuple[str, ...], name: str) -> None:
    """A coroutine function, a name in a class, and a task without anything else."""
    done = numbers("run", f"doubles.py:{thing}", *options, "--json", "--quiet")
    assert (done.status, json.loads(done.output)["experiment"]["name"]) == (0, name)


def test_a_dry_run_records_nothing(numbers: Service) -> None:
    """It runs so many examples as it is told to."""
    done = numbers("run", "doubles.py", "--dry-run", "--dry-run-count", "2", "--quiet", "--fail-on-error")
    assert done.status == 0
    assert done.output.startswith("a dry run: nothing is recorded\n2 runs, 0 failed")
    with numbers.client() as client:
        assert list(client.experiments.list(dataset="numbers")) == []


def test_an_interrupted_run_is_gone_on_with(numbers: Service) -> None:
    """What the message advises works."""
    numbers.write("stops.py", FILE.replace('"task": double', '"task": double, "concurrency": 1'))
    stopped = numbers.in_a_process("run", "stops.py", "--exit-on-error", "--quiet")
    assert stopped.status == 1
    assert "run it again with --resume to go on" in stopped.errors
    done = numbers.in_a_process("run", "stops.py", "--resume", "--quiet", "--json")
    assert (done.status, json.loads(done.output)["summary"]["runs"]) == (0, 4)
    assert "asked for 0" not in done.errors
    assert "asked for 3" in done.errors


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("import nothing_of_this_name", "x.py", "ModuleNotFoundError: No module named 'nothing_of_this_name'"),
        ("def broken(:", "x.py", "SyntaxError"),
        ("raise SystemExit(5)", "x.py", "SystemExit: 5"),
        ("task = 1", "x.py", "has no 'experiment'; name the object as x.py:OBJECT"),
        ("task = 1", "x.py:task.of.nobody", "has no 'task.of.nobody'"),
        ("experiment = 5", "x.py", "got int"),
        ("experiment = {'tusk': print}", "x.py", "'tusk'; those of run are: name, dataset"),
        ("experiment = {'name': 'a', 'dataset': 'numbers'}", "x.py", "has no 'task'"),
        ("experiment = {'task': len, 'dataset': 'numbers'}", "x.py", "has no 'name'; give it there, or as --name"),
        ("experiment = {'task': len, 'name': 'a'}", "x.py", "has no 'dataset'; give it there, or as --dataset"),
        ("experiment = {'task': 5, 'name': 'a', 'dataset': 'b'}", "x.py", "task"),
        ("def experiment(): return 1 / 0", "x.py", "raised ZeroDivisionError: division by zero"),
        ("", "y.py", "there is no file 'y.py'"),
        ("", "x.txt", "has to end in .py"),
    ],
)
def test_files_that_hold_no_experiment(
    text: str,
    place: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Status 1; the last line says what is wrong, and above it is the traceback of the user's code alone."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [*__import__("sys").path])
    for name in ("x.py", "x.txt"):
        (tmp_path / name).write_text(text, "utf-8")
    assert main(["run", place, "--local=:memory:"]) == 1
    written = capsys.readouterr()
    assert written.out == ""
    *trace, line = written.err.splitlines()
    assert line.startswith("arize-async: error: ")
    assert said in line
    assert not [each for each in trace if "arize_async" in each]


@pytest.mark.parametrize(
    "options",
    [("--resume", "--resume-failed"), ("--concurrency", "0"), ("--repetitions", "x"), ("--isolation", "moon")],
)
def test_options_that_cannot_be(options: tuple[str, ...]) -> None:
    """They are wrong arguments."""
    with pytest.raises(SystemExit) as ended:
        main(["run", "x.py", *options])
    assert ended.value.code == 2

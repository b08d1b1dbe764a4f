"""``arize-async experiments`` and ``datasets``: what is on a server, as tables, as JSON and as files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

if TYPE_CHECKING:
    Service = Any

EXAMPLES = [{"n": n, "tags": ["a", str(n)]} for n in range(3)]


@pytest.fixture
def recorded(service: Service) -> Service:
    """Record two experiments on a dataset of three."""
    with service.client() as client:
        client.datasets.create(name="numbers", space="default", examples=EXAMPLES)
        for name in ("first", "second"):
            client.experiments.run(
                name=name,
                dataset="numbers",
                task=lambda dataset_row: 6 / dataset_row["n"],
                evaluators={"large": lambda output: output > 4},
            )
    return service


def test_experiments_are_listed_and_shown(recorded: Service) -> None:
    """The newest first, and only so many as are asked for; a script gets the same as JSON."""
    listed = recorded("experiments", "list", "--dataset", "numbers", "--limit", "1")
    head, line = listed.output.splitlines()
    assert (head.split(), line.split()[0]) == (["NAME", "ID", "DATASET", "CREATED"], "second")
    assert listed.errors == "these are the first 1; --limit shows more\n"
    document = json.loads(recorded("experiments", "list", "--json").output)
    assert ([each["name"] for each in document["experiments"]], document["has_more"]) == (["second", "first"], False)
    identifier = document["experiments"][1]["id"]
    shown = recorded("experiments", "get", identifier).output
    assert shown.splitlines()[1].split() == ["id:", identifier]
    assert "failed: ZeroDivisionError: 1" in shown.splitlines()
    assert shown.splitlines()[-1].split()[:4] == ["large", "0.5", "0.5", "2/3"]


def test_runs_are_listed_and_filtered(recorded: Service) -> None:
    """A failure stands where the output would be."""
    place = ("runs", "first", "--dataset", "numbers")
    lines = recorded("experiments", *place).output.splitlines()
    assert lines[0].split() == ["ID", "EXAMPLE", "large", "OUTPUT"]
    assert lines[1].endswith("failed: ZeroDivisionError('division by zero')")
    assert [line.split()[2:] for line in lines[2:]] == [["1", "6.0"], ["0", "3.0"]]
    found = json.loads(recorded("experiments", *place, "--filter", "eval.large.score = 1", "--json").output)
    assert [run["output"] for run in found["experiment_runs"]] == ["6.0"]
    refused = recorded("experiments", *place, "--filter", "output ===")
    assert (refused.status, refused.output, len(refused.errors.splitlines())) == (1, "", 1)


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_everything_is_exported(recorded: Service, ending: str) -> None:
    """All three forms have every run and every example; lists are JSON text where the form has none."""
    read = {"parquet": pl.read_parquet, "csv": pl.read_csv, "jsonl": pl.read_ndjson}[ending]
    runs, examples = f"runs.{ending}", f"examples.{ending}"
    assert recorded("experiments", "export", "first", runs, "--dataset", "numbers").output == f"3 runs are in {runs}\n"
    done = recorded("datasets", "export", "numbers", examples, "--json")
    assert json.loads(done.output) == {"file": examples, "rows": 3}
    frame = read(recorded.folder / examples)
    assert frame["n"].to_list() == [0, 1, 2]
    assert frame["tags"][1] == '["a","1"]' if ending == "csv" else frame["tags"].to_list()[1] == ["a", "1"]
    assert read(recorded.folder / runs)["eval.large.score"].to_list() == [None, 1, 0]
    assert sorted(file.name for file in recorded.folder.glob("*.*")) == sorted([runs, examples])


def test_files_that_cannot_be_written(recorded: Service) -> None:
    """One line says why; the name of a form that there is not is a wrong argument."""
    done = recorded("experiments", "export", "first", "nowhere/runs.csv", "--dataset", "numbers")
    assert (done.status, done.output, len(done.errors.splitlines())) == (1, "", 1)
    wrong = recorded("experiments", "export", "first", "runs.xlsx", "--dataset", "numbers")
    assert (wrong.status, wrong.output) == (2, "")
    assert ".parquet, .csv, .jsonl, got 'runs.xlsx'" in wrong.errors.splitlines()[-1]


def test_annotations(recorded: Service) -> None:
    """By options and from a file; a run that does not exist is an error, and then nothing is written."""
    with recorded.client() as client:
        client.annotation_configs.create_freeform(name="note", space="default")
        runs = client.experiments.list_runs(experiment="first", dataset="numbers").experiment_runs
    place = ("experiments", "annotate", "first", "--dataset", "numbers")
    assert recorded(*place, "--run", runs[0].id, "--name", "note", "--text", "seen").output == "1 run is annotated\n"
    lines = [{"record_id": run.id, "values": [{"name": "note", "text": "twice"}]} for run in runs[1:]]
    recorded.write("notes.jsonl", "\n".join(map(json.dumps, lines)))
    assert json.loads(recorded(*place, "--file", "notes.jsonl", "--json").output) == {"annotated": 2}
    unknown = recorded(*place, "--run", runs[0].id, "--run", "nobody", "--name", "note", "--text", "never")
    assert unknown.status == 1
    assert "run 'nobody' not found" in unknown.errors
    for wrong in ((), ("--name", "note"), ("--file", "notes.jsonl")):
        assert recorded(*place, "--run", runs[0].id, *wrong).status == 2
    assert recorded(*place, "--file", "nothing.jsonl").status == 1
    with recorded.client() as client:
        runs = client.experiments.list_runs(experiment="first", dataset="numbers").experiment_runs
    assert [[each.text for each in run.annotations or []] for run in runs] == [["seen"], ["twice"], ["twice"]]


def test_nothing_is_deleted_unless_somebody_says_so(recorded: Service) -> None:
    """Without a terminal only ``--yes`` does; and when one of several does not exist, none is deleted."""
    place = ("experiments", "delete", "--dataset", "numbers", "first", "second")
    refused = recorded(*place, text="y\n")
    assert refused.status == 1
    assert "--yes" in refused.errors
    assert recorded(*place, "third", "--yes").status == 1
    with recorded.client() as client:
        assert len(list(client.experiments.list(dataset="numbers"))) == 2
    done = recorded(*place, "first", "--yes")
    assert [line.split()[:2] for line in done.output.splitlines()] == [["deleted", "first"], ["deleted", "second"]]
    gone = recorded("datasets", "delete", "numbers", "--yes", "--json")
    assert [each["name"] for each in json.loads(gone.output)["deleted"]] == ["numbers"]
    again = recorded("datasets", "delete", "numbers", "--yes")
    assert (again.status, again.output, len(again.errors.splitlines())) == (1, "", 1)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rows.json", '[{"n": 1, "t": "a"}, {"n": 2, "t": "b"}]'),
        ("rows.jsonl", '{"n": 1, "t": "a"}\n\n{"n": 2, "t": "b"}\n'),
        ("rows.csv", 'n,t\n1,a\n2,"b"\n'),
    ],
)
def test_datasets_are_created_from_files(service: Service, name: str, text: str) -> None:
    """Of the only space, when none is named."""
    service.write(name, text)
    done = service("datasets", "create", "made", name)
    assert done.output.startswith("created made (")
    assert service("datasets", "list").output.splitlines()[1].split()[0] == "made"
    with service.client() as client:
        examples = client.datasets.list_examples(dataset="made").examples
    assert [example.additional_properties for example in examples] == [{"n": 1, "t": "a"}, {"n": 2, "t": "b"}]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("rows.json", '{"n": 1}', "rows.json holds no JSON array"),
        ("rows.json", "[1]", "rows.json, item 1: expected an object, got int"),
        ("rows.jsonl", '{"n": 1}\n{"n":', "rows.jsonl, line 2"),
        ("rows.csv", "", "rows.csv cannot be read as CSV"),
        ("rows.parquet", "no parquet", "rows.parquet"),
        ("rows.jsonl", "", "there are no rows"),
        ("", "", "there is no file 'rows.csv'"),
    ],
)
def test_files_without_rows(service: Service, name: str, text: str, said: str) -> None:
    """The line names the file and the place in it."""
    if name:
        service.write(name, text)
    done = service("datasets", "create", "made", name or "rows.csv")
    assert (done.status, done.output, len(done.errors.splitlines())) == (1, "", 1)
    assert said in done.errors


def test_a_file_of_another_form_is_a_wrong_argument(service: Service) -> None:
    """The line names the forms that there are."""
    done = service("datasets", "create", "made", "rows.xlsx")
    assert (done.status, done.output) == (2, "")
    assert "has to end in one of .parquet, .arrow" in done.errors.splitlines()[-1]


def test_the_space_is_asked_for_where_there_are_several(service: Service) -> None:
    """The line names them."""
    with service.client() as client:
        client.spaces.create(name="other")
    service.write("rows.csv", "n\n1\n")
    refused = service("datasets", "create", "made", "rows.csv")
    assert refused.status == 1
    assert "'default'" in refused.errors
    assert service("datasets", "create", "made", "rows.csv", "--space", "other").status == 0


HOSTILE = "<script>alert(1)</script> \x1b[31mred\x07 [bold]b[/] \u202egnp \x9b2J"


def test_hostile_names_change_nothing_on_a_terminal(service: Service) -> None:
    """Control characters and those that turn the direction of writing are written as escapes; markup is text."""
    with service.client() as client:
        client.datasets.create(name=HOSTILE, space="default", examples=[{"n": 1}])
        client.experiments.run(
            name="odd", dataset=HOSTILE, task=lambda n: f"line\n{HOSTILE}", evaluators={"[red]e": lambda o: HOSTILE}
        )
    listed = service("datasets", "list", FORCE_COLOR="1", COLUMNS="300").output
    runs = service("experiments", "runs", "odd", "--dataset", HOSTILE).output
    got = service("experiments", "get", "odd", "--dataset", HOSTILE).output
    for written in (listed.splitlines()[1], runs, got):
        assert not [each for each in written if each not in "\n…±" and not 32 <= ord(each) < 127]
    assert r"<script>alert(1)</script> \x1b[31mred\x07 [bold]b[/] \u202egnp \x9b2J" in listed
    assert len(runs.splitlines()) == 2
    failed = service("datasets", "export", HOSTILE + "!", "x.csv").errors
    assert "\x1b" not in failed
    assert len(failed.splitlines()) == 1

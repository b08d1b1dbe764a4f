"""Tables on terminals that are narrow, and summaries of what has odd labels."""

from __future__ import annotations

import pytest

from arize_async.cli.summaries import print_summary
from arize_async.cli.tables import print_table
from arize_async.results import Summary

ID, EXAMPLE = "01a208d3-4537-7df2-8924-184708031602", "b5a0b0f4-9d53-4a3c-9fbb-0d4e2f75c636"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let standard output be a terminal of 60 columns without colours."""
    for name, value in {"FORCE_COLOR": "1", "NO_COLOR": "1", "COLUMNS": "60", "TERM": "xterm"}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("columns", [60, 20])
def test_ids_are_whole(columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """They are there to be copied, however narrow the terminal is; ids of examples are cut short."""
    monkeypatch.setenv("COLUMNS", str(columns))
    print_table(("ID", "EXAMPLE", "OUTPUT"), [(ID, EXAMPLE, "word " * 12)])
    first, *rest = [line for line in capsys.readouterr().out.splitlines() if ID[:4] in line or "word" in line]
    assert first.split()[:3] == [ID, f"{EXAMPLE[:8]}…", "word"]
    assert sum(line.count("word") for line in (first, *rest)) == 12
    assert all(len(line.rstrip()) <= 60 for line in (first, *rest))


def test_a_pipe_gets_everything(capsys: pytest.CaptureFixture[str]) -> None:
    """One row is one line, with nothing cut."""
    print_table(("ID", "EXAMPLE", "OUTPUT"), [(ID, EXAMPLE, "word " * 40)])
    _, line = capsys.readouterr().out.splitlines()
    assert line.split()[:2] == [ID, EXAMPLE]
    assert line.count("word") == 40


def test_labels_of_all_kinds_stay_in_their_cell(capsys: pytest.CaptureFixture[str]) -> None:
    """A label may have several lines, and every run another one: some are shown, and how many more there are."""
    import polars as pl

    labels = ["first\nof two lines", *(f"label {n} {'x' * 100}" for n in range(19))]
    print_summary(Summary.of(pl.DataFrame({"example_id": [str(n) for n in range(20)], "eval.kind.label": labels})))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if line] == ["20", "EVALUATOR", "kind"]
    assert "first of two lines 1" in lines[-1]
    assert "and 14 more" in lines[-1]
    assert len(lines[-1]) < 400

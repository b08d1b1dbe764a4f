"""``arize-async compare``: what it says, what it writes, and its exit status."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from arize_async.cli import main
from arize_sync import ArizeClient

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Record three experiments on 60 examples: one is right in a third, one in two thirds, one in nearly a third."""
    folder = str(tmp_path_factory.mktemp("server"))
    with ArizeClient.local(folder) as client:
        dataset = client.datasets.create(name="numbers", space="default", examples=[{"n": n} for n in range(60)])
        for name, right in (("third", range(20)), ("most", range(40)), ("nearly", range(1, 20))):
            client.experiments.run(
                name=name,
                dataset=dataset.id,
                task=lambda dataset_row: dataset_row["n"],
                evaluators={"right": lambda output, right=right: int(output) in right},
            )
    return folder


@pytest.fixture
def command(directory: str, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the program; return its status and what it wrote."""

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(["compare", *arguments, "--dataset", "numbers", "--local", directory])
        written = capsys.readouterr()
        return status, written.out, written.err

    return run


def test_verdicts_are_written(command: Command) -> None:
    """Without a condition the status says that it was compared."""
    status, output, _ = command("third", "most", "nearly")
    assert status == 0
    better, none = output.splitlines()
    assert better.startswith("most is better than third in right: +0.333")
    assert none.startswith("right: no difference shown between nearly and third: -0.0167")


@pytest.mark.parametrize(
    ("arguments", "status", "word"),
    [
        (("third", "most", "--fail-if", "right < -0.02"), 0, "passed"),
        (("most", "third", "--fail-if", "right < -2%"), 3, "failed"),
        (("third", "nearly", "--fail-if", "right < -0.02"), 4, "unclear"),
        (("third", "nearly", "--fail-if", "right < -0.02", "--unclear", "pass"), 0, "unclear"),
        (("third", "nearly", "--fail-if", "right < -0.2"), 0, "passed"),
        (("third", "most", "--fail-if", "right > 0.1"), 3, "failed"),
        (("third", "most", "nearly", "--fail-if", "right < -0.02"), 4, "unclear"),
    ],
)
def test_exit_status(command: Command, arguments: tuple[str, ...], status: int, word: str) -> None:
    """What holds, what is ruled out and what is neither have a status each."""
    done, output, _ = command(*arguments)
    assert (done, output.splitlines()[-1].split(":")[0]) == (status, word)


def test_reports(command: Command, tmp_path: Path) -> None:
    """The JUnit report has a test for each condition and candidate, the Markdown one the table and the checks."""
    junit, markdown = tmp_path / "report.xml", tmp_path / "report.md"
    files = ("--junit", str(junit), "--markdown", str(markdown))
    assert command("most", "third", "nearly", "--fail-if", "right < -0.02", "--fail-if", "right > 0.5", *files)[0] == 3
    suite = ET.fromstring(junit.read_text("utf-8"))  # noqa: S314 - the program's own
    assert (suite.get("tests"), suite.get("failures")) == ("4", "2")
    failed = [(case.get("classname"), case.get("name")) for case in suite if case.find("failure") is not None]
    assert failed == [("third", "right < -0.02"), ("nearly", "right < -0.02")]
    text = markdown.read_text("utf-8")
    assert "| third | right | 60 of 60 | 0.667 | 0.333 | -0.333 |" in text
    assert "- third: failed: right &lt; -0.02: difference -0.333" in text


def test_json(command: Command) -> None:
    """All numbers and checks are one document."""
    status, output, _ = command("third", "most", "--json", "--fail-if", "right < 0")
    document = json.loads(output)
    assert status == 0
    assert document["candidates"][0]["metrics"][0]["outcome"] == "better"
    assert [check["result"] for check in document["checks"]] == ["passed"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("third", "nobody"), "nobody"),
        (("third", "most", "--fail-if", "x < 0"), "there is no evaluator 'x'; there are: right"),
        (("third", "most", "most"), "named twice"),
        (("third", "most", "--markdown", "nowhere/at/all.md"), "cannot be written"),
    ],
)
def test_refusals_are_one_line(command: Command, arguments: tuple[str, ...], said: str) -> None:
    """Status 1, and the line names what is wrong."""
    status, output, errors = command(*arguments)
    assert (status, output, len(errors.splitlines())) == (1, "", 1)
    assert said in errors


@pytest.mark.parametrize("text", ["correct", "correct < x", "correct = 1", "< 1", "correct < nan", ""])
def test_what_is_no_condition_is_a_wrong_argument(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is read, with an example of one."""
    with pytest.raises(SystemExit) as raised:
        main(["compare", "a", "b", "--fail-if", text])
    assert raised.value.code == 2
    assert "expected a condition such as 'correct < -0.02'" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [("--confidence", "2"), ("--confidence", "x"), ("--junit", "x.xml")])
def test_wrong_options_are_wrong_arguments(arguments: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """A confidence that is none, and a report on conditions that there are not."""
    with pytest.raises(SystemExit) as raised:
        main(["compare", "a", "b", *arguments])
    assert raised.value.code == 2
    assert arguments[0].removeprefix("--").replace("junit", "JUnit") in capsys.readouterr().err.splitlines()[-1]

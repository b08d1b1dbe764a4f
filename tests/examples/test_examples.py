"""The examples, each run as a user runs it: in an interpreter of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import arize_async

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).parents[2] / "examples"
MODELS = ("6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification")


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., str]:
    """Return a function that runs an example with arguments and returns what it prints."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("ARIZE_", "OPENAI_"))}
    # the folder of the examples goes on sys.path only when the interpreter is not in safe mode
    own.pop("PYTHONSAFEPATH", None)
    environment = own | {
        "ARIZE_DIRECTORY": str(tmp_path / "arize"),
        "PYTHONIOENCODING": "utf-8",
        "PYTHONPATH": str(Path(arize_async.__file__).parents[1]),
    }

    def run_example(name: str, *arguments: str) -> str:
        command = [sys.executable, "-W", "error", str(EXAMPLES / name), *arguments]
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", env=environment, cwd=tmp_path, timeout=100, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run_example


def test_the_data_is_complete() -> None:
    """A hundred different inventions, each with an inventor, a year and a field."""
    rows = json.loads((EXAMPLES / "inventions.json").read_text("utf-8"))
    assert len({row["attributes.input.value"] for row in rows}) == 100
    assert all(row["attributes.output.value"] and row["field"] and 1600 < row["year"] < 2000 for row in rows)


def test_quickstart_can_be_run_again(run: Callable[..., str]) -> None:
    """The first example scores a hundred answers, and does it again on the data that it left behind."""
    for _ in range(2):
        printed = run("quickstart.py")
        assert "22 of 100 answers are right" in printed
        assert "100 runs are recorded" in printed


def test_quickstart_async(run: Callable[..., str]) -> None:
    """The asynchronous version finds the same answers right."""
    assert "22 of 100 answers are right" in run("quickstart_async.py")


def test_openai_compatible_without_a_key(run: Callable[..., str]) -> None:
    """Without a key the example brings an endpoint along and says that it is no language model."""
    printed = run("openai_compatible.py")
    assert "not a language model" in printed
    assert "shape: (20, 4)" in printed


def test_traced_counts_tokens_and_cost(run: Callable[..., str]) -> None:
    """Each call has its tokens and its price, and every span arrives."""
    printed = run("traced.py")
    assert "250 tokens (10 runs), $2.5e-06 (10 runs)" in printed
    assert "spans that did not arrive: 0" in printed


def test_gsm8k_counts_and_counts_again(run: Callable[..., str], tmp_path: Path) -> None:
    """Right answers are counted by the number they end in, and once more from a server that was started again."""
    answers = {"6b_finetuning": "7", "6b_verification": "$1,000", "175b_finetuning": "1000.0", "175b_verification": ""}
    rows = [
        {
            "question": f"What is {n} times 100?",
            "ground_truth": f"{n} * 100 = {n * 100}\nA: {n * 100:,}",
            **{model: {"solution": f"I think so\nA: {answers[model]}"} for model in MODELS},
        }
        for n in (10, 20)
    ]
    data = tmp_path / "solutions.jsonl"
    data.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    printed = run("gsm8k.py", "--data", str(data), "--directory", str(tmp_path / "kept"))
    counts = {line.split()[0]: line.split()[1:] for line in printed.splitlines() if line.startswith(MODELS)}
    assert counts == {
        "6b_finetuning": ["0", "0"],
        "6b_verification": ["1", "1"],
        "175b_finetuning": ["1", "1"],
        "175b_verification": ["0", "0"],
    }


def test_evaluators_explain_what_is_wrong(run: Callable[..., str]) -> None:
    """Ready evaluators, one with a decorator and one of all runs."""
    printed = run("evaluators.py")
    assert 'piano      fields 0.50  $.inventor: expected "Bartolomeo Cristofori", got "B. Cristofori"' in printed
    assert "telephone  fields 0.00  no JSON: " in printed
    assert "is terse: mean 1 of 3/3" in printed
    assert "usable: 0.6667 of all runs" in printed


def test_judges_measure_the_model_before_it_judges(run: Callable[..., str]) -> None:
    """A judge of the package and one with a prompt of its own, without a real model."""
    printed = run("judges.py")
    assert "correctness: 8 of 12 as labelled (67%)" in printed
    assert "Who invented the telephone?  incorrect  loud" in printed


def test_comparing_decides_between_two_prompts(run: Callable[..., str]) -> None:
    """More answers are right and they are longer; one check passes and the other fails."""
    printed = run("comparing.py")
    assert "thorough is better than terse in correct: +0.130" in printed
    assert "thorough is worse than terse in words: +5.000" in printed
    assert "passed: correct < -0.02: " in printed
    assert "failed: words > 3: " in printed

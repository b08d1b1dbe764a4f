"""The commands that the README promises."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = "python3 -m pip install nox && python3 -m nox -s tests"
QUICKSTART = "python3 -m pip install nox && python3 -m nox -s quickstart"


def sessions() -> set[str]:
    """Return the names of the functions that the noxfile makes sessions of."""
    tree = ast.parse((ROOT / "noxfile.py").read_text("utf-8"))
    return {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and any("session" in ast.unparse(item) for item in node.decorator_list)
    }


@pytest.mark.parametrize("command", [QUICKSTART, TESTS])
def test_readme_names_the_set_up_commands(command: str) -> None:
    """The README gives both commands on a line of their own, and each names a session that exists."""
    assert command in (ROOT / "README.md").read_text("utf-8").splitlines()
    assert command.rpartition(" ")[2] in sessions()


def test_continuous_integration_runs_the_command_of_the_readme() -> None:
    """What a person is told to run for the tests is what continuous integration runs."""
    assert TESTS in (ROOT / ".ci" / "run").read_text("utf-8")


def test_continuous_integration_runs_every_gate() -> None:
    """Every session that is not left out for its duration or its purpose is part of continuous integration."""
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert {name for name in sessions() if name not in script} == {"quickstart", "bench", "chaos", "coverage"}

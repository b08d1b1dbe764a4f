"""The table of the documentation names every method of the official SDK, and tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "interop.md"
ROW = re.compile(r"^\| `(?P<method>[\w.]+)` \| (?P<tests>.+?) \| (?P<state>.+?) \|$", re.MULTILINE)
SERVICES = ("experiments", "datasets", "spaces", "annotation_configs")
STATES = {"works"}


def rows() -> list[re.Match[str]]:
    """Return the rows of the tables."""
    return list(ROW.finditer(PAGE.read_text("utf-8")))


def existing_tests() -> set[str]:
    """Name every test function of this folder, with its file."""
    return {
        f"{path.stem}.{node.name}"
        for path in HERE.glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["method"])
def test_row(row: re.Match[str]) -> None:
    """Each row names tests that exist, and a state that is known."""
    named = re.findall(r"`([\w.]+)`", row["tests"])
    assert named
    assert set(named) <= existing_tests()
    assert row["state"] in STATES


def test_no_method_is_missing(official: Any) -> None:
    """Methods of the clients and operations of the generated API: all of the official package, each once."""
    public = official("session.methods", *SERVICES)
    assert sorted(row["method"] for row in rows()) == sorted(name.replace("._api.", ".api.") for name in public)

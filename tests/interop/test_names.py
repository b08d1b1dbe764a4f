"""The page of names lists every public name of the official modules that have a counterpart here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "names.md"
SECTION = re.compile(r"^## `(?P<module>arize[\w.]*)`\n(?P<text>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| (?P<names>`.+?) \|", re.MULTILINE)
PACKAGES = ("arize.experiments", "arize.datasets", "arize.spaces", "arize.annotation_configs")


def listed() -> dict[str, set[str]]:
    """Return the names on the page, by module."""
    return {
        section["module"]: {
            name for row in ROW.finditer(section["text"]) for name in re.findall(r"`(\w+)`", row["names"])
        }
        for section in SECTION.finditer(PAGE.read_text("utf-8"))
    }


def test_no_name_is_missing(official: Any) -> None:
    """Every name of these packages is there, and of the other modules on the page as well; none is invented."""
    sections = listed()
    modules = official("session.modules", *PACKAGES)
    others = [module for module in sections if module not in modules]
    expected = official("session.names", *modules, *others)
    assert sorted(f"{module}.{name}" for module, names in sections.items() for name in names) == sorted(expected)

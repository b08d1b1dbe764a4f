"""The reference of the documentation: it has every public name of both packages."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tools.facade.project import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = sorted((Path(__file__).parents[2] / "docs" / "reference").glob("*.md"))
ENTRY = re.compile(r"^\.\. (?:py:)?(?P<kind>auto\w+|data):: (?P<path>[\w.]+)", re.MULTILINE)


def entries() -> Iterator[tuple[str, str]]:
    """Yield the kind and the path of each entry."""
    for page in PAGES:
        for found in ENTRY.finditer(page.read_text("utf-8")):
            yield found["kind"], found["path"]


def named(path: str) -> Any:
    """Return what a dotted path names, a module included."""
    try:
        return importlib.import_module(path)
    except ImportError:
        module, _, name = path.rpartition(".")
        return getattr(importlib.import_module(module), name)


def public(package: str) -> Iterator[tuple[str, object]]:
    """Yield path and value of every public name of a package."""
    for export in MANIFEST.exports:
        module = importlib.import_module(f"{package}.{export}".rstrip("."))
        for name in getattr(module, "__all__", ()):
            yield f"{module.__name__}.{name}", getattr(module, name)


class Reference:
    """What the pages have entries for."""

    def __init__(self) -> None:
        """Read the pages."""
        found = list(entries())
        self._modules = {path for kind, path in found if kind == "automodule"}
        self._names = {path.rpartition(".")[2] for kind, path in found if kind in {"data", "autodata"}}
        self._values = [named(path) for kind, path in found if kind != "automodule"]

    def has(self, path: str, value: object) -> bool:
        """Tell whether a name has an entry: itself, as another name of the same class, or as a class of its module."""
        is_written = isinstance(value, type) or callable(value)
        if is_written and getattr(value, "__module__", None) in self._modules:
            return True
        if is_written and any(value is entry for entry in self._values):
            return True
        return path.rpartition(".")[2] in self._names


@pytest.mark.parametrize("package", ["arize_async", "arize_sync"])
def test_every_public_name_has_an_entry(package: str) -> None:
    """Whatever can be imported from a public module is described on a page of the reference."""
    reference = Reference()
    names = dict(public(package))
    assert len(names) > 150
    assert [path for path, value in names.items() if not reference.has(path, value)] == []


def test_entries_name_what_is_there() -> None:
    """Each entry names something that can be imported; a name that is nowhere has none."""
    assert all(named(path) is not None for _, path in entries())
    assert not Reference().has("arize_async.nothing", object())

"""The names of the official SDK: the page that lists them says where each is here."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from attrs import frozen

from arize_async import errors

PAGE = Path(__file__).parents[2] / "docs" / "names.md"
SECTION = re.compile(r"^## `arize(?P<module>[\w.]*)`\n(?P<text>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| (?P<names>`.+?) \| (?P<here>.+?) \| (?P<note>.*?)\|$", re.MULTILINE)
SAME, NOWHERE = "same", "none"


@frozen
class Name:
    """An official name, where the page says that it is here, and what the page says about it."""

    module: str
    name: str
    here: str
    note: str

    def __str__(self) -> str:
        """Return the official path."""
        return f"arize{self.module}.{self.name}"

    def path(self, package: str) -> str:
        """Return the path in a package."""
        return f"{package}{self.module}.{self.name}" if self.here == SAME else f"{package}.{self.here.strip('`')}"


def names() -> list[Name]:
    """Return every name in the tables."""
    return [
        Name(section["module"], name, row["here"], row["note"].strip())
        for section in SECTION.finditer(PAGE.read_text("utf-8"))
        for row in ROW.finditer(section["text"])
        for name in re.findall(r"`(\w+)`", row["names"])
    ]


def found(path: str) -> object:
    """Import what a dotted path names; ``client.experiments`` stands for the class of that service."""
    module, _, name = path.replace(".client.experiments.", ".experiments.client.ExperimentsClient.").rpartition(".")
    owner, _, kind = module.rpartition(".")
    holder = getattr(importlib.import_module(owner), kind) if kind[0].isupper() else importlib.import_module(module)
    return getattr(holder, name)


@pytest.mark.parametrize("package", ["arize_async", "arize_sync"])
@pytest.mark.parametrize("name", names(), ids=str)
def test_name_is_where_the_page_says(name: Name, package: str) -> None:
    """Each name can be imported; one that cannot has a reason."""
    if name.here == NOWHERE:
        assert name.note
        with pytest.raises((ImportError, AttributeError)):
            found(f"{package}{name.module}.{name.name}")
    else:
        assert found(name.path(package)) is not None


def test_no_name_is_listed_twice() -> None:
    """A name of a module has one row."""
    listed = [str(name) for name in names()]
    assert len(listed) > 100
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize(
    ("path", "ours"),
    [
        ("ApiException", errors.ApiError),
        ("NotFoundError", errors.NotFound),
        ("AmbiguousNameError", errors.AmbiguousName),
        ("datasets.errors.EmptyDatasetError", errors.InvalidRows),
        ("exceptions.auth.AuthenticationError", errors.Unauthorized),
        ("exceptions.http.APIError", errors.ApiError),
    ],
)
@pytest.mark.parametrize("package", ["arize_async", "arize_sync"])
def test_errors_under_official_names_are_ours(package: str, path: str, ours: type[Exception]) -> None:
    """``except`` with an official name catches what this package raises."""
    assert found(f"{package}.{path}") is ours

"""Which examples of docstrings pytest's own collection of them leaves to a test that has a server for them."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out the examples that begin with a client: ``tests/project/test_methods.py`` runs them, and awaits them."""
    items[:] = [item for item in items if not (isinstance(item, pytest.DoctestItem) and _needs_client(item))]


def _needs_client(item: pytest.DoctestItem) -> bool:
    uses = any("client." in example.source for example in item.dtest.examples)
    return uses and "ArizeClient(" not in (item.dtest.docstring or "")

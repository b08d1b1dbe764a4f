"""Portals that do not outlive their test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from arize_sync._portal import Portal

if TYPE_CHECKING:
    from collections.abc import Iterator


async def _goodbye() -> None:
    pass


@pytest.fixture
def portal() -> Iterator[Portal]:
    """Run coroutines until the test ends."""
    portal = Portal(_goodbye)
    yield portal
    portal.close()

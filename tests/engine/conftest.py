"""A client with an embedded server and a small dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from arize_async import ArizeClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from arize_async.models.dataset import Dataset


@pytest.fixture
async def client() -> AsyncIterator[ArizeClient]:
    """Open a client whose server keeps nothing."""
    async with ArizeClient.local(":memory:") as opened:
        yield opened


@pytest.fixture
async def dataset(client: ArizeClient) -> Dataset:
    """Store ten questions."""
    examples = [
        {"attributes.input.value": f"q{i}", "attributes.output.value": f"a{i}", "attributes.metadata": {"i": i}}
        for i in range(10)
    ]
    return await client.datasets.create(name="questions", space="default", examples=examples)

"""How many results a pipeline says can be taken at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from anyio import wait_all_tasks_blocked
from attrs import frozen

from arize_async.scheduler import Pipeline

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence


@frozen
class Result:
    """An outcome."""

    value: int
    failed: bool = False


async def numbers(count: int) -> AsyncIterator[Sequence[int]]:
    """Give numbers in one chunk."""
    yield range(count)


async def identity(item: int) -> Result:
    """Do nothing."""
    return Result(item)


@pytest.mark.parametrize("count", [1, 4, 9])
async def test_ready_counts_results_and_not_the_end(count: int) -> None:
    """Whoever takes only what is ready gets every result and never meets the end."""
    pipeline: Pipeline[int, Any, Any] = Pipeline(identity, tasks=4, evaluations=4)
    assert pipeline.ready == 0
    taken: list[Any] = []
    async with pipeline.open(numbers(count)) as results:
        await wait_all_tasks_blocked()
        while pipeline.ready:
            taken.append(await anext(results))
            await wait_all_tasks_blocked()
        assert sorted(result.item for result in taken) == list(range(count))
        assert pipeline.ready == 0
        assert [result async for result in results] == []
        assert pipeline.ready == 0

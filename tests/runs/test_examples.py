"""The copy of a dataset that a run works on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from arize_async.runs import examples as module
from arize_async.runs.examples import Examples, rows_of_batch, slices

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence


async def chunks(*sizes: int) -> AsyncIterator[Sequence[dict[str, Any]]]:
    """Give numbered rows in chunks."""
    number = 0
    for size in sizes:
        yield [{"id": f"ex-{number + i}", "text": "é" * 100} for i in range(size)]
        number += size


async def ids(examples: Examples) -> list[str]:
    """Read all ids."""
    return [example.id async for chunk in examples.chunks(1) for example in chunk]


@pytest.mark.parametrize("in_memory", [64 * 2**20, 10])
async def test_rows_come_back_in_order_as_often_as_wanted(in_memory: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In memory or on disk, the copy can be read again."""
    monkeypatch.setattr(module, "_IN_MEMORY_BYTES", in_memory)
    with Examples() as examples:
        await examples.fill(chunks(3, 0, 4), list)
        assert examples.count == 7
        expected = [f"ex-{number}" for number in range(7)]
        assert await ids(examples) == expected
        assert await ids(examples) == expected


async def test_repetitions_stand_side_by_side() -> None:
    """Each example comes as often as wanted, numbered from one."""
    with Examples() as examples:
        await examples.fill(chunks(2), list)
        found = [(each.id, each.repetition) async for chunk in examples.chunks(3) for each in chunk]
    assert found == [(f"ex-{number}", repetition) for number in range(2) for repetition in (1, 2, 3)]


@pytest.mark.parametrize(("most", "count"), [(1, 1), (3, 3), (5, 5), (100, 7)])
async def test_a_dry_run_takes_the_first(most: int, count: int) -> None:
    """At most so many rows are copied."""
    with Examples() as examples:
        await examples.fill(chunks(3, 4), list, most)
        assert await ids(examples) == [f"ex-{number}" for number in range(count)]


async def test_reading_can_stop_anywhere() -> None:
    """What is read ahead of a reader that stops keeps nobody from closing the copy."""
    for taken in range(4):
        with Examples() as examples:
            await examples.fill(chunks(3, 4), list)
            reading = examples.chunks(1)
            for _ in range(taken):
                await anext(reading, None)
            await reading.aclose()


async def test_batches_become_json_data() -> None:
    """Missing numbers are None, dates are text, JSON text of objects is parsed, text that looks like numbers is not."""
    table = pa.table(
        {
            "id": ["a", "b"],
            "n": [1.5, float("nan")],
            "when": pa.array([0, None], pa.timestamp("ms", "UTC")),
            "metadata": ['{"k": [1]}', "4"],
            "output": ["4", "true"],
            "nested": [{"x": 1}, None],
        }
    )

    async def batches() -> AsyncIterator[pa.RecordBatch]:
        for batch in table.to_batches():
            yield batch

    rows = [row async for chunk in slices(batches()) for row in await asyncio.to_thread(rows_of_batch, chunk)]
    assert rows == [
        {
            "id": "a",
            "n": 1.5,
            "when": "1970-01-01T00:00:00+00:00",
            "metadata": {"k": [1]},
            "output": "4",
            "nested": {"x": 1},
        },
        {"id": "b", "n": None, "when": None, "metadata": "4", "output": "true", "nested": None},
    ]

"""Run the same experiment from asynchronous code, with a task that awaits."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from arize_async import ArizeClient
from inventions import load, recall

if TYPE_CHECKING:
    from collections.abc import Mapping

LATENCY = 0.05  # seconds that an answer of a real model would take


async def answer_question(dataset_row: Mapping[str, Any]) -> str:
    """Say who invented what the row asks for."""
    await asyncio.sleep(LATENCY)
    return recall(dataset_row["attributes.input.value"])


def is_correct(output: str, expected: str) -> bool:
    """Look for the inventor's name in the answer."""
    return expected in output


async def main() -> None:
    """Run all hundred questions at once on a server that keeps nothing."""
    async with ArizeClient.local(":memory:") as client:
        dataset = await client.datasets.create(name="inventions", space="default", examples=load())
        experiment, df = await client.experiments.run(
            name="quickstart", dataset=dataset.id, task=answer_question, evaluators=[is_correct], concurrency=100
        )
        print(experiment)
        right = int(df["eval.is_correct.score"].sum())
        print(f"{right} of {len(df)} answers are right.")


if __name__ == "__main__":
    asyncio.run(main())

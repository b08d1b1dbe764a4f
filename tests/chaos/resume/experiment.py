"""The process that is killed: one experiment, which notes each call in a file before it begins and after it ended."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from random import Random
from typing import Any

from arize_async import ArizeClient


async def main(options: dict[str, Any], dataset: str, name: str, notes: str, concurrency: int) -> None:
    """Run, or go on with what an earlier process has left."""
    file = os.open(notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    random = Random(name)  # noqa: S311 - no secret

    def note(*words: object) -> None:
        os.write(file, (" ".join(map(str, words)) + "\n").encode())

    async def task(dataset_row: dict[str, Any]) -> dict[str, int]:
        number = dataset_row["number"]
        note("task", number, "begins")
        await asyncio.sleep(random.uniform(0, 0.02))
        note("task", number, "ended")
        return {"number": number}

    async def first(output: dict[str, int]) -> float:
        note("first", output["number"], "begins")
        await asyncio.sleep(random.uniform(0, 0.005))
        note("first", output["number"], "ended")
        return output["number"]

    def second(output: dict[str, int]) -> float:
        note("second", output["number"], "begins")
        note("second", output["number"], "ended")
        return output["number"]

    async with ArizeClient(**options) as client:
        print("ready", flush=True)  # noqa: T201 - the kill is timed from here
        experiment, frame = await client.experiments.run(
            name=name,
            dataset=dataset,
            task=task,
            evaluators=[first, second],
            concurrency=concurrency,
            resume=True,
            progress=False,
        )
        scores = [frame[f"eval.{evaluator}.score"].to_list() for evaluator in ("first", "second")]
        print(json.dumps({"id": experiment and experiment.id, "scores": scores}))  # noqa: T201 - read by the parent


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5])))

"""One run of the memory benchmark, in a process of its own; prints a line of JSON."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import TYPE_CHECKING, Any

from arize_async import ArizeClient
from bulk_step import PeakMemory

if TYPE_CHECKING:
    from collections.abc import Mapping

CONCURRENCY = 50


async def give_back(dataset_row: Mapping[str, Any]) -> str:
    """Answer with the question."""
    return str(dataset_row["question"])


async def correct(output: str) -> bool:
    """Judge an answer by nothing."""
    return bool(output)


async def work(client: ArizeClient, request: Mapping[str, Any], name: str, **options: Any) -> None:
    """Run the experiment, ask for its frame, or take its runs one by one and keep none."""
    arguments: dict[str, Any] = {
        "name": name,
        "dataset": request["dataset"],
        "task": give_back,
        "evaluators": [correct],
        "concurrency": CONCURRENCY,
        "progress": False,
        **options,
    }
    if request["way"] != "stream":
        result = await client.experiments.run(**arguments)
        if request["way"] == "frame":
            print(result.frame.height)
        return
    async with client.experiments.stream(**arguments) as runs:
        async for _ in runs:
            pass


async def main() -> None:
    """Do a few examples first, so that everything is loaded, and then all."""
    request = json.loads(sys.argv[1])
    async with ArizeClient(**request["options"]) as client:
        await work(client, request, "warm up", dry_run=True, dry_run_count=10)
        with PeakMemory() as peak:
            start = time.perf_counter()
            await work(client, request, request["name"])
            seconds = time.perf_counter() - start
    print(json.dumps({"mebibytes": peak.mebibytes, "seconds": seconds}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())

"""Workers on bare asyncio that pull from one iterator: no spans, no records, no server."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from scenarios import make_rows, score

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenarios import Scenario

PACKAGE = None


class Contender:
    """The floor."""

    def __init__(self, setup: Mapping[str, object]) -> None:
        """Need nothing."""

    def run(self, scenario: Scenario, dataset: str) -> int:  # noqa: ARG002 - nothing is read from the server
        """Run the scenario over rows made on the spot."""
        return asyncio.run(self._run(scenario))

    async def _run(self, scenario: Scenario) -> int:
        rows = iter(make_rows(scenario.examples))
        scores: list[float] = []
        with ThreadPoolExecutor(scenario.concurrency) as threads:

            async def work() -> None:
                scores.extend([await self.one(scenario, row, threads) for row in rows])

            async with asyncio.TaskGroup() as group:
                for _ in range(scenario.concurrency):
                    group.create_task(work())
        return len(scores)

    async def one(self, scenario: Scenario, row: Mapping[str, str], threads: ThreadPoolExecutor) -> float:
        """Call the task with a row and score what it gives."""
        return score(await call(scenario, row, threads))


async def call(scenario: Scenario, row: Mapping[str, str], threads: ThreadPoolExecutor) -> str:
    """Call the task where it runs."""
    if scenario.blocking:
        return await asyncio.get_running_loop().run_in_executor(threads, scenario.task, row)
    return await scenario.task(row)

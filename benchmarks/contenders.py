"""Who runs the workloads: bare asyncio as the floor, this package, and the official SDK where it is installed."""

from __future__ import annotations

import asyncio
import importlib.util
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from arize_async import ArizeClient
from scenarios import score

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from scenarios import Scenario


class Contender(Protocol):
    """Something that can run a scenario over a dataset of the server."""

    name: str

    def run(self, scenario: Scenario, dataset: str) -> int:
        """Run the scenario and return the number of scored runs."""
        ...


class Bare:
    """Workers that pull from one iterator: no spans, no records, no server."""

    name = "bare asyncio"

    def run(self, scenario: Scenario, dataset: str) -> int:  # noqa: ARG002 - nothing is read from the server
        """Run the scenario over rows made on the spot."""
        return asyncio.run(self._run(scenario))

    async def _run(self, scenario: Scenario) -> int:
        rows = iter(make_rows(scenario.examples))
        scores: list[float] = []
        with ThreadPoolExecutor(scenario.concurrency) as threads:

            async def work() -> None:
                loop = asyncio.get_running_loop()
                for row in rows:
                    call = (
                        scenario.task(row)
                        if not scenario.blocking
                        else loop.run_in_executor(threads, scenario.task, row)
                    )
                    scores.append(score(await call))

            async with asyncio.TaskGroup() as group:
                for _ in range(scenario.concurrency):
                    group.create_task(work())
        return len(scores)


class Ours:
    """A whole run of this package: download, tasks, evaluator, spans, upload."""

    name = "arize_async"

    def __init__(self, options: Mapping[str, Any], *, dry_run: bool = False) -> None:
        """Keep the server's address; a dry run neither uploads nor exports."""
        self._options = options
        self._dry_run = dry_run
        if dry_run:
            self.name = "arize_async, dry run"

    def run(self, scenario: Scenario, dataset: str) -> int:
        """Run the scenario as an experiment."""
        return asyncio.run(self._run(scenario, dataset))

    async def _run(self, scenario: Scenario, dataset: str) -> int:
        async with ArizeClient(**self._options) as client:
            _, df = await client.experiments.run(
                name=uuid4().hex,
                dataset=dataset,
                task=scenario.task,
                evaluators=[score],
                concurrency=scenario.concurrency,
                dry_run=self._dry_run,
                dry_run_count=scenario.examples,
                progress=False,
            )
        return int(df["eval.score.score"].count())


class Official:
    """A whole run of the official SDK on the same server."""

    name = "official arize"

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Keep the server's address."""
        self._options = options

    def run(self, scenario: Scenario, dataset: str) -> int:
        """Run the scenario as an experiment."""
        from arize import ArizeClient as OfficialClient  # pyright: ignore[reportMissingImports]

        _, df = OfficialClient(**self._options).experiments.run(
            name=uuid4().hex,
            dataset=dataset,
            task=scenario.task,
            evaluators=[score],
            concurrency=scenario.concurrency,
        )
        return int(df["eval.score.score"].count())


def make_rows(count: int) -> Iterator[dict[str, str]]:
    """Yield rows of one question each."""
    return ({"question": f"question {number}"} for number in range(count))


def line_up(options: Mapping[str, Any], directory: Path) -> list[Contender]:
    """Return who can run here; both SDKs keep their files in the directory."""
    options = {**options, "arize_directory": str(directory)}
    found: list[Contender] = [Bare(), Ours(options, dry_run=True), Ours(options)]
    if importlib.util.find_spec("arize"):
        found.append(Official(options))
    return found

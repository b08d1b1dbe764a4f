"""A whole run of this package: download, tasks, evaluator, spans, progress, upload."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from arize_async import ArizeClient
from scenarios import score

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenarios import Scenario

PACKAGE = None


class Contender:
    """This package with everything on."""

    dry_run = False

    def __init__(self, setup: Mapping[str, Any]) -> None:
        """Keep the server's address."""
        self._options = {**setup["options"], "arize_directory": setup["directory"]}

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
                dry_run=self.dry_run,
                dry_run_count=scenario.examples,
                progress=True,
            )
        return int(df["eval.score.score"].count())

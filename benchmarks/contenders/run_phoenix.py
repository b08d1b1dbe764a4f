"""The client of Phoenix: a dry run over all examples; it asks for them again, and is answered at once."""

# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
from phoenix.client import AsyncClient
from phoenix.client.resources.datasets import Dataset

import scenarios

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenarios import Scenario

PACKAGE = "arize-phoenix-client"


def make_dataset(count: int) -> tuple[dict[str, object], dict[str, object]]:
    """Make what its server gives: facts about a dataset, and its examples."""
    now = datetime.now(UTC).isoformat()
    facts = {"id": "d", "name": "benchmark", "description": None, "metadata": {}, "created_at": now, "updated_at": now}
    examples = [
        {"id": str(number), "input": row, "output": {}, "metadata": {}, "updated_at": now}
        for number, row in enumerate(scenarios.make_rows(count))
    ]
    return facts, {"dataset_id": "d", "version_id": "v", "examples": examples}


class Contender:
    """Its experiment, without a back end."""

    def __init__(self, setup: Mapping[str, object]) -> None:
        """Need nothing."""

    def run(self, scenario: Scenario, dataset: str) -> int:  # noqa: ARG002 - the data are in memory
        """Run the scenario as an experiment."""
        return asyncio.run(self._run(scenario))

    async def _run(self, scenario: Scenario) -> int:
        async def wait(input: Mapping[str, str]) -> str:  # noqa: A002 - its name for the row
            return await scenario.wait(input)

        def block(input: Mapping[str, str]) -> str:  # noqa: A002 - the same
            return scenario.block(input)

        def score(output: str) -> float:
            return scenarios.score(output)

        facts, data = make_dataset(scenario.examples)

        def answer(request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, json={"data": data if request.url.path.endswith("/examples") else facts})

        back_end = httpx.AsyncClient(base_url="http://127.0.0.1:9", transport=httpx.MockTransport(answer))
        ran = await AsyncClient(http_client=back_end).experiments.run_experiment(
            dataset=Dataset(facts, data),
            task=block if scenario.blocking else wait,
            evaluators=[score],
            dry_run=scenario.examples,
            print_summary=False,
            concurrency=scenario.concurrency,
        )
        return sum(run.result is not None for run in ran["evaluation_runs"])

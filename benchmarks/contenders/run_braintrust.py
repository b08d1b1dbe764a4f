"""Braintrust: nothing is sent (``no_send_logs``), and its thread pool is as large as the workloads need."""

# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from braintrust import EvalAsync, Reporter
from braintrust.framework import set_thread_pool_max_workers

import scenarios

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenarios import Scenario

PACKAGE = "braintrust"


def _say_nothing(*_: object, **__: object) -> bool:
    return True


class Contender:
    """Its evaluation, without a back end."""

    def __init__(self, setup: Mapping[str, object]) -> None:  # noqa: ARG002 - it reads nothing from the server
        """Size the pool, once."""
        set_thread_pool_max_workers(max(each.concurrency for each in scenarios.SCENARIOS.values() if each.blocking))
        self._quiet = Reporter("quiet", report_eval=_say_nothing, report_run=_say_nothing)

    def run(self, scenario: Scenario, dataset: str) -> int:  # noqa: ARG002 - the data are in memory
        """Run the scenario as an evaluation."""

        async def wait(input: Mapping[str, str]) -> str:  # noqa: A002 - its name for the row
            return await scenario.wait(input)

        def block(input: Mapping[str, str]) -> str:  # noqa: A002 - the same
            return scenario.block(input)

        def score(output: str) -> float:
            return scenarios.score(output)

        evaluation = EvalAsync(
            "benchmark",
            data=[{"input": row} for row in scenarios.make_rows(scenario.examples)],
            task=block if scenario.blocking else wait,
            scores=[score],
            max_concurrency=scenario.concurrency,
            no_send_logs=True,
            reporter=self._quiet,
        )
        return sum(row.scores.get("score") is not None for row in asyncio.run(evaluation).results)

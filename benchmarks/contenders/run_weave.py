"""Weave: not initialised, which it needs a network for, so that nothing is traced."""

# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
from __future__ import annotations

import asyncio
import logging
import os
from typing import TYPE_CHECKING

import weave

import scenarios

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenarios import Scenario

PACKAGE = "weave"


@weave.op
def score(output: str) -> dict[str, float]:
    """Give the score in its form."""
    return {"score": scenarios.score(output)}


class Contender:
    """Its evaluation, without a back end."""

    def __init__(self, setup: Mapping[str, object]) -> None:  # noqa: ARG002 - it reads nothing from the server
        """Keep its log quiet."""
        logging.getLogger("weave").setLevel(logging.ERROR)

    def run(self, scenario: Scenario, dataset: str) -> int:  # noqa: ARG002 - the data are in memory
        """Run the scenario as an evaluation."""
        os.environ["WEAVE_PARALLELISM"] = str(scenario.concurrency)

        @weave.op
        async def wait(question: str) -> str:
            return await scenario.wait({"question": question})

        @weave.op
        def block(question: str) -> str:
            return scenario.block({"question": question})

        evaluation = weave.Evaluation(dataset=list(scenarios.make_rows(scenario.examples)), scorers=[score])
        results = asyncio.run(evaluation.get_eval_results(block if scenario.blocking else wait))
        return sum("score" in row["scores"]["score"] for row in results.rows)

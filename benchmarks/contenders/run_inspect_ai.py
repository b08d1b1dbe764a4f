"""Inspect: no display, no live view, a log file with all samples; plain functions go to anyio's worker threads."""

# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

os.environ |= {"INSPECT_DISPLAY": "none"}

import anyio.to_thread
from inspect_ai import Task, eval  # noqa: A004 - its name
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.scorer import Score, Target, mean, scorer
from inspect_ai.solver import Generate, TaskState, solver

import scenarios

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenarios import Scenario

PACKAGE = "inspect-ai"


@solver
def answering(scenario: Scenario) -> Any:
    """Answer in its form."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001 - no model is asked
        row = {"question": state.input_text}
        blocking = anyio.to_thread.run_sync(scenario.block, row) if scenario.blocking else None
        state.output.completion = await (blocking or scenario.wait(row))
        return state

    return solve


@scorer(metrics=[mean()])
def scoring() -> Any:
    """Score in its form."""

    async def score(state: TaskState, target: Target) -> Score:  # noqa: ARG001 - nothing is compared
        return Score(value=scenarios.score(state.output.completion))

    return score


class Contender:
    """Its evaluation, with a log in a temporary folder."""

    def __init__(self, setup: Mapping[str, Any]) -> None:
        """Keep where logs go."""
        self._folder = str(setup["directory"])

    def run(self, scenario: Scenario, dataset: str) -> int:  # noqa: ARG002 - the data are in memory
        """Run the scenario as an evaluation."""
        samples = [Sample(input=row["question"]) for row in scenarios.make_rows(scenario.examples)]
        (log,) = eval(
            Task(dataset=MemoryDataset(samples), solver=answering(scenario), scorer=scoring()),
            model="mockllm/model",
            max_samples=scenario.concurrency,
            log_dir=self._folder,
            log_realtime=False,
            log_level="error",
            score_display=False,
        )
        return sum(bool(sample.scores) for sample in log.samples or ())

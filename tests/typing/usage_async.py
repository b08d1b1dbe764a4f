"""Usages of ``arize_async`` that type checkers must accept; never run."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_type

import polars as pl

from arize_async import ArizeClient
from arize_async.experiments import EvaluationResult
from arize_async.experiments.types import Experiment, ExperimentRun
from arize_async.server import LocalServer

if TYPE_CHECKING:
    from collections.abc import Mapping


async def answer(dataset_row: Mapping[str, object]) -> str | None:
    """Take the whole row."""
    return str(dataset_row.get("question"))


async def judge(output: str, expected: str) -> EvaluationResult:
    """Judge with a result."""
    return EvaluationResult(score=1, label="correct", explanation=f"{output} is {expected}", metadata={"n": 1})


async def run(client: ArizeClient) -> None:
    """Run, and read what was recorded."""
    result = await client.experiments.run(name="a", dataset="b", task=answer, evaluators=[judge])
    experiment, df = result
    assert_type(experiment, Experiment)
    assert_type(df, pl.DataFrame)
    assert_type(result.summary.failed, int)
    assert_type(result.failures, pl.DataFrame)


async def read(client: ArizeClient) -> list[str | None]:
    """Walk through pages."""
    page = await client.experiments.list_runs(experiment="a", limit=100)
    assert_type(page.experiment_runs[0], ExperimentRun)
    assert_type(page.pagination.has_more, bool)
    return [run.output async for run in page]


async def connect() -> None:
    """Open clients in each of the ways."""
    async with ArizeClient.local(":memory:") as client:
        await run(client)
    async with LocalServer() as server, ArizeClient(**server.client_options) as client:
        await read(client)
        await client.clear_cache()

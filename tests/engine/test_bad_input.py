"""The engine, through the client, against user code and numbers that are as bad as they get."""

from __future__ import annotations

import asyncio
import copy
import os
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import arize_async
from arize_async import ArizeClient, Limits
from arize_async.executors import inline

if TYPE_CHECKING:
    from collections.abc import Callable

    from arize_async.models.dataset import Dataset


class Unshowable(Exception):
    """Cannot even be shown."""

    def __repr__(self) -> str:
        """Raise."""
        raise RuntimeError("no")


def group(row: Any) -> None:
    """Raise a group that is not an Exception."""
    raise BaseExceptionGroup("both", [SystemExit(1), ValueError("b")])


def stop(row: Any) -> None:
    """Raise what ends iterators."""
    raise StopIteration("early")


async def stop_async(row: Any) -> None:
    """Raise what ends asynchronous iterators."""
    raise StopAsyncIteration("early")


def unshowable(row: Any) -> None:
    """Raise an error whose repr raises."""
    raise Unshowable


@pytest.mark.parametrize("task", [group, stop, stop_async, unshowable])
async def test_odd_exceptions_are_rows(client: ArizeClient, dataset: Dataset, task: Callable[..., Any]) -> None:
    """Each example has its row, in the task's place as in the evaluator's."""
    _, frame = await client.experiments.run(name="task", dataset=dataset.id, task=task)
    assert frame["execution_status"].to_list() == ["FAILED"] * 10
    assert frame["error"].null_count() == 0
    _, frame = await client.experiments.run(name="evaluator", dataset=dataset.id, task=str, evaluators={"bad": task})
    assert frame["eval.bad.error"].null_count() == 0


async def hang(row: Any) -> None:
    """Never end."""
    await asyncio.Event().wait()


def hang_in_thread(row: Any) -> None:
    """Never end, in a thread."""
    threading.Event().wait()


async def swallow(row: Any) -> None:
    """Answer the cancellation with another wait."""
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling() > 1:  # the loop of the test has to end
                raise


@pytest.mark.parametrize("code", [hang, hang_in_thread, swallow])
async def test_code_that_hangs_is_late(
    client: ArizeClient, dataset: Dataset, code: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row says so, for the task as for an evaluator, and the slot goes to the next example."""
    monkeypatch.setattr(inline, "GRACE", 0.05)
    _, frame = await client.experiments.run(name="task", dataset=dataset.id, task=code, timeout=0.1, concurrency=5)
    assert set(frame["error"]) == {"TimeoutError('timed out after 0.1 s')"}
    _, frame = await client.experiments.run(
        name="late", dataset=dataset.id, task=str, evaluators={"late": code, "good": len}, timeout=0.1, concurrency=5
    )
    assert set(frame["eval.late.error"]) == {"TimeoutError('timed out after 0.1 s')"}
    assert frame["eval.good.score"].null_count() == 0


@pytest.mark.parametrize("concurrency", [1, 100_000, 10**12])
async def test_any_concurrency(client: ArizeClient, dataset: Dataset, concurrency: int) -> None:
    """It is an upper bound: nothing is made ahead of an example, for either kind of code."""

    async def ask(row: Any) -> str:
        await asyncio.sleep(0)
        return "a"

    for name, task in {"async": ask, "sync": lambda row: "a"}.items():
        _, frame = await client.experiments.run(name=name, dataset=dataset.id, task=task, concurrency=concurrency)
        assert frame["output"].to_list() == ["a"] * 10


async def test_more_calls_than_descriptors(client: ArizeClient) -> None:
    """Calls in flight, in threads as well, take no descriptors of their own."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    dataset = await client.datasets.create(name="many", space="default", examples=[{"n": n} for n in range(400)])
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
    try:
        _, frame = await client.experiments.run(
            name="many", dataset=dataset.id, task=lambda row: time.sleep(0.05) or "a", concurrency=400
        )
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert frame["error"].null_count() == 400


async def test_runs_in_two_threads_share_limits(client: ArizeClient, dataset: Dataset) -> None:
    """The same ``Limits`` is one limiter, also for another client in another event loop."""
    limits = Limits(requests_per_minute=60_000)

    async def run(name: str) -> int:
        _, frame = await client.experiments.run(name=name, dataset=dataset.id, task=str, limits=limits)
        return frame.height

    async def elsewhere() -> int:
        async with ArizeClient.local(":memory:") as other:
            examples = [{"n": n} for n in range(10)]
            own = await other.datasets.create(name="other", space="default", examples=examples)
            _, frame = await other.experiments.run(name="c", dataset=own.id, task=str, limits=limits)
            return frame.height

    heights = await asyncio.gather(run("a"), run("b"), asyncio.to_thread(asyncio.run, elsewhere()))
    assert heights == [10, 10, 10]
    assert repr(limits.shared["limiter"]) == "<Limiter [30 begun, 0 waiting, no limit]>"


SCRIPT = """
import asyncio, threading
from arize_sync import ArizeClient

async def hang(row):
    await asyncio.Event().wait()

def hang_in_thread(row):
    threading.Event().wait()

with ArizeClient.local(":memory:") as client:
    dataset = client.datasets.create(name="d", space="default", examples=[{"n": 1}])
    for task in (hang, hang_in_thread):
        _, frame = client.experiments.run(name=task.__name__, dataset=dataset.id, task=task, timeout=1)
        print(frame["error"].to_list())
"""


def test_a_script_whose_tasks_hang_ends(tmp_path: Any) -> None:
    """A task that never returns, on the loop or in a thread, is a row and does not keep the process alive."""
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(SCRIPT), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(arize_async.__file__).parents[1])}
    command = [sys.executable, str(script)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert done.stdout.splitlines() == ["[\"TimeoutError('timed out after 1 s')\"]"] * 2, done.stderr


async def test_the_history_of_the_limit_is_in_the_result(client: ArizeClient, dataset: Dataset) -> None:
    """Each change with its rate and its reason, also in a copy."""
    calls: list[str] = []

    async def refused_once(dataset_row: dict[str, Any]) -> str:
        calls.append(dataset_row["id"])
        if calls.count(dataset_row["id"]) == 1:
            error = RuntimeError("slow down")
            error.__dict__.update(status_code=429, retry_after=0.01)
            raise error
        return "fine"

    result = await client.experiments.run(name="limits", dataset=dataset.id, task=refused_once)
    assert result.limits[0].reason == "the provider limits the rate"
    assert copy.copy(result).limits == result.limits

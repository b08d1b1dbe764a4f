"""Count what an example of a dry run costs: calls, asyncio tasks, threads and memory, whatever the machine.

``python benchmarks/counts.py`` prints a line of JSON for coroutines and one for plain functions. A cost is the
difference of two runs, divided by the examples that one has more, so that what a run costs as such drops out. The
server is another process.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import tracemalloc
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any

from arize_async import ArizeClient
from scenarios import Scenario, score
from servers import create_dataset, running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from types import FrameType

SIZES = (250, 750)
CONCURRENCY = 50


async def score_async(output: str) -> float:
    """Give every output the same score, in a coroutine."""
    return score(output)


@contextmanager
def counted_calls() -> Generator[dict[str, int]]:
    """Count calls of functions written in Python and in C, in this thread and in those that start in the block."""
    counters = {"call": count(), "c_call": count()}  # their `next` is atomic
    threads, start = count(), threading.Thread.start.__code__
    found: dict[str, int] = {}

    def profile(frame: FrameType, event: str, _: object) -> None:
        if event in counters:
            next(counters[event])
            if event == "call" and frame.f_code is start:
                next(threads)

    threading.setprofile(profile)
    sys.setprofile(profile)
    try:
        yield found
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        found.update(
            {"calls": next(counters["call"]), "calls of C": next(counters["c_call"]), "threads": next(threads)}
        )


@contextmanager
def traced_memory() -> Generator[dict[str, int]]:
    """Measure the most memory that objects take at a time."""
    found: dict[str, int] = {}
    tracemalloc.start()
    try:
        yield found
    finally:
        found["bytes"] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()


class Tasks:
    """Counts the tasks of an event loop."""

    def __init__(self) -> None:
        """Count from 0."""
        self.made = 0

    def make(self, loop: asyncio.AbstractEventLoop, code: Any, **options: Any) -> asyncio.Task[Any]:
        """Make a task as an event loop does."""
        self.made += 1
        return asyncio.Task(code, loop=loop, **options)


class Counter:
    """Counts what runs of a size take."""

    def __init__(self, options: Mapping[str, Any], *, blocking: bool) -> None:
        """Run coroutines, or plain functions."""
        self._options = options
        self._blocking = blocking

    def costs(self) -> dict[str, float]:
        """Return the costs per example, and the threads of the larger run."""
        kind = "plain" if self._blocking else "async"
        scenarios = [Scenario(f"{size} {kind}", size, CONCURRENCY, 0, self._blocking) for size in SIZES]
        datasets = [asyncio.run(create_dataset(self._options, scenario)) for scenario in scenarios]
        for scenario, dataset in zip(scenarios, datasets, strict=True):  # what is loaded or cached once is no cost
            asyncio.run(self._run(scenario, dataset))
        few, many = (self._count(*each) for each in zip(scenarios, datasets, strict=True))
        more = SIZES[1] - SIZES[0]
        costs = {what: (many[what] - few[what]) / more for what in many if what != "threads"}
        return {**costs, "threads": many["threads"]}

    def _count(self, scenario: Scenario, dataset: str) -> dict[str, int]:
        with traced_memory() as memory:
            asyncio.run(self._run(scenario, dataset))
        with counted_calls() as calls:
            tasks = asyncio.run(self._run(scenario, dataset))
        return {**calls, **memory, "tasks": tasks}

    async def _run(self, scenario: Scenario, dataset: str) -> int:
        """Run a scenario and return the number of asyncio tasks that it took."""
        tasks = Tasks()
        asyncio.get_running_loop().set_task_factory(tasks.make)
        evaluator: Callable[[str], Any] = score if self._blocking else score_async
        async with ArizeClient(**self._options) as client:
            result = await client.experiments.run(
                name="counted",
                dataset=dataset,
                task=scenario.task,
                evaluators={"score": evaluator},
                concurrency=scenario.concurrency,
                dry_run=True,
                dry_run_count=scenario.examples,
                progress=False,
            )
        assert result.frame["eval.score.score"].count() == scenario.examples
        return tasks.made


def main() -> None:
    """Count and print."""
    with running_server() as options:
        for blocking in (False, True):
            costs = Counter(options, blocking=blocking).costs()
            print(json.dumps({"functions": "plain" if blocking else "async", **costs}), flush=True)


if __name__ == "__main__":
    main()

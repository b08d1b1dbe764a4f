"""Measure what each layer of the engine adds to an example that does nothing: microseconds of the processor.

``python benchmarks/layers.py`` prints the layers from the bare loop to a whole dry run, each with all that stand above
it unless its name says otherwise. They take turns; printed are the median, the least and the most.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from opentelemetry.context import Context

from arize_async import ArizeClient
from arize_async.executors.call import Call, Outcome
from arize_async.executors.clock import SystemClock
from arize_async.executors.inline import InlineExecutor
from arize_async.executors.threads import ThreadExecutor
from arize_async.models.example import Example
from arize_async.scheduler.attempts import Attempts
from arize_async.scheduler.limiter import Limiter
from arize_async.scheduler.pipeline import Pipeline
from arize_async.tracing import spans
from arize_async.tracing.provider import RunTracing
from scenarios import Scenario, make_rows, score
from servers import create_dataset, running_server

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence

    from arize_async.executors.protocol import Executor

CONCURRENCY = 50
CHUNK = 500
TIMEOUT = 120.0


async def nothing() -> str:
    """Be the task, as a coroutine."""
    return "done"


def nothing_plain() -> str:
    """Be the task, as a plain function."""
    return "done"


async def evaluate(example: Example, outcome: Outcome[Any]) -> Outcome[Any]:  # noqa: ARG001 - it looks at nothing
    """Be an evaluation that has ended."""
    return outcome


def same(value: Any) -> Any:
    """Convert nothing."""
    return value


class Layers:
    """The layers, each as a function that runs all examples."""

    def __init__(self, count: int, options: Mapping[str, Any], dataset: str) -> None:
        """Make the examples."""
        self._count = count
        self._options = options
        self._dataset = dataset
        self._examples = [Example({"id": str(number), **row}) for number, row in enumerate(make_rows(count))]
        self._clock = SystemClock()
        self._ready = Outcome("done", None, 0, 0.0)

    @property
    def all(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """The layers by name."""
        return {
            "workers on one iterator": self.bare,
            "pipeline": lambda: self.pipeline(self._finished),
            "+ an evaluator stage": lambda: self.pipeline(self._finished, [evaluate]),
            "+ attempts under the limiter": lambda: self.pipeline(self._attempted(self._finished), [evaluate]),
            "+ a coroutine of the user": lambda: self.called(traced=False),
            "+ a span": lambda: self.called(traced=True),
            "the same with a plain function": lambda: self.called(traced=True, plain=True),
            "a dry run": self.dry_run,
        }

    async def bare(self) -> None:
        """Await the task in workers, without the engine."""
        examples = iter(self._examples)

        async def work() -> None:
            for _ in examples:
                await nothing()

        async with asyncio.TaskGroup() as group:
            for _ in range(CONCURRENCY):
                group.create_task(work())

    async def pipeline(self, task: Any, evaluators: Sequence[Any] = ()) -> None:
        """Send the examples through the pipeline."""
        pipeline: Pipeline[Any, Any, Any] = Pipeline(task, evaluators, tasks=CONCURRENCY, evaluations=CONCURRENCY)
        async with pipeline.open(self._chunks()) as results:
            async for _ in results:
                pass

    async def called(self, *, traced: bool, plain: bool = False) -> None:
        """Call the task where user code runs, with or without a span around it."""
        executor: Executor = ThreadExecutor(timeout=TIMEOUT) if plain else InlineExecutor(TIMEOUT)
        tracing, code = RunTracing("benchmark", None), nothing_plain if plain else nothing

        async def call(_: Example) -> Outcome[Any]:
            return await executor.run(Call(code, same, copy_context(), self._clock))

        async def call_traced(example: Example) -> Outcome[Any]:
            span = spans.start_task_span(tracing, "nothing", example, "{}")
            context = copy_context()
            context.run(spans.make_current, span, Context())
            outcome = await executor.run(Call(code, same, context, self._clock))
            spans.end_task_span(span, outcome.value, outcome.error)
            return outcome

        await self.pipeline(self._attempted(call_traced if traced else call), [evaluate])
        await executor.aclose()

    async def dry_run(self) -> None:
        """Do everything but sending: one coroutine as the task, one as the evaluator."""

        async def task(dataset_row: Mapping[str, Any]) -> str:
            return str(dataset_row["question"])

        async def scored(output: str) -> float:
            return score(output)

        async with ArizeClient(**self._options) as client:
            await client.experiments.run(
                name="dry",
                dataset=self._dataset,
                task=task,
                evaluators=[scored],
                concurrency=CONCURRENCY,
                dry_run=True,
                dry_run_count=self._count,
                progress=False,
            )

    async def _finished(self, _: Example) -> Outcome[Any]:
        return self._ready

    def _attempted(self, task: Any) -> Any:
        attempts = Attempts(Limiter(self._clock), self._clock, limited=True)

        async def run(example: Example) -> Outcome[Any]:
            return (await attempts.run(lambda: task(example), lambda *_: None)).outcome

        return run

    async def _chunks(self) -> AsyncGenerator[Sequence[Example]]:
        for start in range(0, self._count, CHUNK):
            yield self._examples[start : start + CHUNK]


def cost(layer: Callable[[], Awaitable[None]], count: int) -> float:
    """Return microseconds of the processor an example."""

    async def run() -> float:
        used = time.process_time()
        await layer()
        return (time.process_time() - used) / count * 1e6

    return asyncio.run(run())


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description="Measure the layers of the engine.")
    parser.add_argument("--examples", type=int, default=10_000, help="how many examples each layer handles")
    parser.add_argument("--repetitions", type=int, default=5, help="runs of each, of which the median is printed")
    arguments = parser.parse_args()
    with running_server() as options:
        scenario = Scenario("layers", arguments.examples, CONCURRENCY, 0)
        dataset = asyncio.run(create_dataset(options, scenario))
        layers = Layers(arguments.examples, options, dataset).all
        taken: dict[str, list[float]] = {name: [] for name in layers}
        for _ in range(arguments.repetitions):
            for name, layer in layers.items():
                taken[name].append(cost(layer, arguments.examples))
    print(f"{'':<34}{'us/example':>12}{'added':>9}{'min..max':>18}")
    before = 0.0
    for name, costs in taken.items():
        middle = statistics.median(costs)
        spread = f"{min(costs):.1f}..{max(costs):.1f}"
        print(f"{name:<34}{middle:>12.1f}{middle - before:>9.1f}{spread:>18}")
        before = middle


if __name__ == "__main__":
    main()

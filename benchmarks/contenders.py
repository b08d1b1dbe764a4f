"""Who runs the workloads: bare asyncio as the floor, this package, and the official SDK where it is installed."""

from __future__ import annotations

import asyncio
import importlib.util
import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from openinference.semconv.resource import ResourceAttributes
from openinference.semconv.trace import SpanAttributes
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import StatusCode

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
                scores.extend([await self.one(scenario, row, threads) for row in rows])

            async with asyncio.TaskGroup() as group:
                for _ in range(scenario.concurrency):
                    group.create_task(work())
        return len(scores)

    async def one(self, scenario: Scenario, row: Mapping[str, str], threads: ThreadPoolExecutor) -> float:
        """Call the task with a row and score what it gives."""
        return score(await call(scenario, row, threads))


class Traced(Bare):
    """The same workers with OpenTelemetry: a span a task and a span an evaluation, exported to the server."""

    name = "bare + OpenTelemetry"

    def __init__(self, options: Mapping[str, Any], space_id: str) -> None:
        """Keep where spans go."""
        self._endpoint = f"http://{options['otlp_host']}:{options['otlp_port']}"
        self._headers = {"authorization": options["api_key"], "api_key": options["api_key"], "arize-space-id": space_id}

    def run(self, scenario: Scenario, dataset: str) -> int:
        """Run the scenario; it ends when the last span is delivered."""
        exporter = OTLPSpanExporter(endpoint=self._endpoint, insecure=True, headers=self._headers)
        provider = TracerProvider(resource=Resource({ResourceAttributes.PROJECT_NAME: uuid4().hex}))
        # The default queue of 2,048 spans loses what comes faster than the exporter sends.
        provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=1_000_000))
        self._tracer = provider.get_tracer("bare")
        try:
            return super().run(scenario, dataset)
        finally:
            provider.shutdown()

    async def one(self, scenario: Scenario, row: Mapping[str, str], threads: ThreadPoolExecutor) -> float:
        """Do it inside of two spans with the attributes that a trace needs to be read."""
        with self._tracer.start_as_current_span("Task", context=Context(), attributes=_about(row)) as span:
            output = await call(scenario, row, threads)
            span.set_attribute(SpanAttributes.OUTPUT_VALUE, output)
            span.set_status(StatusCode.OK)
        with self._tracer.start_as_current_span("Evaluation", context=Context(), attributes=_about(row)) as span:
            scored = score(output)
            span.set_attribute("score", scored)
            span.set_status(StatusCode.OK)
        return scored


def _about(row: Mapping[str, str]) -> dict[str, str]:
    return {
        SpanAttributes.OPENINFERENCE_SPAN_KIND: "CHAIN",
        SpanAttributes.INPUT_VALUE: json.dumps(row),
        SpanAttributes.INPUT_MIME_TYPE: "application/json",
        SpanAttributes.METADATA: "{}",
    }


async def call(scenario: Scenario, row: Mapping[str, str], threads: ThreadPoolExecutor) -> str:
    """Call the task where it runs."""
    if scenario.blocking:
        return await asyncio.get_running_loop().run_in_executor(threads, scenario.task, row)
    return await scenario.task(row)


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


def line_up(options: Mapping[str, Any], space_id: str, directory: Path) -> list[Contender]:
    """Return who can run here; both SDKs keep their files in the directory."""
    options = {**options, "arize_directory": str(directory)}
    found: list[Contender] = [Bare(), Traced(options, space_id), Ours(options, dry_run=True), Ours(options)]
    if importlib.util.find_spec("arize"):
        found.append(Official(options))
    return found

"""One experiment from start to finish."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from arize_async.errors import ArizeError, EmptyDataset, RunAborted, UploadFailed
from arize_async.executors.inline import InlineExecutor
from arize_async.executors.threads import ThreadExecutor
from arize_async.results.frame import result_frame
from arize_async.results.result import ExperimentResult
from arize_async.runs.bars import watcher
from arize_async.runs.examples import Examples, from_batches, from_rest, limited
from arize_async.runs.invoke import SKIPPED, Invoker
from arize_async.runs.sinks import DrySink, FlightSink, RestSink
from arize_async.scheduler.clock import SystemClock
from arize_async.scheduler.pipeline import Pipeline
from arize_async.tracing.globally import installed_globally
from arize_async.tracing.provider import RunTracing, span_exporter

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterable, Sequence

    from arize_async.config import Config
    from arize_async.models.dataset import Dataset
    from arize_async.models.example import Example
    from arize_async.models.finished import FinishedRun
    from arize_async.resources.datasets import DatasetsClient
    from arize_async.resources.experiments import ExperimentsResource
    from arize_async.runs.plan import Plan
    from arize_async.runs.sinks import Opened, Sink
    from arize_async.scheduler.clock import Clock
    from arize_async.transport.flight import FlightTransport

log = logging.getLogger("arize_async.runs")


class ExperimentRunner:
    """Runs a plan over a dataset: read, execute, upload."""

    def __init__(
        self,
        config: Config,
        *,
        flight: FlightTransport,
        datasets: DatasetsClient,
        experiments: ExperimentsResource,
        clock: Clock | None = None,
    ) -> None:
        """Take what a run talks to; nothing is opened yet."""
        self._config = config
        self._flight = flight
        self._datasets = datasets
        self._experiments = experiments
        self._clock = clock or SystemClock()

    async def run(self, plan: Plan, dataset: Dataset) -> ExperimentResult:
        """Run the plan and return the experiment and its result frame.

        Raises:
            EmptyDataset: There is no example; nothing was created.
            Conflict: The dataset has an experiment of this name.
            RunAborted: ``exit_on_error`` and something failed; carries what finished.
            UploadFailed: Every run finished and could not be sent; carries the frame.
        """
        sink = self._sink(plan, dataset)
        finished: list[FinishedRun] = []
        async with self._chunks(plan, dataset) as chunks:
            examples = Examples(limited(chunks, plan.examples) if plan.examples else chunks)
            if not await examples.read_ahead():
                raise EmptyDataset(
                    f"dataset {dataset.name!r} ({dataset.id}) has no examples; append some and run again"
                )
            opened = await sink.open()
            try:
                await self._execute(plan, dataset, opened, examples, finished)
            except BaseException:
                await self._discard(sink, plan.name)
                raise
        return await self._upload(plan, sink, finished)

    async def _execute(
        self, plan: Plan, dataset: Dataset, opened: Opened, examples: Examples, finished: list[FinishedRun]
    ) -> None:
        async with AsyncExitStack() as stack:
            exporter = None if plan.dry_run else span_exporter(self._config, dataset.space_id)
            tracing = RunTracing(opened.project, exporter)
            stack.push_async_callback(tracing.aclose, self._config.timeouts.close)
            if plan.set_global_tracer_provider:
                stack.enter_context(installed_globally(tracing.provider))
            threads = ThreadExecutor()
            stack.push_async_callback(threads.aclose)
            facts = _facts(plan, dataset, opened)
            invoker = Invoker(plan, tracing, facts=facts, inline=InlineExecutor(), threads=threads, clock=self._clock)
            pipeline = Pipeline(
                invoker.run_task, invoker.evaluators, tasks=plan.concurrency, evaluations=plan.evaluations
            )
            progress = watcher(plan.progress)
            progress.start(pipeline.statistics, examples=examples.count, evaluators=len(plan.evaluators))
            stack.callback(progress.stop)
            async with pipeline.open(examples) as results:
                async for result in results:
                    run = invoker.finish(result)
                    finished.append(run)
                    progress.update()
                    if plan.exit_on_error and (error := _first_error(run)):
                        raise _aborted(plan, finished, error)

    async def _upload(self, plan: Plan, sink: Sink, finished: list[FinishedRun]) -> ExperimentResult:
        frame = result_frame(finished, plan.evaluator_names)
        try:
            experiment = await sink.upload(frame)
        except ArizeError as error:
            message = f"All {frame.height} runs of {plan.name!r} finished, but the upload failed: {error}."
            result = ExperimentResult(None, frame, plan.evaluator_names)
            raise UploadFailed(f"{message} Their frame is in this error's `result.frame`", result) from error
        return ExperimentResult(experiment, frame, plan.evaluator_names)

    async def _discard(self, sink: Sink, name: str) -> None:
        """Give the name free after a run without results; what ended the run matters more than a failure here."""
        try:
            await sink.discard()
        except ArizeError as error:
            log.warning("the empty experiment %r could not be deleted: %s", name, error)

    def _sink(self, plan: Plan, dataset: Dataset) -> Sink:
        if plan.dry_run:
            return DrySink()
        if plan.force_http:
            return RestSink(self._experiments, dataset, plan.name)
        return FlightSink(self._flight, self._experiments, dataset, plan.name)

    @asynccontextmanager
    async def _chunks(self, plan: Plan, dataset: Dataset) -> AsyncGenerator[AsyncIterable[Sequence[Example]]]:
        if plan.force_http:
            page = await self._datasets.list_examples(dataset=dataset.id, limit=500)
            yield from_rest(page)
            return
        async with self._flight.read_dataset(dataset.space_id, dataset.id) as batches:
            yield from_batches(batches)


def _facts(plan: Plan, dataset: Dataset, opened: Opened) -> dict[str, object]:
    """Return the facts of wire contract 5.3."""
    facts: dict[str, object] = {
        "experiment_id": opened.experiment_id,
        "experiment_name": plan.name,
        "dataset_id": dataset.id,
        "dataset_name": dataset.name,
    }
    return {**facts, "dataset_version_id": opened.dataset_version_id} if opened.dataset_version_id else facts


def _first_error(run: FinishedRun) -> str | None:
    if run.failed:
        return f"the task failed on example {run.example_id!r}: {run.error}"
    for evaluation in run.evaluations:
        if evaluation.result is None and evaluation.error != SKIPPED:
            return f"evaluator {evaluation.name!r} failed on example {run.example_id!r}: {evaluation.error}"
    return None


def _aborted(plan: Plan, finished: list[FinishedRun], error: str) -> RunAborted:
    result = ExperimentResult(None, result_frame(finished, plan.evaluator_names), plan.evaluator_names)
    return RunAborted(
        f"{plan.name!r} stopped at the first error: {error}. The {len(finished)} finished runs are in this error's"
        " `result.frame`; nothing was uploaded",
        result,
    )

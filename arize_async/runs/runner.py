"""One experiment from start to finish."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext, suppress
from functools import partial
from typing import TYPE_CHECKING, cast

from arize_async.errors import ArizeError, EmptyDataset, NotFound, ResumeRefused, UploadFailed
from arize_async.executors.call import Interrupted
from arize_async.executors.clock import SystemClock
from arize_async.executors.inline import InlineExecutor
from arize_async.journal.folder import JournalFolder
from arize_async.journal.opening import opened
from arize_async.results.result import ExperimentResult
from arize_async.runs.bars import watcher
from arize_async.runs.collector import COLLECTOR
from arize_async.runs.columns import check_columns
from arize_async.runs.examples import Examples, rows_of_batch, rows_of_pages, slices
from arize_async.runs.flight_sink import FlightSink
from arize_async.runs.invoke import Executors, Invoker
from arize_async.runs.isolation import check_isolation, executor_for
from arize_async.runs.jobs import Jobs
from arize_async.runs.keeping import Keeping
from arize_async.runs.record import check_sendable, claimed, header_of, recorded
from arize_async.runs.rest_sink import RestSink
from arize_async.runs.sink import DoneSink, DrySink
from arize_async.runs.stream import Engine, RunStream
from arize_async.runs.upload import Delivery
from arize_async.runs.watch import Watch
from arize_async.runs.whole import judge_whole
from arize_async.scheduler.events import ExperimentStarted, ExperimentStopped
from arize_async.scheduler.limiter import Limiter
from arize_async.scheduler.pipeline import Pipeline
from arize_async.tracing.export import span_exporter
from arize_async.tracing.health import Health
from arize_async.tracing.instrument import SHARED, instrumented
from arize_async.tracing.provider import RunTracing
from arize_async.transport.certificates import root_certificates

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from arize_async.cache.examples import ExampleReader
    from arize_async.config import Config, Limits
    from arize_async.executors.clock import Clock
    from arize_async.journal.journal import Journal
    from arize_async.models.dataset import Dataset
    from arize_async.models.experiment import Experiment
    from arize_async.resources.datasets import DatasetsClient
    from arize_async.resources.experiments import ExperimentsResource
    from arize_async.runs.plan import Plan
    from arize_async.runs.record import Record
    from arize_async.runs.sink import Opened, Sink
    from arize_async.transport.flight import FlightTransport

log = logging.getLogger("arize_async.runs")
_HURRIED = 0.3
"""Share of ``timeouts.close`` that each step has after a run that did not end well: somebody may wait for Ctrl-C."""


class ExperimentRunner:
    """Runs a plan over a dataset: read, execute, upload."""

    def __init__(
        self,
        config: Config,
        *,
        flight: FlightTransport,
        datasets: DatasetsClient,
        examples: ExampleReader,
        experiments: ExperimentsResource,
        clock: Clock | None = None,
    ) -> None:
        """Take what a run talks to; nothing is opened yet."""
        self._config = config
        self._flight = flight
        self._datasets = datasets
        self._examples = examples
        self._experiments = experiments
        self._clock = clock or SystemClock()

    @asynccontextmanager
    async def open(self, plan: Plan, dataset: Dataset) -> AsyncGenerator[RunStream]:
        """Start a run; give its runs as they finish; upload them when the block ends with all of them taken.

        Raises:
            InvalidTask: The task cannot run where it should; nothing was created.
            InvalidEvaluator: The same of an evaluator, or the dataset lacks a column that one needs.
            EmptyDataset: There is no example; nothing was created.
            ConfigurationError: The CA file cannot be read; nothing was created.
            UnfinishedRun: An earlier run of this name was interrupted.
            ResumeRefused: What is asked for is not the rest of that run.
            JournalError: The journal cannot be kept, or another run has it; nothing was created.
            Conflict: The dataset has an experiment of this name.
            JournalFailed: The journal cannot be written any longer; carries what finished.
            RunAborted: ``exit_on_error`` and something failed; carries what finished.
            UploadFailed: Every run finished and could not be sent; carries the frame.
        """
        try:
            with COLLECTOR.patient():
                async with self._opened_run(plan, dataset) as stream:
                    yield stream
        except Interrupted as error:  # only here, where everything is closed, may it end the event loop
            raise KeyboardInterrupt from error.__cause__

    @asynccontextmanager
    async def _opened_run(self, plan: Plan, dataset: Dataset) -> AsyncGenerator[RunStream]:
        await check_isolation(plan, self._clock)
        trusted = await asyncio.to_thread(root_certificates, self._config, self._config.endpoints.otlp)
        claim = partial(claimed, self._config, plan, dataset)
        async with recorded(self._config, claim, plan.evaluator_names) as record:
            with Examples() as examples:
                await self._read(plan, dataset, examples)
                header = header_of(self._config, plan, dataset, examples)
                await asyncio.to_thread(record.journal.begin, header)
                jobs = Jobs(examples, plan.repetitions, record.journal, retry_failed=plan.resume == "failed")
                await jobs.survey()
                sink = await self._sink(plan, dataset, record.journal, jobs.count)
                stream: RunStream | None = None
                try:
                    place = await self._opened(sink, record.journal, jobs)
                    async with self._traced(plan, dataset, place, trusted) as tracing:
                        engine = self._engine(plan, dataset, place, tracing, record)
                        async with self._executed(engine, jobs) as stream:
                            yield stream
                            if stream.complete:
                                stream.run_evaluations = await judge_whole(engine, examples)
                        if stream.complete:
                            stream.experiment = await self._upload(stream, sink, record, tracing)
                    stream.lost_spans = tracing.lost
                finally:
                    if stream is None or stream.experiment is None:
                        await self._discard(sink, plan.name)

    async def send(self, path: Path) -> ExperimentResult:
        """Upload the runs of a journal that are all finished, without calling anything.

        Raises:
            JournalError: It cannot be used, another run has it, or runs are left to do.
            ResumeRefused: It is of another account or host.
            NotFound: There is no such dataset any more.
            UploadFailed: They could not be sent.
        """
        folder = JournalFolder(self._config.directory)
        async with recorded(self._config, partial(opened, path, folder)) as record:
            journal, header = record.journal, record.journal.header
            check_sendable(self._config, journal)
            record.table.seal()
            dataset = await self._datasets.get(dataset=header.dataset_id)
            sink = self._new_sink(dataset, header.experiment, force_http=header.force_http)
            try:
                place = await sink.open(header)
                await journal.note(header.state, experiment_id=place.experiment_id, project=place.project)
                experiment = await Delivery(sink, record.table, journal, self._config.retry).run()
            except ArizeError as error:
                await self._discard(sink, header.experiment)
                message = f"The runs of {header.experiment!r} could not be sent: {error}.{record.advice}"
                raise UploadFailed(message, ExperimentResult.of_table(None, record.table)) from error
            await journal.note("uploaded", experiment_id=experiment and experiment.id)
        return ExperimentResult.of_table(experiment, record.table)

    @asynccontextmanager
    async def _traced(
        self, plan: Plan, dataset: Dataset, opened: Opened, trusted: bytes | None
    ) -> AsyncGenerator[RunTracing]:
        """Deliver the spans at the end: results go first, a dead collector must not hold them up."""
        health, exporter = Health(), None
        if not plan.dry_run:  # in a thread: the libraries take their time to load
            settings = (self._config, plan.tracing, dataset.space_id, trusted)
            exporter = await asyncio.to_thread(span_exporter, *settings, health)
        if plan.set_global_tracer_provider:
            SHARED.take_global()
        async with instrumented() if plan.instrument else nullcontext():
            tracing = RunTracing(opened.project, exporter, plan.tracing, health)
            share = _HURRIED
            try:
                yield tracing
                share = 1.0
            finally:
                await tracing.aclose(self._config.timeouts.close * share)
                SHARED.forget(tracing)

    async def _opened(self, sink: Sink, journal: Journal, jobs: Jobs) -> Opened:
        """Make sure that the results can be taken, and note where they will go."""
        place = await sink.open(journal.earlier)
        if journal.header.state == "uploading" and jobs.count and (await sink.stored()).rows:
            raise ResumeRefused(
                "a part of these results is on the server already, where they cannot be replaced: complete the upload"
                " with resume=True, or delete the experiment first"
            )
        if journal.header.state != "uploaded":
            journal.start()
            await journal.note(
                journal.header.state,
                experiment_id=place.experiment_id,
                project=place.project,
                experiment_version=place.dataset_version_id,
            )
        return place

    def _engine(self, plan: Plan, dataset: Dataset, opened: Opened, tracing: RunTracing, record: Record) -> Engine:
        watch, limiter = Watch(watcher(plan.progress)), self._limiter(plan.limits)
        executors = Executors(InlineExecutor(plan.timeout), executor_for(plan), self._clock)
        facts = _facts(plan, dataset, opened)
        invoker = Invoker(plan, tracing, record.journal, facts=facts, executors=executors, limiter=limiter, watch=watch)
        return Engine(plan, invoker, limiter, watch, record)

    def _limiter(self, limits: Limits) -> Limiter:
        """Return the limiter that all runs with these limits share."""
        new = Limiter(self._clock, requests_per_minute=limits.requests_per_minute, adaptive=limits.adaptive)
        return cast("Limiter", limits.shared.setdefault("limiter", new))

    @asynccontextmanager
    async def _executed(self, engine: Engine, jobs: Jobs) -> AsyncGenerator[RunStream]:
        plan, watch = engine.plan, engine.watch
        async with AsyncExitStack() as stack:
            stack.push_async_callback(engine.invoker.aclose)
            pipeline = Pipeline(
                engine.invoker.run_task,
                engine.invoker.evaluators,
                tasks=plan.concurrency,
                evaluations=plan.evaluations,
                fail_fast=plan.exit_on_error,
                keeper=Keeping(engine.record.journal),
                statistics=watch.statistics,
            )
            watch.notify(ExperimentStarted(plan.name, jobs.count, len(plan.evaluators), watch.statistics))
            stack.enter_context(engine.limiter.watched(watch.limited))
            results = await stack.enter_async_context(pipeline.open(jobs))
            stream = RunStream(engine, pipeline, results, jobs.count)
            if plan.budget.seconds is not None:
                reason = f"its budget of {plan.budget.seconds:g} seconds is used up"
                timer = asyncio.get_running_loop().call_later(plan.budget.seconds, stream.drain, reason)
                stack.callback(timer.cancel)
            try:
                yield stream
            except BaseException as error:
                stream.reason = stream.reason or type(error).__name__
                raise
            finally:
                watch.notify(ExperimentStopped(stream.reason))

    async def _upload(self, stream: RunStream, sink: Sink, record: Record, tracing: RunTracing) -> Experiment | None:
        """Send the results, and what is left of the spans at the same time."""
        experiment: Experiment | None = None
        error: Exception | None = None
        journal = record.journal
        record.table.seal()
        async with asyncio.TaskGroup() as group:
            group.create_task(tracing.flush(self._config.timeouts.close))
            try:
                if journal.header.state == "uploaded":
                    return await sink.experiment()
                experiment = await Delivery(sink, record.table, journal, self._config.retry).run()
                await journal.note("uploaded", experiment_id=experiment and experiment.id)
            except Exception as raised:  # noqa: BLE001 - whatever it is, the results go with it
                error = raised
        if error is not None and experiment is None:
            message = f"All {journal.held.tasks} runs of {stream.name!r} finished, but the upload failed: {error}."
            raise UploadFailed(
                f"{message} Their frame is in this error's `result.frame`.{record.advice}, which only uploads",
                stream.result,
            ) from error
        return experiment

    async def _discard(self, sink: Sink, name: str) -> None:
        """Give the name free after a run without results; what ended the run matters more than a failure here."""
        try:
            async with asyncio.timeout(self._config.timeouts.close * _HURRIED):
                await sink.discard()
        except (ArizeError, TimeoutError) as error:
            log.warning("the empty experiment %r could not be deleted: %s", name, error)

    async def _sink(self, plan: Plan, dataset: Dataset, journal: Journal, left: int) -> Sink:
        """Return where results go: nowhere any more when an earlier run has uploaded them."""
        if plan.dry_run:
            return DrySink()
        header = journal.header
        if header.state == "uploaded":
            with suppress(NotFound):
                experiment = await self._experiments.get(experiment=header.experiment_id or "")
                if left:
                    raise ResumeRefused(
                        f"the runs of {plan.name!r} are on the server, where they cannot be replaced: delete the"
                        " experiment to run again what failed"
                    )
                return DoneSink(experiment, header.project or "")
            await journal.note("finished")
        return self._new_sink(dataset, plan.name, force_http=plan.force_http)

    def _new_sink(self, dataset: Dataset, name: str, *, force_http: bool) -> Sink:
        if force_http:
            return RestSink(self._experiments, dataset, name, self._config.max_http_payload_size_mb)
        return FlightSink(self._flight, self._experiments, dataset, name)

    async def _read(self, plan: Plan, dataset: Dataset, examples: Examples) -> None:
        if plan.force_http:
            page = await self._datasets.list_examples(dataset=dataset.id, limit=500)
            await examples.fill(rows_of_pages(page), list, plan.examples)
        else:
            async with self._examples.open(dataset) as batches:
                await examples.fill(slices(batches), rows_of_batch, plan.examples)
        if not examples.count:
            raise EmptyDataset(f"dataset {dataset.name!r} ({dataset.id}) has no examples; append some and run again")
        check_columns(plan, dataset.name, examples.columns)


def _facts(plan: Plan, dataset: Dataset, opened: Opened) -> dict[str, object]:
    """Return the facts of wire contract 5.3."""
    facts: dict[str, object] = {
        "experiment_id": opened.experiment_id,
        "experiment_name": plan.name,
        "dataset_id": dataset.id,
        "dataset_name": dataset.name,
    }
    return {**facts, "dataset_version_id": opened.dataset_version_id} if opened.dataset_version_id else facts

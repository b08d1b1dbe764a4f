"""Runs as they finish."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

from attrs import frozen

from arize_async.errors import BudgetExceeded, JournalError, JournalFailed, RunAborted
from arize_async.models.finished import SKIPPED, STOPPED
from arize_async.results.result import ExperimentResult
from arize_async.runs.invoke import Invoker
from arize_async.runs.plan import Plan
from arize_async.runs.record import Record
from arize_async.runs.watch import Spending, Watch
from arize_async.scheduler.events import RunFinished
from arize_async.scheduler.limiter import Limiter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from arize_async.models.experiment import Experiment
    from arize_async.models.finished import FinishedEvaluation, FinishedRun
    from arize_async.runs.invoke import Job, TaskCall
    from arize_async.scheduler.finished import Finished
    from arize_async.scheduler.pipeline import Pipeline
    from arize_async.scheduler.statistics import Statistics


@frozen(eq=False)
class Engine:
    """What drives one run.

    Attributes:
        plan: What was asked for.
        invoker: Calls the user's functions.
        limiter: Holds their calls back.
        watch: Counts, and tells watchers.
        record: Where results are.
    """

    plan: Plan
    invoker: Invoker
    limiter: Limiter
    watch: Watch
    record: Record


class RunStream:
    """Gives each run of an experiment as soon as it is finished, in the order of completion.

    A run is finished when it is on disk. After ``resume`` only the runs that were left are given; ``result`` has all.

    Attributes:
        experiment: The experiment, once everything is uploaded.
        run_evaluations: What the evaluators of all runs found, by their names, once everything is finished.
        reason: Why the run stops before its end; None as long as it does not.
        lost_spans: How many spans could not be delivered, once the block has ended.
    """

    def __init__(
        self,
        engine: Engine,
        pipeline: Pipeline[Job, TaskCall, FinishedEvaluation],
        results: AsyncIterator[Finished[Job, TaskCall, FinishedEvaluation]],
        count: int,
    ) -> None:
        """Take a pipeline that runs, its results and how many there will be."""
        self._plan = engine.plan
        self._invoker = engine.invoker
        self._record = engine.record
        self._watch = engine.watch
        self._pipeline = pipeline
        self._results = results
        self._count = count
        self._given = 0
        self._spending = Spending(engine.plan.budget, engine.watch.statistics, count)
        self.reason: str | None = None
        self.lost_spans = 0
        self.experiment: Experiment | None = None
        self.run_evaluations: Mapping[str, FinishedEvaluation] = {}

    def __repr__(self) -> str:
        """Show how far the run is."""
        state = "complete" if self.complete else "running"
        return f"<RunStream {self.name!r} {state} [{self._given} finished]>"

    @property
    def name(self) -> str:
        """Name of the experiment."""
        return self._plan.name

    @property
    def complete(self) -> bool:
        """Whether every run was given."""
        return self._given == self._count

    @property
    def statistics(self) -> Statistics:
        """Live counts of the tasks and the evaluations."""
        return self._watch.statistics

    @property
    def ready(self) -> int:
        """How many runs can be taken without waiting for user code."""
        return self._pipeline.ready

    @property
    def result(self) -> ExperimentResult:
        """What finished, as the pair that ``run`` returns.

        Its frame is made when it is asked for. After a run that was stopped it also has the runs that were not given
        yet, with the evaluations they have.
        """
        limits = self.statistics.limits
        return ExperimentResult.of_table(
            self.experiment, self._record.table, self.run_evaluations, self.lost_spans, limits
        )

    def drain(self, reason: str) -> None:
        """Begin no further run; those under way are finished and given."""
        if self.reason is None:
            self.reason = reason
            self._pipeline.stop()

    def __aiter__(self) -> Self:
        """Iterate over the runs that were not given yet."""
        return self

    async def __anext__(self) -> FinishedRun:
        """Return the next run that finishes.

        Raises:
            RunAborted: ``exit_on_error`` and the task or an evaluator failed.
            BudgetExceeded: The budget was used up, and every run under way was given.
            JournalFailed: The run cannot be written to disk.
        """
        try:
            finished = await anext(self._results)
        except StopAsyncIteration:
            if self.reason and not self.complete:
                raise self._budget_exceeded() from None
            raise
        run = self._invoker.finish(finished)
        try:
            await self._record.journal.committed(finished.item.number)
        except JournalError as error:
            kept = await asyncio.to_thread(lambda: self.result.frame.height)
            raise JournalFailed(f"{self.name!r} stopped: {error}.{self._told(kept)}", self.result) from error
        self._given += 1
        if reason := self._spending.count(run):
            self.drain(reason)
        if self._watch.watched:
            self._watch.notify(RunFinished(run))
        if self._plan.exit_on_error and (error := _first_error(run)):
            self.reason = error
            raise RunAborted(f"{self.name!r} stopped at the first error: {error}.{self._told()}", self.result)
        return run

    def _budget_exceeded(self) -> BudgetExceeded:
        return BudgetExceeded(f"{self.name!r} stopped: {self.reason}.{self._told()}", self.result)

    def _told(self, kept: int | None = None) -> str:
        journal = self._record.journal
        finished = journal.held.tasks if kept is None else kept
        return (
            f" The {finished} of {journal.header.count} runs whose task finished are in this error's"
            f" `result.frame`; nothing was uploaded.{self._record.advice}"
        )


def _first_error(run: FinishedRun) -> str | None:
    if run.failed:
        return f"the task failed on example {run.example_id!r}: {run.error}"
    for evaluation in run.evaluations:
        if evaluation.result is None and evaluation.error not in {SKIPPED, STOPPED}:
            return f"evaluator {evaluation.name!r} failed on example {run.example_id!r}: {evaluation.error}"
    return None

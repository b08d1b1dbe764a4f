"""Runs as they finish."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from arize_async.errors import BudgetExceeded, RunAborted
from arize_async.results.frame import result_frame
from arize_async.results.result import ExperimentResult
from arize_async.runs.invoke import SKIPPED, STOPPED
from arize_async.runs.watch import Spending
from arize_async.scheduler.events import RunFinished

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from arize_async.models.example import Example
    from arize_async.models.experiment import Experiment
    from arize_async.models.finished import FinishedEvaluation, FinishedRun
    from arize_async.runs.invoke import Invoker, TaskCall
    from arize_async.runs.plan import Plan
    from arize_async.runs.watch import Watch
    from arize_async.scheduler.finished import Finished
    from arize_async.scheduler.pipeline import Pipeline
    from arize_async.scheduler.statistics import Statistics


class RunStream:
    """Gives each run of an experiment as soon as it is finished, in the order of completion.

    Attributes:
        experiment: The experiment, once everything is uploaded.
        reason: Why the run stops before its end; None as long as it does not.
    """

    def __init__(
        self,
        plan: Plan,
        invoker: Invoker,
        pipeline: Pipeline[Example, TaskCall, FinishedEvaluation],
        results: AsyncIterator[Finished[Example, TaskCall, FinishedEvaluation]],
        watch: Watch,
        count: int,
    ) -> None:
        """Take a pipeline that runs, its results and how many there will be."""
        self._plan = plan
        self._invoker = invoker
        self._pipeline = pipeline
        self._results = results
        self._watch = watch
        self._count = count
        self._spending = Spending(plan.budget, watch.statistics, count)
        self._stopped = False
        self.reason: str | None = None
        self._finished: list[FinishedRun] = []
        self._untaken: list[FinishedRun] = []
        self.experiment: Experiment | None = None

    def __repr__(self) -> str:
        """Show how far the run is."""
        state = "complete" if self.complete else "running"
        return f"<RunStream {self.name!r} {state} [{len(self._finished)} finished]>"

    @property
    def name(self) -> str:
        """Name of the experiment."""
        return self._plan.name

    @property
    def complete(self) -> bool:
        """Whether every run was given."""
        return len(self._finished) == self._count

    @property
    def statistics(self) -> Statistics:
        """Live counts of the tasks and the evaluations."""
        return self._watch.statistics

    @property
    def ready(self) -> int:
        """How many runs can be taken without waiting."""
        return self._pipeline.ready

    @property
    def result(self) -> ExperimentResult:
        """What finished, as the pair that ``run`` returns.

        After a run that was stopped it also has the runs that were not given yet, with the evaluations they have.
        """
        names = self._plan.evaluator_names
        return ExperimentResult(self.experiment, result_frame([*self._finished, *self._untaken], names), names)

    def drain(self, reason: str) -> None:
        """Begin no further run; those under way are finished and given."""
        if self.reason is None:
            self.reason = reason
            self._pipeline.stop()

    def stop(self) -> None:
        """Keep what nobody took; called when the run ends, for whatever reason."""
        if self._stopped:
            return
        self._stopped = True
        self._untaken += [self._invoker.finish(untaken) for untaken in self._pipeline.untaken()]

    def __aiter__(self) -> Self:
        """Iterate over the runs that were not given yet."""
        return self

    async def __anext__(self) -> FinishedRun:
        """Return the next run that finishes.

        Raises:
            RunAborted: ``exit_on_error`` and the task or an evaluator failed.
            BudgetExceeded: The budget was used up, and every run under way was given.
        """
        try:
            run = self._invoker.finish(await anext(self._results))
        except StopAsyncIteration:
            if self.reason and not self.complete:
                raise self._budget_exceeded() from None
            raise
        self._finished.append(run)
        if reason := self._spending.count(run):
            self.drain(reason)
        if self._watch.watched:
            self._watch.notify(RunFinished(run))
        if self._plan.exit_on_error and (error := _first_error(run)):
            self.reason = error
            self.stop()
            result = self.result
            raise RunAborted(
                f"{self.name!r} stopped at the first error: {error}. The {result.frame.height} runs whose task"
                " finished are in this error's `result.frame`; nothing was uploaded",
                result,
            )
        return run

    def _budget_exceeded(self) -> BudgetExceeded:
        result = self.result
        return BudgetExceeded(
            f"{self.name!r} stopped: {self.reason}. The {result.frame.height} of {self._count} runs that finished are"
            " in this error's `result.frame`; nothing was uploaded",
            result,
        )


def _first_error(run: FinishedRun) -> str | None:
    if run.failed:
        return f"the task failed on example {run.example_id!r}: {run.error}"
    for evaluation in run.evaluations:
        if evaluation.result is None and evaluation.error not in {SKIPPED, STOPPED}:
            return f"evaluator {evaluation.name!r} failed on example {run.example_id!r}: {evaluation.error}"
    return None

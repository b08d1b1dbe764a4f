"""Who is told what happens in a run, and what the run may use up."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from arize_async.scheduler.events import LimitChanged
from arize_async.scheduler.statistics import Statistics

if TYPE_CHECKING:
    from arize_async.config.policies import Budget
    from arize_async.models.finished import FinishedRun
    from arize_async.scheduler.events import Event
    from arize_async.scheduler.limiter import LimitChange
    from arize_async.scheduler.progress import Progress

log = logging.getLogger("arize_async.runs")


class Watch:
    """Counts, and passes events on to a watcher whose first error is logged and ends the watching.

    Attributes:
        statistics: Live counts.
    """

    def __init__(self, watcher: Progress | None) -> None:
        """Tell ``watcher``; None for nobody."""
        self._watcher = watcher
        self.statistics = Statistics()

    @property
    def watched(self) -> bool:
        """Whether somebody watches; events of every run need not be made otherwise."""
        return self._watcher is not None

    def notify(self, event: Event) -> None:
        """Pass an event on."""
        if self._watcher is None:
            return
        try:
            self._watcher.notify(event)
        except Exception:
            self._watcher = None
            log.exception("the progress of the run can no longer be shown; the run goes on")

    def limited(self, change: LimitChange) -> None:
        """Take notice of a limit that changed."""
        self.statistics.requests_per_minute = change.requests_per_minute
        self.statistics.limits.append(change)
        self.notify(LimitChanged(change))


class Spending:
    """What a run has used up of its budget."""

    def __init__(self, budget: Budget, statistics: Statistics, examples: int) -> None:
        """Start with everything left; a fraction of errors is one of ``examples``."""
        self._budget = budget
        self._statistics = statistics
        errors = budget.errors
        self._errors = errors * examples if isinstance(errors, float) and errors < 1 else errors

    def count(self, run: FinishedRun) -> str | None:
        """Add a run and say what is used up, if anything is."""
        statistics = self._statistics
        statistics.failed += run.failed or any(evaluation.failed for evaluation in run.evaluations)
        for each in (run, *run.evaluations):
            statistics.tokens += each.token_count or 0
            statistics.cost_usd += each.total_cost or 0.0
        for used, allowed, what in (
            (statistics.failed, self._errors, "errors"),
            (statistics.tokens, self._budget.tokens, "tokens"),
            (statistics.cost_usd, self._budget.cost_usd, "dollars"),
        ):
            if allowed is not None and used > allowed:
                return f"{used:g} {what} are more than the budget of {allowed:g}"
        return None

"""Live counts of a pipeline, for progress and for tests."""

from __future__ import annotations

from collections import deque

from attrs import define, field

from arize_async.scheduler.limiter import LimitChange


@define
class StageStatistics:
    """Counts of one stage.

    Attributes:
        started: Calls that began.
        running: Calls in flight.
        most_running: The most calls that were ever in flight together.
        succeeded: Calls that gave a value.
        failed: Calls that gave an error.
        repeated: Attempts that another one followed; they are part of one call.
    """

    started: int = 0
    running: int = 0
    most_running: int = 0
    succeeded: int = 0
    failed: int = 0
    repeated: int = 0

    @property
    def finished(self) -> int:
        """Calls that ended."""
        return self.succeeded + self.failed

    def enter(self) -> None:
        """Count a call that begins."""
        self.started += 1
        self.running += 1
        self.most_running = max(self.most_running, self.running)

    def leave(self, *, failed: bool) -> None:
        """Count a call that ended."""
        self.running -= 1
        if failed:
            self.failed += 1
        else:
            self.succeeded += 1


@define
class Statistics:
    """Counts of both stages.

    Attributes:
        tasks: The task stage.
        evaluations: The evaluator stage; one call is one evaluator on one run.
        skipped: Evaluations that were not run because their task failed.
        failed: Runs that failed, or that an evaluator failed on.
        tokens: Tokens of traced LLM calls.
        cost_usd: Their cost in US dollars.
        requests_per_minute: The calls that the provider takes in a minute, as learned; None without a limit.
        limits: The last changes of it, 1,000 at most, oldest first.
    """

    tasks: StageStatistics = field(factory=StageStatistics)
    evaluations: StageStatistics = field(factory=StageStatistics)
    skipped: int = 0
    failed: int = 0
    tokens: int = 0
    cost_usd: float = 0.0
    requests_per_minute: float | None = None
    limits: deque[LimitChange] = field(factory=lambda: deque(maxlen=1000))

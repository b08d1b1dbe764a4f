"""Progress on standard error: two live bars where somebody sees them, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from arize_async.scheduler.events import ExperimentStarted, ExperimentStopped

if TYPE_CHECKING:
    from rich.progress import TaskID

    from arize_async.scheduler import progress as protocol
    from arize_async.scheduler.events import Event
    from arize_async.scheduler.statistics import StageStatistics, Statistics

_INTERVAL = 0.1


def watcher(progress: bool | protocol.Progress | None) -> protocol.Progress | None:  # noqa: FBT001 - the keyword of `run`
    """Return who watches a run: None means bars where somebody can see them."""
    seen = is_terminal(sys.stderr) or _in_notebook()
    if progress is None:
        progress = seen
    if progress is True:
        return Bars() if seen else Lines(sys.stderr)
    return progress or None


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody sees what is written; a stream may be missing or closed."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def _in_notebook() -> bool:
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return type(shell).__name__ == "ZMQInteractiveShell"


class Bars:
    """Counts, failures and time left; redrawn ten times a second at most, whatever the rate of the run."""

    def __init__(self, console: Console | None = None) -> None:
        """Draw on a console; standard error by default."""
        self._progress = Progress(
            TextColumn("{task.description:<11}"),
            BarColumn(complete_style="blue", finished_style="green"),  # red is for failures
            MofNCompleteColumn(),
            TextColumn("[red]{task.fields[facts]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console or Console(stderr=True),
            refresh_per_second=10,
            redirect_stdout=is_terminal(sys.stdout),  # what a task prints into a file stays there
        )
        self._statistics: Statistics | None = None
        self._rows: list[tuple[TaskID, str]] = []
        self._drawn = 0.0

    def notify(self, event: Event) -> None:
        """Draw the counts when the last drawing is old enough, and at the end, where the bars are left standing."""
        if isinstance(event, ExperimentStarted):
            self._start(event)
        elif isinstance(event, ExperimentStopped):
            self._draw()
            self._progress.stop()
        else:
            now = time.monotonic()
            if now - self._drawn >= _INTERVAL:
                self._drawn = now
                self._draw()

    def _start(self, event: ExperimentStarted) -> None:
        self._statistics = event.statistics
        totals = {"tasks": event.runs, "evaluations": event.runs * event.evaluators}
        for name, total in totals.items():
            if name == "tasks" or event.evaluators:
                self._rows.append((self._progress.add_task(name, total=total, facts=""), name))
        self._progress.start()

    def _draw(self) -> None:
        if self._statistics is None:
            return
        # evaluations of failed tasks are never run: they count as done, so that the bar still ends at its total
        skipped = {"tasks": 0, "evaluations": self._statistics.skipped}
        for row, name in self._rows:
            stage: StageStatistics = getattr(self._statistics, name)
            facts = ", ".join(_facts(self._statistics, stage, of_tasks=name == "tasks"))
            self._progress.update(row, completed=stage.finished + skipped[name], facts=facts)


class Lines:
    """A line of plain text every so often, for logs."""

    def __init__(self, stream: TextIO | None, interval: float = 10.0) -> None:
        """Write to a stream, every so many seconds at most."""
        self._stream = stream
        self._interval = interval
        self._written = time.monotonic()
        self._started: ExperimentStarted | None = None

    def notify(self, event: Event) -> None:
        """Write a line when the last one is old enough, and at the end."""
        if isinstance(event, ExperimentStarted):
            self._started = event
        ended = isinstance(event, ExperimentStopped)
        if ended or time.monotonic() - self._written >= self._interval:
            self._written = time.monotonic()
            self._write(event.reason if isinstance(event, ExperimentStopped) else None)

    def _write(self, reason: str | None) -> None:
        if self._started is None or self._stream is None:
            return
        statistics, parts = self._started.statistics, []
        for name, stage, total in (
            ("tasks", statistics.tasks, self._started.runs),
            ("evaluations", statistics.evaluations, self._started.runs * self._started.evaluators),
        ):
            if total:
                facts = _facts(statistics, stage, of_tasks=name == "tasks")
                parts.append(", ".join([f"{stage.finished:,} of {total:,} {name}", *facts]))
        if reason:
            parts.append(f"stopped: {reason}")
        print(f"{self._started.name}: {'; '.join(parts)}", file=self._stream, flush=True)


def _facts(statistics: Statistics, stage: StageStatistics, *, of_tasks: bool) -> list[str]:
    """Return what is worth saying about a stage."""
    facts = [f"{stage.failed:,} failed"] if stage.failed else []
    if stage.repeated:
        facts.append(f"{stage.repeated:,} repeated")
    if of_tasks and statistics.requests_per_minute is not None:
        facts.append(f"limit {statistics.requests_per_minute:,.0f} a minute")
    if of_tasks and statistics.limits and statistics.limits[-1].in_flight is not None:
        facts.append(f"limit {statistics.limits[-1].in_flight:,} at a time")
    if of_tasks and statistics.tokens:
        facts.append(f"{statistics.tokens:,} tokens")
    if of_tasks and statistics.cost_usd:
        facts.append(f"{statistics.cost_usd:.2f} USD")
    return facts

"""Two live bars on standard error: tasks and evaluations."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from arize_async.scheduler.progress import Silent

if TYPE_CHECKING:
    from rich.progress import TaskID

    from arize_async.scheduler import progress as protocol
    from arize_async.scheduler.statistics import StageStatistics, Statistics

_INTERVAL = 0.1


def watcher(progress: bool | protocol.Progress | None) -> protocol.Progress:  # noqa: FBT001 - the keyword of `run`
    """Return who watches a run: None means bars where somebody can see them."""
    if progress is None:
        progress = sys.stderr.isatty() or _in_notebook()
    if progress is True:
        return Bars()
    return progress or Silent()


def _in_notebook() -> bool:
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return type(shell).__name__ == "ZMQInteractiveShell"


class Bars:
    """Counts, failures and time left; redrawn ten times a second at most, whatever the rate of the run."""

    def __init__(self, console: Console | None = None) -> None:
        """Draw on a console; standard error by default."""
        self._progress = Progress(
            TextColumn("{task.description:<11}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[failures]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console or Console(stderr=True),
            refresh_per_second=10,
        )
        self._statistics: Statistics | None = None
        self._rows: list[tuple[TaskID, str]] = []
        self._drawn = 0.0

    def start(self, statistics: Statistics, *, examples: int | None, evaluators: int) -> None:
        """Show the bars."""
        self._statistics = statistics
        totals = {"tasks": examples, "evaluations": examples and examples * evaluators}
        for name, total in totals.items():
            if name == "tasks" or evaluators:
                self._rows.append((self._progress.add_task(name, total=total, failures=""), name))
        self._progress.start()

    def update(self) -> None:
        """Draw the counts when the last drawing is old enough."""
        now = time.monotonic()
        if now - self._drawn >= _INTERVAL:
            self._drawn = now
            self._draw()

    def stop(self) -> None:
        """Draw the last counts and leave the bars standing."""
        self._draw()
        self._progress.stop()

    def _draw(self) -> None:
        if self._statistics is None:
            return
        # evaluations of failed tasks are never run: they count as done, so that the bar still ends at its total
        skipped = {"tasks": 0, "evaluations": self._statistics.skipped}
        for row, name in self._rows:
            stage: StageStatistics = getattr(self._statistics, name)
            failures = f"[red]{stage.failed} failed" if stage.failed else ""
            self._progress.update(row, completed=stage.finished + skipped[name], failures=failures)

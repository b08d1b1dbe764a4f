"""Two live bars on standard error: tasks and evaluations."""

from __future__ import annotations

import logging
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

from arize_async.scheduler.progress import Silent

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import TaskID

    from arize_async.scheduler import progress as protocol
    from arize_async.scheduler.statistics import StageStatistics, Statistics

_INTERVAL = 0.1

log = logging.getLogger("arize_async.runs")


def watcher(progress: bool | protocol.Progress | None) -> protocol.Progress:  # noqa: FBT001 - the keyword of `run`
    """Return who watches a run: None means bars where somebody can see them."""
    if progress is None:
        progress = is_terminal(sys.stderr) or _in_notebook()
    if progress is True:
        return Guarded(Bars())
    return Guarded(progress) if progress else Silent()


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody sees what is written; a stream may be missing or closed."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


class Guarded:
    """Keeps the errors of a watcher away from the run: the first one is logged and ends the watching."""

    def __init__(self, watched: protocol.Progress) -> None:
        """Wrap a watcher."""
        self._watched: protocol.Progress = watched

    def start(self, statistics: Statistics, *, examples: int | None, evaluators: int) -> None:
        """Begin to watch."""
        self._try(lambda: self._watched.start(statistics, examples=examples, evaluators=evaluators))

    def update(self) -> None:
        """Take notice that a run finished."""
        self._try(self._watched.update)

    def stop(self) -> None:
        """End."""
        self._try(self._watched.stop)

    def _try(self, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception:
            self._watched = Silent()
            log.exception("the progress of the run can no longer be shown; the run goes on")


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
            redirect_stdout=is_terminal(sys.stdout),  # what a task prints into a file stays there
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

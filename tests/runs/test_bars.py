"""Progress: bars where somebody sees them, silence elsewhere."""

from __future__ import annotations

import io
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from arize_async.models.finished import FinishedRun
from arize_async.runs.bars import Bars, Lines, watcher
from arize_async.scheduler.events import ExperimentStarted, ExperimentStopped, RunEvaluated, RunFinished
from arize_async.scheduler.statistics import Statistics

if TYPE_CHECKING:
    from arize_async import ArizeClient
    from arize_async.models.dataset import Dataset
    from arize_async.scheduler.events import Event

RUN = RunFinished(FinishedRun(0, "example", "output", None, "0" * 32, 0, 1.0))


def test_bars_count_tasks_evaluations_and_failures() -> None:
    """Both bars end at their totals although evaluations of failed tasks are not run."""
    screen = io.StringIO()
    bars = Bars(Console(file=screen, force_terminal=True, width=160))
    statistics = Statistics(skipped=2, tokens=1234, cost_usd=0.5, requests_per_minute=6000.0)
    statistics.tasks.repeated = 3
    bars.notify(ExperimentStarted("e", 10, 2, statistics))
    for number in range(10):
        statistics.tasks.enter()
        statistics.tasks.leave(failed=number == 0)
        bars.notify(RUN)
    for _ in range(18):
        statistics.evaluations.enter()
        statistics.evaluations.leave(failed=False)
    bars.notify(ExperimentStopped(None))
    shown = screen.getvalue()
    assert "10/10" in shown
    assert "20/20" in shown
    assert "1 failed, 3 repeated, limit 6,000 a minute, 1,234 tokens, 0.50 USD" in shown


def test_logs_get_plain_lines() -> None:
    """One line every so often and one at the end, without escape codes."""
    log = io.StringIO()
    lines = Lines(log, interval=0.0)
    statistics = Statistics()
    lines.notify(ExperimentStarted("e", 2000, 1, statistics))
    statistics.tasks.enter()
    statistics.tasks.leave(failed=True)
    lines.notify(ExperimentStopped("the first error"))
    assert log.getvalue().splitlines() == [
        "e: 0 of 2,000 tasks; 0 of 2,000 evaluations",
        "e: 1 of 2,000 tasks, 1 failed; 0 of 2,000 evaluations; stopped: the first error",
    ]


def test_who_watches() -> None:
    """None means bars on a terminal only; an object of the user's own is used as it is."""
    own = Noting()
    assert watcher(own) is own
    assert isinstance(watcher(True), Lines)
    assert watcher(False) is None
    assert watcher(None) is None


@pytest.mark.parametrize("stream", [None, io.StringIO()])
def test_a_missing_or_closed_standard_error_is_no_terminal(
    stream: io.StringIO | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Daemons have none."""
    if stream is not None:
        stream.close()
    monkeypatch.setattr(sys, "stderr", stream)
    assert watcher(None) is None


class Noting:
    """A watcher of the user's own."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.events: list[Event] = []

    def notify(self, event: Event) -> None:
        """Note the event."""
        self.events.append(event)


async def test_a_watcher_of_ones_own(client: ArizeClient, dataset: Dataset) -> None:
    """It is told the size of the work, each evaluation, each finished run, and the end."""
    watch = Noting()
    await client.experiments.run(name="w", dataset=dataset.id, task=str, evaluators=[len], progress=watch)
    first, *between, last = watch.events
    assert isinstance(first, ExperimentStarted)
    assert (first.name, first.runs, first.evaluators, first.statistics.tasks.finished) == ("w", 10, 1, 10)
    assert Counter(type(event) for event in between) == {RunEvaluated: 10, RunFinished: 10}
    assert last == ExperimentStopped(None)


class Failing:
    """A watcher that fails."""

    def notify(self, event: Event) -> None:
        """Fail."""
        raise RuntimeError("broken watcher")


async def test_a_watcher_that_fails_harms_no_run(
    client: ArizeClient, dataset: Dataset, caplog: pytest.LogCaptureFixture
) -> None:
    """The error is logged once and the run goes on."""
    experiment, frame = await client.experiments.run(
        name="w", dataset=dataset.id, task=str, evaluators=[len], progress=Failing()
    )
    assert experiment is not None
    assert frame.height == 10
    assert caplog.text.count("can no longer be shown") == 1


def test_nothing_is_printed_where_there_is_no_terminal() -> None:
    """A whole run leaves standard output and standard error empty."""
    script = """
import asyncio
from arize_async import ArizeClient

async def main():
    async with ArizeClient.local(":memory:") as client:
        dataset = await client.datasets.create(name="d", space="default", examples=[{"q": 1}])
        await client.experiments.run(name="e", dataset=dataset.id, task=str, evaluators=[len])

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=100, check=True)
    assert (done.stdout, done.stderr) == ("", "")

"""Progress: bars where somebody sees them, silence elsewhere."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from arize_async.runs.bars import Bars, Guarded, watcher
from arize_async.scheduler.progress import Silent
from arize_async.scheduler.statistics import Statistics

if TYPE_CHECKING:
    from arize_async import ArizeClient
    from arize_async.models.dataset import Dataset


def test_bars_count_tasks_evaluations_and_failures() -> None:
    """Both bars end at their totals although evaluations of failed tasks are not run."""
    screen = io.StringIO()
    bars = Bars(Console(file=screen, force_terminal=True, width=120))
    statistics = Statistics(skipped=2)
    bars.start(statistics, examples=10, evaluators=2)
    for number in range(10):
        statistics.tasks.enter()
        statistics.tasks.leave(failed=number == 0)
        bars.update()
    for _ in range(18):
        statistics.evaluations.enter()
        statistics.evaluations.leave(failed=False)
    bars.stop()
    shown = screen.getvalue()
    assert "10/10" in shown
    assert "20/20" in shown
    assert "1 failed" in shown


def test_who_watches() -> None:
    """None means bars on a terminal only; an object of the user's own is used as it is."""
    assert isinstance(watcher(Counting()), Guarded)
    assert isinstance(watcher(True), Guarded)
    assert isinstance(watcher(False), Silent)
    assert isinstance(watcher(None), Silent)


@pytest.mark.parametrize("stream", [None, io.StringIO()])
def test_a_missing_or_closed_standard_error_is_no_terminal(
    stream: io.StringIO | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Daemons have none."""
    if stream is not None:
        stream.close()
    monkeypatch.setattr(sys, "stderr", stream)
    assert isinstance(watcher(None), Silent)


class Counting:
    """A watcher of the user's own."""

    def __init__(self) -> None:
        """Start at nothing."""
        self.calls: list[str] = []

    def start(self, statistics: Statistics, *, examples: int | None, evaluators: int) -> None:
        """Note the start."""
        self.calls.append(f"start {examples} {evaluators}")

    def update(self) -> None:
        """Note a run."""
        self.calls.append("update")

    def stop(self) -> None:
        """Note the end."""
        self.calls.append("stop")


async def test_a_watcher_of_ones_own(client: ArizeClient, dataset: Dataset) -> None:
    """It is told the size of the work, each finished run, and the end."""
    watch = Counting()
    await client.experiments.run(name="w", dataset=dataset.id, task=str, evaluators=[len], progress=watch)
    assert watch.calls == ["start 10 1", *["update"] * 10, "stop"]


class Failing(Counting):
    """A watcher that fails."""

    def update(self) -> None:
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

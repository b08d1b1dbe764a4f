"""Measure what the journal costs: runs that write it to the disk, and runs that keep nothing, in turns.

``python benchmarks/journaling.py [A B C D]`` prints, for each workload, the seconds from the first task until the last
result is given, the processor time an example, and their ratio. What the journal spares later is not counted: without
one there would be nothing to upload from.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arize_async import ArizeClient
from arize_async.journal.folder import JournalFolder
from arize_async.journal.journal import Journal
from arize_async.journal.opening import claim
from arize_async.journal.reading import Survey
from arize_async.journal.store import Store
from arize_async.runs import runner
from scenarios import SCENARIOS, WARM_UP, Scenario, score
from servers import create_dataset, running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class NoJournal(Journal):
    """Takes everything and keeps nothing."""

    def start(self) -> None:
        """Write nothing from now on."""

    def add_task(self, position: int, task: object, *, again: bool) -> int:
        """Forget a task."""
        del position, task, again
        self.held.tasks += 1
        return 0

    def add_evaluation(self, position: int, index: int, evaluation: object) -> int:
        """Forget an evaluation."""
        del position, index, evaluation
        return 0


def nothing(*_: object) -> Journal:
    """Return a journal that keeps nothing."""
    return NoJournal(Store(None), None, Survey())


def on_disk(folder: Path) -> Callable[..., Journal]:
    """Return what makes the journal of a run that is uploaded, for runs that are not."""

    def claimed(*_: object) -> Journal:
        return claim(JournalFolder(folder), folder / "journals" / f"{time.time_ns()}.journal", resume=False)

    return claimed


async def run(options: Mapping[str, Any], scenario: Scenario, dataset: str) -> tuple[float, float]:
    """Return the seconds that the results took, and the processor's microseconds an example."""
    async with (
        ArizeClient(**options) as client,
        client.experiments.stream(
            name="journal",
            dataset=dataset,
            task=scenario.task,
            evaluators=[score],
            concurrency=scenario.concurrency,
            dry_run=True,
            dry_run_count=scenario.examples,
            progress=False,
        ) as results,
    ):
        began, used = time.perf_counter(), time.process_time()
        async for _ in results:
            pass
        return time.perf_counter() - began, (time.process_time() - used) / scenario.examples * 1e6


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description="Measure what the journal costs.")
    parser.add_argument("scenarios", nargs="*", default=["A", "B", "C", "D"], help="workloads (default: A B C D)")
    parser.add_argument("--repetitions", type=int, default=7, help="runs of each, of which the median is printed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_server() as options:
        kinds: dict[str, Callable[..., Journal]] = {"without": nothing, "with": on_disk(Path(folder))}
        print(f"{'':<40}{'seconds':>20}{'ratio':>8}{'us/example':>20}{'ratio':>8}")
        for scenario in [WARM_UP, *(SCENARIOS[letter] for letter in arguments.scenarios)]:
            dataset = asyncio.run(create_dataset(options, scenario))
            taken: dict[str, list[tuple[float, float]]] = {kind: [] for kind in kinds}
            for _ in range(arguments.repetitions):
                for kind, claimed in kinds.items():
                    runner.claimed = claimed
                    taken[kind].append(asyncio.run(run(options, scenario, dataset)))
            if scenario is not WARM_UP:
                print(line(scenario.title, taken["without"], taken["with"]))


def line(title: str, without: list[tuple[float, float]], with_it: list[tuple[float, float]]) -> str:
    """Return the medians and their ratios."""
    text = f"{title:<40}"
    for place, form in ((0, ".3f"), (1, ".0f")):
        before, after = (statistics.median(each[place] for each in kind) for kind in (without, with_it))
        both = f"{before:{form}} {after:{form}}"
        text += f"{both:>20}{after / before:>8.3f}"
    return text


if __name__ == "__main__":
    main()

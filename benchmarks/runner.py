"""Measure whole runs, beside workers on bare asyncio and beside the official SDK, all in this one process.

Ratios travel between machines and seconds do not. ``ideal`` is the time that the tasks only wait. The server is a
process of its own; the datasets are on it before the clock starts. Everyone runs once to warm up, then in turns; the
official SDK, which takes minutes, runs each workload once.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ |= {"TQDM_DISABLE": "1", "ARIZE_LOG_ENABLE": "false"}

from arize_async import ArizeClient
from contenders import Contender, Official, line_up, make_rows
from scenarios import SCENARIOS, Scenario

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

WARM_UP = Scenario("warm-up", examples=20, concurrency=10, latency=0)


@contextmanager
def running_server() -> Generator[dict[str, Any]]:
    """Start the server and yield the arguments of its clients."""
    command = [sys.executable, str(Path(__file__).with_name("serve.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None:
            raise RuntimeError("the server has no output")
        yield json.loads(process.stdout.readline())
        process.communicate(timeout=30)


async def space_id(options: Mapping[str, Any]) -> str:
    """Return the id of the server's first space."""
    async with ArizeClient(**options) as client:
        return (await client.spaces.get(space="default")).id


async def create_dataset(options: Mapping[str, Any], scenario: Scenario) -> str:
    """Put a scenario's rows on the server and return the id."""
    async with ArizeClient(**options) as client:
        dataset = await client.datasets.create(
            name=scenario.letter, space="default", examples=list(make_rows(scenario.examples))
        )
        return dataset.id


def measure(contender: Contender, scenario: Scenario, dataset: str) -> float:
    """Return the seconds of one run, after checking that every example was scored."""
    start = time.perf_counter()
    scored = contender.run(scenario, dataset)
    seconds = time.perf_counter() - start
    if scored != scenario.examples:
        raise RuntimeError(f"{contender.name} scored {scored} of {scenario.examples} examples")
    return seconds


def compare(contenders: list[Contender], scenario: Scenario, dataset: str, repetitions: int) -> None:
    """Measure the contenders in turns and print a line each."""
    print(f"\n{scenario.title}; ideal {scenario.ideal:.2f} s")
    print(f"{'':<24}{'seconds':>9}{'/ ideal':>9}{'/ bare':>9}{'us/example':>12}")
    seconds: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for turn in range(repetitions):
        for contender in contenders:
            if turn == 0 or not isinstance(contender, Official):
                seconds[contender.name].append(measure(contender, scenario, dataset))
    bare = statistics.median(seconds[contenders[0].name])
    for name, values in seconds.items():
        middle = statistics.median(values)
        ideal = f"{middle / scenario.ideal:.2f}" if scenario.ideal else "-"
        overhead = (middle - scenario.ideal) / scenario.examples * 1e6
        print(f"{name:<24}{middle:>9.2f}{ideal:>9}{middle / bare:>9.2f}{overhead:>12,.0f}", flush=True)


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description="Measure the run engine.")
    parser.add_argument("scenarios", nargs="*", help="letters of the scenarios; by default all")
    parser.add_argument("--repetitions", type=int, default=3, help="runs of each, of which the median is printed")
    arguments = parser.parse_args()
    chosen = [scenario for scenario in SCENARIOS if not arguments.scenarios or scenario.letter in arguments.scenarios]
    with tempfile.TemporaryDirectory() as directory, running_server() as options:
        contenders = line_up(options, asyncio.run(space_id(options)), Path(directory))
        warm_up = asyncio.run(create_dataset(options, WARM_UP))
        for contender in contenders:
            measure(contender, WARM_UP, warm_up)
        for scenario in chosen:
            compare(contenders, scenario, asyncio.run(create_dataset(options, scenario)), arguments.repetitions)


if __name__ == "__main__":
    main()

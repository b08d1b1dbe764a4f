"""Measure whole runs: bare asyncio, this package, the official SDK and its peers, each in a process of its own.

Ratios travel between machines and seconds do not. ``ideal`` is the time that the tasks only wait. The server is another
process; the datasets are on it before the clock starts. Everyone runs once to warm up, then in turns; whoever takes
long runs a workload once.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import asdict

from lineup import OURS, PEERS, TITLES, ContenderFailed, Measurement, Process, interpreter, started
from scenarios import SCENARIOS, WARM_UP, Scenario
from servers import create_dataset, running_server, space_id
from table import Line, print_head, print_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONG = 10.0
"""Seconds of a run from which on a contender runs a workload once."""


class Field:
    """The contenders that are still in the race."""

    def __init__(self, stack: AsyncExitStack, options: Mapping[str, Any]) -> None:
        """Start nobody yet."""
        self._stack = stack
        self._options = options
        self._processes: list[Process] = []

    async def enter(self, names: Sequence[str], environments: Path | None) -> None:
        """Start contenders and let each run once; say who is missing and why."""
        setup = {"options": dict(self._options), "space_id": await space_id(self._options)}
        dataset = await create_dataset(self._options, WARM_UP)
        for name in names:
            python = interpreter(name, environments)
            if python is None:
                print(f"{TITLES[name]}: not installed")
                continue
            try:
                process = await self._stack.enter_async_context(started(name, python, setup))
                await process.measure(WARM_UP, dataset)
            except ContenderFailed as error:
                print(f"{TITLES[name]}: {error}")
            else:
                self._processes.append(process)

    async def compare(self, scenario: Scenario, repetitions: int) -> list[Line]:
        """Measure in turns and print a line each."""
        dataset = await create_dataset(self._options, scenario)
        taken: dict[str, dict[int, Measurement]] = {process.name: {} for process in self._processes}
        for turn in range(repetitions):
            for process in tuple(self._processes):
                if not any(each.seconds > LONG for each in taken[process.name].values()):
                    await self._measure(process, scenario, dataset, turn, taken)
        print_head(scenario)
        lines = [
            Line.of(process.name, process.version, scenario, taken[process.name], taken.get("traced", {}))
            for process in self._processes
        ]
        for line in lines:
            print_line(line)
        return lines

    async def _measure(
        self, process: Process, scenario: Scenario, dataset: str, turn: int, taken: dict[str, dict[int, Measurement]]
    ) -> None:
        try:
            taken[process.name][turn] = await process.measure(scenario, dataset)
        except ContenderFailed as error:
            print(f"{TITLES[process.name]}: {error}; it is left out from here on")
            self._processes.remove(process)


async def run(arguments: argparse.Namespace) -> None:
    """Measure what was asked for."""
    print(f"load average at the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    letters = [name for name in arguments.names if name in SCENARIOS] or list(SCENARIOS)
    chosen = [name for name in TITLES if name in arguments.names or (arguments.peers and name in PEERS)]
    lines: list[Line] = []
    with running_server() as options:
        async with AsyncExitStack() as stack:
            field = Field(stack, options)
            await field.enter(chosen or list(TITLES), arguments.environments)
            for letter in letters:
                lines += await field.compare(SCENARIOS[letter], arguments.repetitions)
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(line) for line in lines], indent=1) + "\n")
    if arguments.plot:
        from plot import draw

        draw(lines, arguments.plot)


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description="Measure the run engine.")
    parser.add_argument(
        "names",
        nargs="*",
        choices=[*SCENARIOS, *TITLES, []],
        metavar="NAME",
        help=f"scenarios ({', '.join(SCENARIOS)}) and contenders ({', '.join(TITLES)}); by default all",
    )
    parser.add_argument("--peers", action="store_true", help=f"add all but {', '.join(OURS)} to the named contenders")
    parser.add_argument("--environments", type=Path, help="a folder with a virtual environment for each peer")
    parser.add_argument("--repetitions", type=int, default=3, help="runs of each, of which the median is printed")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    parser.add_argument("--plot", type=Path, help="an SVG file for a plot of the ratios to 'traced'; needs pygal")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()

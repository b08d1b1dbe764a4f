"""Kill a running experiment at random moments, resume it until it ends, and check that nothing is lost or doubled.

The seed decides the moments; how far the experiment is at a moment is up to the machine.
"""
# ruff: noqa: T201 - it reports by printing

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from attrs import define, field

from arize_sync import ArizeClient
from arize_sync.server import LocalServer

_CHILD = Path(__file__).with_name("experiment.py")
_SECONDS = 120
_CONCURRENCY = 20
_KILLS_A_RUN = 5


@define
class Numbers:
    """What all kills together came to.

    Attributes:
        kills: Processes that were killed.
        calls: Calls of tasks and evaluators.
        repeated: How many of them were made again.
        in_flight: Calls that had begun and not ended when their process was killed.
        wrong: What is lost, doubled, or repeated without need.
    """

    kills: int = 0
    calls: int = 0
    repeated: int = 0
    in_flight: int = 0
    wrong: list[str] = field(factory=list)


def main() -> int:
    """Run experiments until there were enough kills; the status is 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--examples", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no further experiment after these")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9))
    options = parser.parse_args()
    print(f"{options.kills} kills, {options.examples} examples, seed {options.seed}", flush=True)
    numbers, begun = Numbers(), time.monotonic()
    random = Random(options.seed)  # noqa: S311 - no secret
    with tempfile.TemporaryDirectory() as folder, LocalServer(":memory:") as server:
        rounds = _Rounds(Path(folder), server, options.examples)
        while numbers.kills < options.kills and time.monotonic() - begun < options.seconds:
            rounds.play(random, numbers, min(_KILLS_A_RUN, options.kills - numbers.kills))
            print(
                f"kill {numbers.kills}: {numbers.calls} calls, {numbers.repeated} repeated, {numbers.in_flight} in"
                f" flight at a kill, {len(numbers.wrong)} wrong",
                flush=True,
            )
    print(
        "\n".join(numbers.wrong) or "every example has one run and all its evaluations, on the server and in the frame"
    )
    return 1 if numbers.wrong else 0


class _Rounds:
    """One experiment after the other, on one dataset."""

    def __init__(self, folder: Path, server: LocalServer, examples: int) -> None:
        self._folder, self._examples = folder, examples
        self._options = dict(server.client_options)
        self._client = ArizeClient(**server.client_options)
        rows = [{"number": number} for number in range(examples)]
        self._dataset = self._client.datasets.create(name="numbers", space="default", examples=rows).id
        self._duration = 0.0
        self._played = 0

    def play(self, random: Random, numbers: Numbers, kills: int) -> None:
        """Kill one experiment some times, let it end, and check it."""
        self._played += 1
        name = f"experiment {self._played}"
        notes = self._folder / name
        notes.touch()
        if not self._duration:
            process = self._start(name, notes)
            began = time.monotonic()
            found = self._end(process)
            self._duration = time.monotonic() - began
            self._check(name, found, notes, Numbers())
            name, notes = f"{name} again", self._folder / f"{name} again"
            notes.touch()
        for _ in range(kills):
            process = self._start(name, notes)
            time.sleep(random.uniform(0, self._duration * 0.5))
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=_SECONDS)
            numbers.kills += process.returncode == -signal.SIGKILL
        self._check(name, self._end(self._start(name, notes)), notes, numbers, kills)

    def _start(self, name: str, notes: Path) -> subprocess.Popen[str]:
        command = [sys.executable, str(_CHILD), json.dumps(self._options), self._dataset, name, str(notes)]
        process = subprocess.Popen(
            [*command, str(_CONCURRENCY)],
            env={**os.environ, "ARIZE_DIRECTORY": str(self._folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", process.communicate()[1]
        return process

    def _end(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        output, errors = process.communicate(timeout=_SECONDS)
        return json.loads(output) if process.returncode == 0 else {"error": errors[-2000:]}

    def _check(self, name: str, found: dict[str, Any], notes: Path, numbers: Numbers, kills: int = 0) -> None:
        if "error" in found:
            numbers.wrong.append(f"{name} failed: {found['error']}")
            return
        everything = list(range(self._examples))
        if found["scores"] != [everything, everything]:
            numbers.wrong.append(f"{name}: the frame lacks runs or evaluations, or has too many")
        runs = self._client.experiments.list_runs(experiment=found["id"], all=True).to_df()
        for evaluator in ("first", "second"):
            if sorted(runs[f"eval.{evaluator}.score"].to_list()) != everything:
                numbers.wrong.append(f"{name}: the server lacks runs or evaluations, or has too many")
        self._count(name, notes, numbers, kills)

    def _count(self, name: str, notes: Path, numbers: Numbers, kills: int) -> None:
        events = Counter((what, event) for what, _, event in (line.split() for line in notes.read_text().splitlines()))
        for what in ("task", "first", "second"):
            begun, ended = events[what, "begins"], events[what, "ended"]
            repeated, in_flight = begun - self._examples, begun - ended
            numbers.calls += begun
            numbers.repeated += repeated
            numbers.in_flight += in_flight
            # what had ended and was not on disk yet is bounded by the concurrency as well
            if repeated > in_flight + kills * _CONCURRENCY:
                numbers.wrong.append(f"{name}: {repeated} calls of {what} were repeated, {in_flight} were in flight")


if __name__ == "__main__":
    sys.exit(main())

"""Create and list many runs at once, by this package and by the official SDK, against one embedded server.

``python benchmarks/bulk.py 100000`` prints, for each count of runs and each step, seconds and peak memory of both and
their ratios. Every step has a process of its own, which is warm (imported, connected) before the clock starts; the
two take turns. Set ``ARIZE_OFFICIAL_PYTHON`` to an interpreter that has the official SDK when this one has not.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arize_sync import ArizeClient
from arize_sync.experiments import ExperimentTaskFieldNames
from bulk_step import make_rows
from servers import running_server

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STEPS = {
    "import": "import and make a client",
    "dicts": "create from dicts",
    "pandas": "create from pandas",
    "file": "create from Parquet",
    "list": "list_runs(all=True)",
    "frame": "... and .to_df()",
    "objects": "... and every run as an object",
}
FIGURES = {"seconds": ".3f", "own": ".3f", "mebibytes": ".0f"}
STEP = str(Path(__file__).with_name("bulk_step.py"))


def contenders() -> dict[str, str]:
    """Return the interpreter of each package that can be measured."""
    found = {"arize_sync": sys.executable}
    if importlib.util.find_spec("arize"):
        found["arize"] = sys.executable
    elif python := os.environ.get("ARIZE_OFFICIAL_PYTHON"):
        found["arize"] = python
    return found


def measure(package: str, python: str, request: Mapping[str, object]) -> dict[str, Any]:
    """Return what one step of one package took."""
    with tempfile.TemporaryDirectory() as directory:
        environment = {
            **os.environ,
            "ARIZE_DIRECTORY": directory,
            "ARIZE_LOG_ENABLE": "false",
            "PYTHONPATH": os.pathsep.join([os.environ.get("PYTHONPATH", ""), str(Path(STEP).parents[1])]),
        }
        command = [python, STEP, json.dumps({**request, "package": package})]
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(f"{package}, {request['step']}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def compare(step: str, request: Mapping[str, object], repetitions: int) -> None:
    """Measure the packages in turns and print a line."""
    taken: dict[str, list[dict[str, Any]]] = {package: [] for package in contenders()}
    for _ in range(repetitions):
        for package, python in contenders().items():
            taken[package].append(measure(package, python, {**request, "step": step}))
    cells = [
        _cells([statistics.median(one[what] for one in each) for each in taken.values()], form)
        for what, form in FIGURES.items()
    ]
    print(f"{STEPS[step]:<34}{''.join(cells)}", flush=True)


def _cells(values: Sequence[float], form: str) -> str:
    ours, *official = values
    ratio = f"{official[0] / max(ours, 1e-9):.1f} x" if official else "-"
    return "".join(f"{value:>11{form}}" for value in values) + f"{ratio:>8} |"


def prepare(options: Mapping[str, Any], count: int) -> dict[str, object]:
    """Put a dataset and an experiment on the server and return what every step is told."""
    with ArizeClient(**options) as client:
        dataset = client.datasets.create(name=f"bulk {count}", space="default", examples=[{"question": "?"}])
        experiment = client.experiments.create(
            name="bulk",
            dataset=dataset.id,
            experiment_runs=make_rows(count),
            task_fields=ExperimentTaskFieldNames(example_id="example", output="answer"),
        )
    return {"options": dict(options), "count": count, "dataset": dataset.id, "experiment": experiment.id}


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description="Measure creates and lists of many runs.")
    parser.add_argument("counts", nargs="*", type=int, default=[100_000], help="how many runs")
    parser.add_argument("--steps", nargs="*", default=list(STEPS), choices=STEPS, help="by default all")
    parser.add_argument("--repetitions", type=int, default=3, help="of which the median is printed")
    arguments = parser.parse_args()
    for count in arguments.counts:
        with running_server() as options:
            request = prepare(options, count)
            print(f"\n{count:,} runs of about a kilobyte")
            names = "".join(f"{name:>11}" for name in contenders()) + f"{'ratio':>8} |"
            heads = ("seconds", "of them the client's own processor time", "MiB above the start")
            print(f"{'':<34}{''.join(f'{head:>{len(names) - 2}} |' for head in heads)}")
            print(f"{'':<34}{names * len(FIGURES)}")
            for step in arguments.steps:
                compare(step, request, arguments.repetitions)


if __name__ == "__main__":
    main()

"""The benchmarks run, and what an example costs in calls, tasks, threads and memory does not grow unseen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import arize_async

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

# Bounds for one example of a dry run, about 15 % above what it costs; calls differ by 3 % between two counts, memory by
# a quarter. Who makes an example cheaper lowers them; who makes it dearer says in the commit what that buys.
ASYNC = {"calls": 425.0, "calls of C": 240.0, "tasks": 2.0, "bytes": 2_400.0, "threads": 25}
PLAIN = {"calls": 405.0, "calls of C": 255.0, "tasks": 0.0, "bytes": 2_500.0, "threads": 120}


def run(tmp_path: Path, script: str, *arguments: str) -> str:
    """Return what a benchmark prints."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"} | {
        "ARIZE_DIRECTORY": str(tmp_path),
        "ARIZE_PRE_RELEASE_WARNINGS": "false",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": str(Path(arize_async.__file__).parents[1]),
    }
    command = [sys.executable, str(BENCHMARKS / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_runner_measures_every_contender(tmp_path: Path) -> None:
    """Whoever is there runs a scenario and gets a line; a peer without an environment, or that it lacks, is named."""
    python = tmp_path / "weave" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    figures, plot = tmp_path / "figures.json", tmp_path / "plot.svg"
    files = ["--json", str(figures), "--plot", str(plot), "--environments", str(tmp_path)]
    names = ["E", "bare", "traced", "dry", "ours", "weave", "langfuse"]
    printed = run(tmp_path, "runner.py", *names, "--repetitions", "1", *files)
    lines = {line["contender"]: line for line in json.loads(figures.read_text())}
    assert list(lines) == ["bare", "traced", "dry", "ours"]
    assert all(line["to_ideal"] >= 1 for line in lines.values())
    assert lines["traced"]["to_traced"] == 1
    for name in ("bare asyncio", "bare + OpenTelemetry", "arize_async, dry run", "arize_async  "):
        assert f"\n{name}" in printed
    assert "E: 200 x 50 ms" in plot.read_text()
    assert "langfuse: not installed" in printed
    assert "weave (untraced): ModuleNotFoundError: No module named 'weave'" in printed


def test_an_example_costs_no_more_than_its_bounds(tmp_path: Path) -> None:
    """An example more takes a bounded number of calls, asyncio tasks and bytes, and no thread of its own."""
    for line, bounds in zip(run(tmp_path, "counts.py").splitlines(), (ASYNC, PLAIN), strict=True):
        costs = json.loads(line)
        above = {what: (costs[what], most) for what, most in bounds.items() if costs[what] > most}
        assert not above, (costs["functions"], above)


def test_layers_are_measured_one_by_one(tmp_path: Path) -> None:
    """Each layer of the engine handles the examples and gets a line."""
    printed = run(tmp_path, "layers.py", "--examples", "200", "--repetitions", "1")
    for name in ("workers on one iterator", "pipeline", "+ attempts under the limiter", "+ a span", "a dry run"):
        assert f"\n{name}" in printed


def test_memory_is_measured_for_each_way_to_run(tmp_path: Path) -> None:
    """Every way that is asked for is done in a process of its own and gets a line."""
    lines = run(tmp_path, "memory.py", "300", "--ways", "stream", "frame").splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [["300", "stream"], ["300", "frame"]]


def test_facade_is_measured_beside_what_it_wraps(tmp_path: Path) -> None:
    """Each call is made by both packages."""
    printed = run(tmp_path, "facade.py", "--calls", "5", "--repetitions", "1")
    for name in ("get a space, arize_async", "get a space, arize_sync", "    the facade adds"):
        assert f"\n{name}" in printed


def test_bulk_benchmark_measures_every_step(tmp_path: Path) -> None:
    """Each step is done in a process of its own and gets a line."""
    printed = run(tmp_path, "bulk.py", "1200", "--steps", "dicts", "objects", "--repetitions", "1")
    for name in ("create from dicts", "... and every run as an object"):
        assert f"\n{name}" in printed


def test_a_limited_run_loses_nothing_and_its_latency_is_free_of_waiting(tmp_path: Path) -> None:
    """Every run against a server that refuses requests is made, few are refused, and waits are in no latency."""
    figures = tmp_path / "figures.json"
    limits = ["--examples", "120", "--rate", "3000", "--raised", "4000", "--callers", "30", "--service", "0.05"]
    printed = run(tmp_path, "rates.py", *limits, "--json", str(figures))
    assert "nine tenths of it after" in printed
    rates = json.loads(figures.read_text())
    assert (rates["finished"], rates["failed"]) == (120, 0)
    assert 0 < rates["refused"] <= 120
    assert rates["to_own"] < 1.5  # the task has a clock of its own, which stands while a call waits for another attempt
    assert rates["waits"] > 0


def test_spans_of_runs_are_all_stored_in_their_project(tmp_path: Path) -> None:
    """One call below each task, two evaluations, the model's tokens; a slow collector has all, a dead one lost all."""
    arguments = ["--examples", "20", "--concurrency", "10", "--latency", "0.01", "--repetitions", "1"]
    lines = run(tmp_path, "spans.py", *arguments, "--only", "slow", "dead").splitlines()
    lost = {line.split()[0]: int(line.split()[3]) for line in lines[1:4]}
    assert lost == {"server": 0, "slow": 0, "dead": 2 * 80}
    assert lines[4] == "slow took 160 spans of 160"
    for line in lines[5:]:
        stored = line.partition(": ")[2]
        assert stored == "20 tasks, 40 evaluations, 20 calls, 350 tokens of 350"
    assert len(lines) == 7


def test_simulations_count_intervals_and_families(tmp_path: Path) -> None:
    """Each part is a table with a line for each number of repetitions."""
    printed = run(
        tmp_path, "simulate.py", "--samples", "250", "--families", "1", "--examples", "20", "--kinds", "exponential"
    )
    heads = [line.split("|")[1].strip() for line in printed.splitlines() if "repetitions" in line]
    assert heads == ["difference", "mean", "found"]
    assert printed.count("| exponential |") == 3 + 2 + 3

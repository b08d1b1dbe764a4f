"""The benchmark of the run engine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import arize_async

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def run(tmp_path: Path, script: str, *arguments: str) -> str:
    """Return what a benchmark prints."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"} | {
        "ARIZE_DIRECTORY": str(tmp_path),
        "PYTHONPATH": str(Path(arize_async.__file__).parents[1]),
    }
    command = [sys.executable, str(BENCHMARKS / script), *arguments, "--repetitions", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_benchmark_measures_every_contender(tmp_path: Path) -> None:
    """A scenario is run by bare asyncio and by this package, every example is scored, and each gets a line."""
    printed = run(tmp_path, "runner.py", "E")
    for name in ("bare asyncio", "arize_async, dry run", "arize_async  "):
        assert f"\n{name}" in printed


def test_bulk_benchmark_measures_every_step(tmp_path: Path) -> None:
    """Each step is done in a process of its own and gets a line."""
    printed = run(tmp_path, "bulk.py", "1200", "--steps", "import", "dicts", "objects")
    for name in ("import and make a client", "create from dicts", "... and every run as an object"):
        assert f"\n{name}" in printed

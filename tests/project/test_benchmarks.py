"""The benchmark of the run engine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import arize_async

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_benchmark_measures_every_contender(tmp_path: Path) -> None:
    """A scenario is run by bare asyncio and by this package, every example is scored, and each gets a line."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"} | {
        "ARIZE_DIRECTORY": str(tmp_path),
        "PYTHONPATH": str(Path(arize_async.__file__).parents[1]),
    }
    command = [sys.executable, str(BENCHMARKS / "runner.py"), "E", "--repetitions", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    for name in ("bare asyncio", "arize_async, dry run", "arize_async  "):
        assert f"\n{name}" in done.stdout

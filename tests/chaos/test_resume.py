"""Killing an experiment while it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import arize_async

PROGRAM = Path(__file__).parent / "resume"


@pytest.mark.timeout(300)  # each kill is the start of a process
def test_killed_experiments_lose_nothing_and_pay_nothing_twice() -> None:
    """After SIGKILL and ``resume=True`` every example has one run and all its evaluations.

    The seed is in the output: ``python tests/chaos/resume --kills 5 --seed N`` does the same again.
    """
    environment = {**os.environ, "PYTHONPATH": str(Path(arize_async.__file__).parents[1])}
    command = [sys.executable, str(PROGRAM), "--kills", "5"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280, check=False)
    print(done.stdout)  # noqa: T201 - the seed, for whoever sees the test fail
    assert done.returncode == 0, done.stdout + done.stderr
    assert "kill 5: " in done.stdout

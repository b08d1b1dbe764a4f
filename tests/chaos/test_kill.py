"""Killing the server while clients write."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import arize_async

PROGRAM = Path(__file__).parent / "kill"


@pytest.mark.timeout(300)  # each kill is two starts of a process
def test_kills_lose_nothing_and_store_nothing_by_halves() -> None:
    """After SIGKILL every acknowledged write is there, every other one whole or not at all, and nothing twice.

    The seed is in the output: ``python tests/chaos/kill --kills 3 --seed N`` does the same again.
    """
    environment = {**os.environ, "PYTHONPATH": str(Path(arize_async.__file__).parents[1])}
    command = [sys.executable, str(PROGRAM), "--kills", "3"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280, check=False)
    print(done.stdout)  # noqa: T201 - the seed, for whoever sees the test fail
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 kills, seed" in done.stdout
    assert "kill 3 after" in done.stdout

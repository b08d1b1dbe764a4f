"""Ending an experiment by signals while it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import arize_async

PROGRAM = Path(__file__).parent / "resume"


@pytest.mark.timeout(300)  # each signal is the start of a process
@pytest.mark.parametrize(
    ("signal", "form", "kills"),
    [("KILL", "async", 2), ("INT", "facade", 2), ("INT", "async", 1), ("INT", "notebook", 1)],
)
def test_ended_experiments_lose_nothing_and_pay_nothing_twice(signal: str, form: str, kills: int) -> None:
    """After a signal and ``resume=True`` every example has one run and all its evaluations.

    Calls that had their outcome on disk are not made again. The seed is in the output: ``python tests/chaos/resume
    --kills 4 --signal KILL --form async --examples 80 --seed N`` does the same again.
    """
    environment = {**os.environ, "PYTHONPATH": str(Path(arize_async.__file__).parents[1])}
    command = [sys.executable, str(PROGRAM), "--kills", str(kills), "--signal", signal, "--form", form]
    done = subprocess.run(
        [*command, "--examples", "80"], env=environment, capture_output=True, text=True, timeout=280, check=False
    )
    print(done.stdout)  # noqa: T201 - the seed, for whoever sees the test fail
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"kill {kills} (" in done.stdout

"""Faults between a client and a server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import arize_async

PROGRAM = Path(__file__).parent / "faults"


@pytest.mark.timeout(300)  # stalls take their time
def test_faults_of_connections_end_in_the_right_result_or_in_an_error_that_is_true() -> None:
    """Whatever connections do, nothing is lost, stored twice or hangs.

    The seed is in the output: ``python tests/chaos/faults --faults 15 --seed N`` does the same again.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(arize_async.__file__).parents[1]),
        "ARIZE_PRE_RELEASE_WARNINGS": "false",
    }
    command = [sys.executable, str(PROGRAM), "--faults", "15", "--seconds", "40"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280, check=False)
    print(done.stdout)  # noqa: T201 - the seed, for whoever sees the test fail
    assert done.returncode == 0, done.stdout + done.stderr
    assert "15 faults, seed" in done.stdout
    assert "an error that is true" in done.stdout

"""Applications that trace themselves keep their spans as they were, whatever runs do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import arize_async

ROOT = Path(arize_async.__file__).parents[1]


@pytest.mark.timeout(300)  # six applications, on a machine that may be busy
def test_applications_keep_their_spans(tmp_path: Path) -> None:
    """Each application says itself what it expects."""
    environment = os.environ | {
        "ARIZE_DIRECTORY": str(tmp_path),
        "ARIZE_PRE_RELEASE_WARNINGS": "false",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(Path(__file__).parents[1])]),
    }
    command = [sys.executable, "-m", "tracing.parts.applications"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, env=environment, check=False)
    assert done.returncode == 0, done.stderr

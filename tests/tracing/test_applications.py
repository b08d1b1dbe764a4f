"""Applications that trace themselves keep their spans as they were, whatever runs do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tracing.parts.applications import APPLICATIONS

import arize_async

ROOT = Path(arize_async.__file__).parents[1]


@pytest.mark.parametrize("name", APPLICATIONS)
def test_an_application_keeps_its_spans(name: str, tmp_path: Path) -> None:
    """Each application says itself what it expects."""
    environment = os.environ | {
        "ARIZE_DIRECTORY": str(tmp_path),
        "ARIZE_PRE_RELEASE_WARNINGS": "false",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(Path(__file__).parents[1])]),
    }
    command = [sys.executable, "-m", "tracing.parts.applications", name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False)
    assert done.returncode == 0, done.stderr

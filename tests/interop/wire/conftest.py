"""One session of each SDK, each on a server of its own behind a recorder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import arize_async

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

HERE = Path(__file__).parent
VARIABLE = "ARIZE_OFFICIAL_PYTHON"
PATIENCE = 240.0
Journal = list[dict[str, Any]]
collect_ignore = ["comparison", "program", "recorder"]
sys.path.append(str(HERE / "comparison"))


@pytest.fixture(scope="session")
def journals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Journal]]]:
    """Start the sessions, which take their time, next to each other."""
    pythons = {"arize_sync": sys.executable}
    if VARIABLE in os.environ:
        pythons["arize"] = os.environ[VARIABLE]
    with ThreadPoolExecutor() as threads:
        yield {
            package: threads.submit(recorded, python, package, tmp_path_factory.mktemp(package))
            for package, python in pythons.items()
        }


@pytest.fixture(scope="session")
def theirs(journals: dict[str, Future[Journal]]) -> Journal:
    """Return what the official SDK sends."""
    if "arize" not in journals:
        pytest.skip(f"the session `interop` installs the official SDK and sets {VARIABLE}")
    return journals["arize"].result()


@pytest.fixture(scope="session")
def mine(journals: dict[str, Future[Journal]]) -> Journal:
    """Return what this package sends."""
    return journals["arize_sync"].result()


def recorded(python: str, package: str, directory: Path) -> Journal:
    """Run the session with a package of an interpreter and return what was sent."""
    with (
        (directory / "recorder.log").open("w") as log,
        subprocess.Popen(
            [sys.executable, str(HERE / "recorder")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment(directory),
        ) as recorder,
    ):
        assert recorder.stdout is not None
        options = recorder.stdout.readline()
        command = [python, str(HERE / "program"), package, options, str(directory)]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            env=environment(directory, official=package == "arize"),
        )
        journal, _ = recorder.communicate(timeout=60)
    assert done.returncode == 0, done.stderr[-5000:] + (directory / "recorder.log").read_text()[-5000:]
    return json.loads(journal)


def environment(home: Path, *, official: bool = False) -> dict[str, str]:
    """Return the variables of a process: none of the platform's, and this package for all but the official SDK."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("ARIZE_", "PYTHON", "OTEL_"))}
    own = {} if official else {"PYTHONPATH": str(Path(arize_async.__file__).parents[1])}
    return {**clean, **own, "HOME": str(home)}

"""The watch over keys: what is planted is found."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from leaks import CANARY, Watch

from arize_async.errors import ApiError

TESTS = Path(__file__).parents[1]
PLANTED = """
import logging
from arize_async.errors import ApiError
from arize_async.server.embedded import LocalServer
from leaks import leaks, nothing_leaks, CANARY

async def key():
    async with LocalServer(":memory:") as server:
        return server.api_key

async def test_log():
    logging.getLogger("anything").warning("using %s", await key())

async def test_error():
    error = ApiError("no")
    error.body = await key()

def test_print():
    print(CANARY)

def test_file(tmp_path):
    (tmp_path / "journal").write_text("x" + CANARY)

async def test_nothing():
    assert await key()
"""


def test_planted_leaks_fail_their_tests(tmp_path: Path) -> None:
    """A log record, an error's attribute, output and a file are all found, also in several processes."""
    (tmp_path / "conftest.py").write_text("from leaks import leaks, nothing_leaks, pytest_runtest_makereport\n")
    (tmp_path / "test_planted.py").write_text(PLANTED)
    (tmp_path / "pytest.ini").write_text("[pytest]\nanyio_mode = auto\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rfEp", "-p", "no:cacheprovider", "-n", "2", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    summary = done.stdout
    found = dict(line.split(" ")[1::-1] for line in summary.splitlines() if line.startswith(("FAILED ", "ERROR ")))
    failed = {name.rpartition("::")[2] for name in found}
    assert {"test_log", "test_error", "test_print"} <= failed, summary
    assert "/journal: " in summary  # the files, at the very end


def test_every_place_is_looked_at(tmp_path: Path) -> None:
    """Logs, errors with what caused them, and files, but not the file that holds the key."""
    with pytest.MonkeyPatch.context() as patch:
        watch = Watch()
        watch.install(patch)
        logging.getLogger("x").error("%s", CANARY)
        cause: Any = ApiError("fine")
        cause.body = CANARY
        error = ApiError("fine")
        error.__cause__ = cause
        watch.look_at_objects()
        (tmp_path / "api_key").write_text(CANARY)
        (tmp_path / "other").write_bytes(b"\x00" + CANARY.encode())
        watch.look_at_files(tmp_path)
    logging.getLogger().removeHandler(watch)
    places = {place.partition(":")[0] for place in watch.found}
    assert places == {"a log record of x", "an error", str(tmp_path / "other")}

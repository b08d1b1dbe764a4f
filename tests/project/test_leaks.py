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
PLANTED = '''
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
'''


@pytest.mark.parametrize("workers", ["0", "2"])
def test_planted_leaks_fail_their_tests(tmp_path: Path, workers: str) -> None:
    """A log record, an error's attribute, output and a file are all found, in one process and in several."""
    (tmp_path / "conftest.py").write_text("from leaks import leaks, nothing_leaks, pytest_runtest_makereport\n")
    (tmp_path / "test_planted.py").write_text(PLANTED)
    (tmp_path / "pytest.ini").write_text("[pytest]\nanyio_mode = auto\n")
    options = ["-q", "-p", "no:cacheprovider", "-n", workers, "--dist", "each" if workers == "0" else "loadfile"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *(options[:3] if workers == "0" else options), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    summary = done.stdout
    for name in ("test_log", "test_error", "test_print"):
        assert f"test_planted.py::{name}" in summary, summary
    assert "test_planted.py::test_nothing" in summary or "1 error" in summary, summary  # the files, at the very end
    assert CANARY not in summary.replace("from leaks import", "")


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

"""A process for code that a model wrote, and what came of it."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from attrs import frozen

CHILD = Path(__file__).with_name("python_child.py")
_LOOK_SECONDS = 0.02
_SHOWN_BYTES = 2000
_KEPT = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "TZ")  # no variable of the user's with a key in it


@frozen
class Limits:
    """What the code may take.

    Attributes:
        timeout: Seconds.
        memory: Bytes of address space.
        output: Bytes that it may print, and the size of any file that it writes.
    """

    timeout: float
    memory: int
    output: int


@frozen
class Ended:
    """How the code ended.

    Attributes:
        passed: Whether it ran to its end, with the tests.
        reason: Why it did not, or None.
        printed: The end of what it printed.
        apart: Whether it had no network and no process of the machine in sight.
    """

    passed: bool
    reason: str | None
    printed: str
    apart: bool


def run(code: str, tests: str, limits: Limits) -> Ended:
    """Run code and then tests in an interpreter of their own; nothing of it is left afterwards.

    Raises:
        OSError: The process cannot be started.
    """
    with (
        tempfile.TemporaryDirectory(prefix="arize-code-", ignore_cleanup_errors=True) as folder,
        (Path(folder) / "output").open("w+b") as output,
    ):
        result, token = Path(folder) / "result", secrets.token_hex()
        result.touch()
        workplace = Path(folder) / "work"
        workplace.mkdir()
        task = {
            "code": code,
            "tests": tests,
            "token": token,
            "result": str(result),
            "timeout": limits.timeout,
            "memory": limits.memory,
            "files": limits.output,
        }
        process = _start(workplace, output)
        try:
            reason = _follow(process, json.dumps(task).encode(), output, limits)
        finally:
            _kill(process)
        found = result.read_bytes().partition(b"\n")
        passed = reason is None and found[2] == token.encode()
        printed = _tail(output)
        if not passed:
            reason = reason or _too_much(output, limits) or _why(process.returncode, printed)
        return Ended(passed, reason, printed, found[0] == b"apart")


def _start(workplace: Path, output: IO[bytes]) -> subprocess.Popen[bytes]:
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment |= {"HOME": str(workplace), "TMPDIR": str(workplace), "PYTHONHASHSEED": "0"}
    return subprocess.Popen(  # noqa: S603 - this interpreter
        [sys.executable, "-I", "-B", "-X", "utf8", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=workplace,
        env=environment,
        start_new_session=True,
    )


def _follow(process: subprocess.Popen[bytes], task: bytes, output: IO[bytes], limits: Limits) -> str | None:
    """Wait for the end; return why it had to be ended."""
    assert process.stdin is not None
    with suppress(OSError), process.stdin as pipe:  # what ended before has a reason of its own
        pipe.write(task)
    end = time.monotonic() + limits.timeout
    while process.poll() is None:
        if time.monotonic() > end:
            return f"timed out after {limits.timeout:g} s"
        if too_much := _too_much(output, limits):
            return too_much
        with suppress(subprocess.TimeoutExpired):
            process.wait(_LOOK_SECONDS)
    return None


def _too_much(output: IO[bytes], limits: Limits) -> str | None:
    """Tell of output that reached its bound, where the system refuses all that follows, a traceback too."""
    full = os.fstat(output.fileno()).st_size >= limits.output
    return f"printed more than {limits.output:,} bytes" if full else None


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the process and all those that it started and that did not leave its group."""
    if os.name == "posix":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _tail(output: IO[bytes]) -> str:
    size = os.fstat(output.fileno()).st_size
    output.seek(max(0, size - _SHOWN_BYTES))
    return output.read(_SHOWN_BYTES).decode("utf-8", "replace").strip()


def _why(status: int, printed: str) -> str:
    last = printed.rpartition("\n")[2]
    if status == 0:
        return "it ended before the tests were through"
    return last or f"it ended with status {status}"

"""How the program ends when somebody stops it, stops reading, or is asked at a terminal."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    Service = Any

SECONDS = 60
SLOW = """
import asyncio, sys

async def task(dataset_row):
    if dataset_row["n"]:
        print("waiting", file=sys.stderr, flush=True)
        await asyncio.sleep(600)
    return 1

experiment = {"name": "slow", "dataset": "numbers", "task": task, "concurrency": 1}
"""


def started(service: Service, *arguments: str, **streams: Any) -> subprocess.Popen[str]:
    """Start the program where the service is."""
    command = [sys.executable, "-m", "arize_async", *arguments]
    defaults: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=service.folder, env=service.environment, text=True, **{**defaults, **streams})


@pytest.fixture
def numbers(service: Service) -> Service:
    """Record a dataset."""
    with service.client() as client:
        client.datasets.create(name="numbers", space="default", examples=[{"n": n} for n in range(3)])
    return service


def test_ctrl_c_ends_a_run_with_advice_that_works(numbers: Service) -> None:
    """No traceback, status 130, and ``--resume`` runs only what is missing."""
    numbers.write("slow.py", SLOW)
    process = started(numbers, "run", "slow.py", "--quiet")
    assert process.stderr is not None
    assert process.stderr.readline() == "waiting\n"
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=SECONDS)
    assert (process.returncode, output) == (130, "")
    assert "Traceback" not in errors
    assert errors.splitlines()[-1] == "interrupted: what finished is kept; the same command with --resume goes on"
    numbers.write("slow.py", SLOW.replace("await asyncio.sleep(600)", "pass"))
    done = numbers.in_a_process("run", "slow.py", "--quiet", "--resume")
    assert (done.status, done.errors.count("waiting")) == (0, 2)


@pytest.mark.parametrize("words", [("datasets", "list"), ("--help",), ("run", "--help")])
def test_nobody_has_to_read_to_the_end(service: Service, words: tuple[str, ...]) -> None:
    """As ``| head`` does: nothing is said about it; argparse itself passes over a help that nobody reads at once."""
    reader, writer = os.pipe()
    process = started(service, *words, stdout=writer)
    os.close(reader)
    os.close(writer)
    _, errors = process.communicate(timeout=SECONDS)
    assert errors == ""
    assert process.returncode == 141 or ("--help" in words and process.returncode == 0)


def test_output_that_cannot_be_kept(service: Service) -> None:
    """A full disk is one line, and letters that an encoding lacks are written as escapes."""
    with service.client() as client:
        client.datasets.create(name="capitäls", space="default", examples=[{"n": 1}])
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123 - a device
        process = started(service, "datasets", "list", stdout=full)
        _, errors = process.communicate(timeout=SECONDS)
    assert (process.returncode, errors.count("\n")) == (1, 1)
    assert "No space left" in errors
    assert r"capit\xe4ls" in service.in_a_process("datasets", "list", PYTHONIOENCODING="ascii").output


@pytest.mark.parametrize(("answer", "status", "left"), [("y", 0, 0), ("n", 1, 1), ("", 1, 1)])
def test_somebody_at_a_terminal_is_asked(numbers: Service, answer: str, status: int, left: int) -> None:
    """Only a yes deletes."""
    ours, theirs = pty.openpty()
    process = started(numbers, "datasets", "delete", "numbers", stdin=theirs)
    os.close(theirs)
    os.write(ours, f"{answer}\n".encode())
    _, errors = process.communicate(timeout=SECONDS)
    os.close(ours)
    assert process.returncode == status
    assert errors.startswith("Delete with all its experiments the dataset 'numbers' (")
    with numbers.client() as client:
        assert len(client.datasets.list().datasets) == left

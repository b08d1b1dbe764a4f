"""Who can be measured, and the process of each, in the environment that has it."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import sys
import tempfile
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from scenarios import Scenario

HERE = Path(__file__).parent
PATIENCE = 300.0
TITLES = {
    "bare": "bare asyncio",
    "traced": "bare + OpenTelemetry",
    "dry": "arize_async, dry run",
    "ours": "arize_async",
    "official": "official arize",
    "braintrust": "braintrust",
    "weave": "weave (untraced)",
    "langfuse": "langfuse",
    "langsmith": "langsmith",
    "inspect_ai": "inspect_ai",
    "phoenix": "phoenix-client",
}
OURS = ("bare", "traced", "dry", "ours")
PEERS = tuple(name for name in TITLES if name not in OURS)


class ContenderFailed(RuntimeError):
    """A contender could not be measured; the message says why."""


def interpreter(name: str, environments: Path | None) -> str | None:
    """Return the Python that has a contender, or None.

    Each peer has an environment of its own in the folder ``environments``; the official SDK may also be in this one,
    or where ``ARIZE_OFFICIAL_PYTHON`` says.
    """
    if name in OURS:
        return sys.executable
    if environments and (found := environments / name / "bin" / "python").exists():
        return str(found)
    if name == "official":
        return sys.executable if importlib.util.find_spec("arize") else os.environ.get("ARIZE_OFFICIAL_PYTHON")
    return None


@frozen
class Measurement:
    """One run of one contender: seconds by the clock, and processor seconds of its process."""

    seconds: float
    own: float


@frozen
class Process:
    """A contender that waits for workloads."""

    name: str
    version: str
    _process: asyncio.subprocess.Process = field(repr=False)
    _errors: Path = field(repr=False)

    async def measure(self, scenario: Scenario, dataset: str) -> Measurement:
        """Let it run a workload, after which every example must be scored.

        Raises:
            ContenderFailed: It ended, took too long, or lost examples.
        """
        answer = await ask(self._process, self._errors, {"scenario": asdict(scenario), "dataset": dataset})
        if answer["scored"] != scenario.examples:
            raise ContenderFailed(f"scored {answer['scored']} of {scenario.examples} examples")
        return Measurement(answer["seconds"], answer["own"])


async def ask(process: asyncio.subprocess.Process, errors: Path, request: Mapping[str, object]) -> dict[str, Any]:
    """Send a line and return the answer."""
    assert process.stdin is not None
    assert process.stdout is not None
    line = b""
    with suppress(ConnectionError):
        process.stdin.write(json.dumps(request).encode() + b"\n")
        await process.stdin.drain()
        try:
            line = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
        except TimeoutError:
            raise ContenderFailed(f"took more than {PATIENCE:g} s") from None
    if not line:
        await asyncio.wait_for(process.wait(), PATIENCE)
        raise ContenderFailed(last_line(errors))
    return json.loads(line)


async def start(name: str, python: str, errors: Path) -> asyncio.subprocess.Process:
    """Start the process of a contender; what it says besides its answers goes into a file."""
    with errors.open("wb") as stream:
        return await asyncio.create_subprocess_exec(
            python,
            str(HERE / "contender.py"),
            name,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=stream,
            env=os.environ | {"TQDM_DISABLE": "1", "ARIZE_LOG_ENABLE": "false"},
        )


def last_line(errors: Path) -> str:
    """Return what a process said last."""
    said = errors.read_text(errors="replace").strip().splitlines()
    return said[-1][:200] if said else "ended without a word"


@asynccontextmanager
async def started(name: str, python: str, setup: Mapping[str, Any]) -> AsyncGenerator[Process]:
    """Start a contender; its process ends with the block.

    Raises:
        ContenderFailed: It cannot be loaded.
    """
    with tempfile.TemporaryDirectory() as directory:
        errors = Path(directory, "errors")
        process = await start(name, python, errors)
        try:
            answer = await ask(process, errors, {**setup, "directory": directory})
            yield Process(name, answer["version"], process, errors)
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

"""The embedded server of a benchmark, and what a benchmark puts on it."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arize_async import ArizeClient
from scenarios import make_rows

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from scenarios import Scenario


@contextmanager
def running_server(path: str = ":memory:") -> Generator[dict[str, Any]]:
    """Start the server in a process of its own and yield the arguments of its clients."""
    command = [sys.executable, str(Path(__file__).with_name("serve.py")), path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None:
            raise RuntimeError("the server has no output")
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.communicate(timeout=30)


async def space_id(options: Mapping[str, Any]) -> str:
    """Return the id of the server's first space."""
    async with ArizeClient(**options) as client:
        return (await client.spaces.get(space="default")).id


async def create_dataset(options: Mapping[str, Any], scenario: Scenario) -> str:
    """Put a scenario's rows on the server and return the id."""
    async with ArizeClient(**options) as client:
        dataset = await client.datasets.create(
            name=scenario.letter, space="default", examples=list(make_rows(scenario.examples))
        )
        return dataset.id

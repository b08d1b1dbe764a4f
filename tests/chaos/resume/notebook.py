"""An experiment in a notebook: a real kernel, interrupted as the stop button does it."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from process import is_late, wait_for_moment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

_SECONDS = 120
_LOOK = 0.002
_PREPARE = """
import json, sys
sys.path.insert(0, {folder!r})
from calls import Calls, found
import arize_async, arize_sync
client = arize_sync.ArizeClient(**{options!r})
"""
_RUN = """
from pathlib import Path
calls = Calls({notes!r}, {start}, {examples}, Path({notes!r} + " evaluated").touch)
arguments = calls.arguments({name!r}, {dataset!r}, {concurrency}, blocking=True)
"""
_FACADE = "print(json.dumps(found(client.experiments.run(**arguments))))"
_AWAITED = """
async with arize_async.ArizeClient(**{options!r}) as asynchronous:
    result = await asynchronous.experiments.run(**arguments)
print(json.dumps(found(result)))
"""


class Notebook:
    """Cells in one kernel; they call the facade, or await."""

    def __init__(self, facts: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        """Take what every cell needs; nothing is started yet."""
        self._facts = facts
        self._environment = dict(environment)
        self._notes = Path(facts["notes"])
        self._mark = Path(f"{self._notes} evaluated")
        self._client = NotebookClient(nbformat.v4.new_notebook(), timeout=_SECONDS, kernel_name="python3")

    async def play(self, interrupts: int, random: Random) -> tuple[list[tuple[str, str, bool]], dict[str, Any]]:
        """Interrupt cells, then let one end.

        Returns:
            Of each interrupt how its cell ended, what it wrote to standard error, and whether every call had been made;
            and the result of the last cell.
        """
        async with self._client.async_setup_kernel(env=self._environment):
            await self._execute(_PREPARE.format(folder=str(Path(__file__).parent), **self._facts))
            ends = [
                await self._interrupted(number, random, late=is_late(number, interrupts))
                for number in range(interrupts)
            ]
            cell = await self._execute(self._source(interrupts, awaited=False))
            await self._execute("client.close()")
        return ends, json.loads(_written(cell, "stdout"))

    async def _interrupted(self, number: int, random: Random, *, late: bool) -> tuple[str, str, bool]:
        manager: Any = self._client.km
        await asyncio.to_thread(self._mark.unlink, missing_ok=True)
        cell: Any = nbformat.v4.new_code_cell(self._source(number, awaited=random.random() < 0.5))
        running = asyncio.create_task(self._execute_cell(cell))
        at_upload = await asyncio.to_thread(self._wait_for_moment, running, random, late=late)
        if not running.done():
            await manager.interrupt_kernel()
        with suppress(CellExecutionError):
            await running
        names = [output.ename for output in cell.outputs if output.output_type == "error"]
        return (names[0] if names else "ended", _written(cell, "stderr"), at_upload)

    def _wait_for_moment(self, running: asyncio.Task[None], random: Random, *, late: bool) -> bool:
        evaluated, before = threading.Event(), self._notes.stat().st_size

        def wait(condition: Callable[[], bool]) -> None:
            deadline = time.monotonic() + _SECONDS
            while not condition() and not running.done() and time.monotonic() < deadline:
                time.sleep(_LOOK)
                if self._mark.exists():
                    evaluated.set()

        wait(lambda: self._notes.stat().st_size > before or evaluated.is_set())
        return wait_for_moment(self._notes, int(self._facts["examples"]), random, evaluated, wait, late=late)

    async def _execute(self, source: str) -> Any:
        cell: Any = nbformat.v4.new_code_cell(source)
        await self._execute_cell(cell)
        return cell

    async def _execute_cell(self, cell: Any) -> None:
        self._client.nb.cells.append(cell)
        await self._client.async_execute_cell(cell, len(self._client.nb.cells) - 1)

    def _source(self, start: int, *, awaited: bool) -> str:
        facts = {**self._facts, "start": start}
        return (_RUN + (_AWAITED if awaited else _FACADE)).format(**facts)


def _written(cell: Any, stream: str) -> str:
    return "".join(output.text for output in cell.outputs if output.output_type == "stream" and output.name == stream)

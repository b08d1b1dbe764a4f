"""A task and two evaluators that note each call in a file before it begins and after it ended."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_TASK_SECONDS = 0.02
_EVALUATION_SECONDS = 0.005


class Calls:
    """What an experiment calls; the notes of all its processes go to one file.

    Each line is the number of the process, what is called, the number of the example, and ``begins`` or ``ended``.
    """

    def __init__(self, notes: str, start: int, examples: int, evaluated: Callable[[], object]) -> None:
        """Take the file, the number of this process, and whom to tell when every evaluation has ended once."""
        lines = (line.split() for line in Path(notes).read_text().splitlines())
        self._ended = {(what, int(number)) for _, what, number, event in lines if event == "ended" and what != "task"}
        self._file = os.open(notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._start, self._examples, self._evaluated = start, examples, evaluated
        self._random = Random(start)  # noqa: S311 - no secret
        self._tell()

    def _note(self, what: str, number: int, event: str) -> None:
        os.write(self._file, f"{self._start} {what} {number} {event}\n".encode())
        if event == "ended" and what != "task":
            self._ended.add((what, number))
            self._tell()

    def _tell(self) -> None:
        if len(self._ended) == 2 * self._examples:
            self._evaluated()

    async def task(self, dataset_row: dict[str, Any]) -> dict[str, int]:
        """Answer after some time."""
        number = dataset_row["number"]
        self._note("task", number, "begins")
        await asyncio.sleep(self._random.uniform(0, _TASK_SECONDS))
        self._note("task", number, "ended")
        return {"number": number}

    def blocking_task(self, dataset_row: dict[str, Any]) -> dict[str, int]:
        """Do the same in a thread."""
        number = dataset_row["number"]
        self._note("task", number, "begins")
        time.sleep(self._random.uniform(0, _TASK_SECONDS))
        self._note("task", number, "ended")
        return {"number": number}

    async def first(self, output: dict[str, int]) -> float:
        """Score after some time."""
        self._note("first", output["number"], "begins")
        await asyncio.sleep(self._random.uniform(0, _EVALUATION_SECONDS))
        self._note("first", output["number"], "ended")
        return output["number"]

    def second(self, output: dict[str, int]) -> float:
        """Score in a thread."""
        self._note("second", output["number"], "begins")
        self._note("second", output["number"], "ended")
        return output["number"]

    def arguments(self, name: str, dataset: str, concurrency: int, *, blocking: bool) -> dict[str, Any]:
        """Return what ``run`` is called with."""
        return {
            "name": name,
            "dataset": dataset,
            "task": self.blocking_task if blocking else self.task,
            "evaluators": {"first": self.first, "second": self.second},
            "concurrency": concurrency,
            "resume": True,
            "progress": False,
        }


def found(result: Any) -> dict[str, Any]:
    """Return what there is to check of a result."""
    experiment, frame = result
    scores = [frame[f"eval.{evaluator}.score"].to_list() for evaluator in ("first", "second")]
    return {"id": experiment and experiment.id, "scores": scores}

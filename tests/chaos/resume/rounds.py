"""Experiments that are ended by signals again and again, until they are complete, and what is checked then."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING, Any

from process import Process, is_late
from tally import EVALUATORS, Tally

from arize_sync import ArizeClient

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from arize_sync.server import LocalServer

_CONCURRENCY = 20
_INTERRUPTED = {"KeyboardInterrupt", "CancelledError"}


class Rounds:
    """One experiment after the other, on one dataset."""

    def __init__(self, folder: Path, server: LocalServer, examples: int) -> None:
        """Create the dataset."""
        self._folder, self._examples = folder, examples
        self._options = dict(server.client_options)
        self._client = ArizeClient(**server.client_options)
        rows = [{"number": number} for number in range(examples)]
        self._dataset = self._client.datasets.create(name="numbers", space="default", examples=rows).id
        self._environment = {**os.environ, "ARIZE_DIRECTORY": str(folder)}

    def play(self, name: str, form: str, number: signal.Signals, kills: int, random: Random, tally: Tally) -> None:
        """End one experiment some times, let it be completed, and check it."""
        notes = self._folder / name
        notes.touch()
        if form == "notebook":
            found = self._play_notebook(name, notes, kills, random, tally)
        else:
            found = self._play_processes(name, form, number, kills, random, tally)
        if found is None:
            return
        self._check(name, found, tally)
        tally.count(name, notes, self._examples, _CONCURRENCY)

    def _play_processes(
        self, name: str, form: str, number: signal.Signals, kills: int, random: Random, tally: Tally
    ) -> dict[str, Any] | None:
        for start in range(kills):
            process = Process(form, self._facts(name, start), self._environment)
            at_upload = process.interrupt(number, random, late=is_late(start, kills))
            status = process.end()
            if status == -number:
                tally.kills += 1
                tally.uploading += at_upload
            elif status == 1 and process.errors.rstrip().endswith("KeyboardInterrupt"):  # on the way in, or out
                tally.kills += 1
            elif status != 0 or process.found is None:
                tally.wrong.append(f"{name}: start {start} ended with status {status}: {process.errors[-3000:]}")
            if status == -signal.SIGINT and not at_upload and self._has_ended(name, start):
                self._check_words(name, start, process.errors, tally)
        process = Process(form, self._facts(name, kills), self._environment)
        if status := process.end():
            tally.wrong.append(f"{name} failed with status {status}: {process.errors[-3000:]}")
        return process.found

    def _play_notebook(self, name: str, notes: Path, kills: int, random: Random, tally: Tally) -> dict[str, Any]:
        from notebook import Notebook  # the other forms do without Jupyter

        facts = {**self._facts(name, 0), "notes": str(notes)}
        ends, found = asyncio.run(Notebook(facts, self._environment).play(kills, random))
        for start, (end, errors, at_upload) in enumerate(ends):
            tally.kills += end in _INTERRUPTED
            tally.uploading += end in _INTERRUPTED and at_upload
            if end not in {"ended", *_INTERRUPTED}:
                tally.wrong.append(f"{name}: cell {start} ended with {end}: {errors}")
            if end in _INTERRUPTED and not at_upload and self._has_ended(name, start):
                self._check_words(name, start, errors, tally)
        return found

    def _check_words(self, name: str, start: int, errors: str, tally: Tally) -> None:
        if "tasks ended and are kept in" not in errors or "run it again with resume=True" not in errors:
            tally.wrong.append(f"{name}: start {start} does not say how to go on: {errors[-3000:]}")

    def _has_ended(self, name: str, start: int) -> bool:
        """Tell whether a task ended since then, so that there is something to go on with."""
        lines = (line.split() for line in (self._folder / name).read_text().splitlines())
        return any(int(of) == start and what == "task" and event == "ended" for of, what, _, event in lines)

    def _facts(self, name: str, start: int) -> dict[str, Any]:
        return {
            "options": self._options,
            "dataset": self._dataset,
            "name": name,
            "notes": str(self._folder / name),
            "start": start,
            "examples": self._examples,
            "concurrency": _CONCURRENCY,
        }

    def _check(self, name: str, found: dict[str, Any], tally: Tally) -> None:
        everything = list(range(self._examples))
        if found["scores"] != [everything, everything]:
            tally.wrong.append(f"{name}: the frame lacks runs or evaluations, or has too many")
        runs = self._client.experiments.list_runs(experiment=found["id"], all=True).to_df()
        for evaluator in EVALUATORS:
            if sorted(runs[f"eval.{evaluator}.score"].to_list()) != everything:
                tally.wrong.append(f"{name}: the server lacks runs or evaluations, or has too many")

"""One step of the bulk benchmark, in a process of its own: the same program for this package and for the official SDK.

It imports neither of them before it knows which, and prints a line of JSON.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

_MIB = 2**20
_PAUSE = 0.005


def make_rows(count: int) -> list[dict[str, Any]]:
    """Make runs of about a kilobyte each."""
    return [
        {
            "example": f"example-{number}",
            "answer": f"{number:0>500}",
            "latency": float(number % 1000),
            "points": float(number % 2),
            "verdict": "good" if number % 2 else "bad",
            "why": f"{number:y>400}",
        }
        for number in range(count)
    ]


class PeakMemory:
    """The most resident memory of this process in a block, above what it had at the start."""

    def __enter__(self) -> Self:
        """Start to watch."""
        self._start = self._peak = self._resident()
        self._stop = threading.Event()
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look a last time."""
        self._stop.set()
        self._watcher.join()
        self._peak = max(self._peak, self._resident())

    @property
    def mebibytes(self) -> float:
        """The result."""
        return (self._peak - self._start) / _MIB

    def _watch(self) -> None:
        while not self._stop.wait(_PAUSE):
            self._peak = max(self._peak, self._resident())

    @staticmethod
    def _resident() -> int:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def creation(client: Any, request: dict[str, Any], rows: Any) -> Callable[[], object]:
    """Return what creates an experiment from rows of any form."""
    types = importlib.import_module(f"{request['package']}.experiments")
    fields = types.ExperimentTaskFieldNames(example_id="example", output="answer")
    columns = {"correct": types.EvaluationResultFieldNames(score="points", label="verdict", explanation="why")}
    return lambda: client.experiments.create(
        name=uuid.uuid4().hex,
        dataset=request["dataset"],
        experiment_runs=rows,
        task_fields=fields,
        evaluator_columns=columns,
    )


def listing(client: Any, request: dict[str, Any], finish: Callable[[Any], object]) -> Callable[[], object]:
    """Return what lists all runs and does something with them."""

    def work() -> None:
        page = client.experiments.list_runs(experiment=request["experiment"], all=True)
        finish(page)

    return work


def in_file(rows: list[dict[str, Any]], directory: str) -> str:
    """Write rows to a Parquet file and return its path."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = str(Path(directory, "runs.parquet"))
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def prepared(client: Any, request: dict[str, Any], directory: str) -> Callable[[], object]:
    """Return the work of a step, with its input ready."""
    step, count = request["step"], request["count"]
    if step == "dicts":
        return creation(client, request, make_rows(count))
    if step == "pandas":
        import pandas as pd

        return creation(client, request, pd.DataFrame(make_rows(count)))
    if step == "file":
        return creation(client, request, in_file(make_rows(count), directory))
    finish: dict[str, Callable[[Any], object]] = {
        "list": lambda _: None,
        "frame": lambda page: page.to_df().shape[0] == count or sys.exit("rows are missing"),
        "objects": lambda page: len(page.experiment_runs) == count or sys.exit("rows are missing"),
    }
    return listing(client, request, finish[step])


def warm_up(client: Any, request: dict[str, Any]) -> None:
    """Connect, and load what is loaded with the first call, by a few rows over Flight and over REST."""
    client.experiments.list_runs(experiment=request["experiment"], limit=1)
    with tempfile.TemporaryDirectory() as directory:
        made: Any = creation(client, request, in_file(make_rows(10), directory))()
    client.experiments.list_runs(experiment=made.id, all=True).to_df()


def measure(work: Callable[[], object]) -> None:
    """Print what some work takes: seconds by the clock, seconds of this process's own, and memory."""
    with PeakMemory() as peak:
        start, used = time.perf_counter(), time.process_time()
        work()
        taken = {"seconds": time.perf_counter() - start, "own": time.process_time() - used}
    print(json.dumps({**taken, "mebibytes": peak.mebibytes}), flush=True)


def main() -> None:
    """Do the step that the argument describes and print what it took."""
    request = json.loads(sys.argv[1])

    def client() -> Any:
        return importlib.import_module(request["package"]).ArizeClient(**request["options"])

    with tempfile.TemporaryDirectory() as directory:
        if request["step"] == "import":
            measure(client)
            return
        made = client()
        warm_up(made, request)
        measure(prepared(made, request, directory))
        if hasattr(made, "close"):
            made.close()


if __name__ == "__main__":
    main()

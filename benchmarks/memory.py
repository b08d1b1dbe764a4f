"""Measure how the memory of a client grows with the examples of a run.

``python benchmarks/memory.py 10000 100000`` prints, for each count of one-kilobyte examples, the most resident memory
that a run takes above what the process had before, its seconds, and the most that the server ever had. `run` and
`stream` leave the results on disk, `frame` asks for the frame. The task gives its kilobyte back. Every measurement has
a process of its own; the server is another one and keeps its data on disk.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from arize_sync import ArizeClient
from servers import running_server

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

BATCH = 10_000
STEP = Path(__file__).with_name("memory_step.py")
WAYS = ("run", "stream", "frame")


def batches(count: int) -> Generator[pa.RecordBatch]:
    """Make examples of a kilobyte each."""
    for start in range(0, count, BATCH):
        rows = range(start, min(start + BATCH, count))
        yield pa.record_batch({"question": [f"{number:0>1000}" for number in rows]})


def create(options: Mapping[str, Any], count: int) -> str:
    """Put a dataset on the server and return its id."""
    schema = pa.schema({"question": pa.string()})
    examples = pa.RecordBatchReader.from_batches(schema, batches(count))
    with ArizeClient(**options) as client:
        return client.datasets.create(name=f"memory {count}", space="default", examples=examples).id


def measure(options: Mapping[str, Any], dataset: str, way: str, name: str) -> dict[str, float]:
    """Return what a run took."""
    with tempfile.TemporaryDirectory() as directory:
        request = {"options": {**options, "arize_directory": directory}, "dataset": dataset, "way": way, "name": name}
        command = [sys.executable, str(STEP), json.dumps(request)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=3600, env=os.environ, check=False)
    if done.returncode:
        raise RuntimeError(f"{way}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def server_mebibytes() -> float:
    """Return the most resident memory that the only child of this process had."""
    (child,) = Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split()
    lines = Path(f"/proc/{child}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description="Measure the memory of runs.")
    parser.add_argument("counts", nargs="*", type=int, default=[10_000, 100_000], help="how many examples")
    parser.add_argument("--ways", nargs="*", default=WAYS, choices=WAYS, help="by default all")
    parser.add_argument("--repetitions", type=int, default=1, help="how often each is measured")
    arguments = parser.parse_args()
    print(f"{'examples':>10}  {'':<8}{'MiB above the start':>20}{'bytes/example':>15}{'seconds':>9}{'server MiB':>12}")
    for count in arguments.counts:
        with tempfile.TemporaryDirectory() as directory, running_server(directory) as options:
            dataset = create(options, count)
            for number, way in product(range(arguments.repetitions), arguments.ways):
                taken = measure(options, dataset, way, f"{way} {number}")
                each = taken["mebibytes"] * 2**20 / count
                figures = f"{taken['mebibytes']:>20,.0f}{each:>15,.0f}{taken['seconds']:>9.1f}"
                print(f"{count:>10,}  {way:<8}{figures}{server_mebibytes():>12,.0f}", flush=True)


if __name__ == "__main__":
    main()

"""Measure how the memory of a client grows with the examples of a run.

``python benchmarks/memory.py 10000 100000`` prints, for each count of one-kilobyte examples, the most resident memory
that `run` and `stream` take above what the process had before, and their seconds. The task gives its kilobyte back.
Every measurement has a process of its own; the server is another one and keeps its data on disk.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from arize_sync import ArizeClient
from servers import running_server

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

BATCH = 10_000
STEP = Path(__file__).with_name("memory_step.py")
WAYS = ("run", "stream")


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


def measure(options: Mapping[str, Any], dataset: str, way: str) -> dict[str, float]:
    """Return what a run took."""
    with tempfile.TemporaryDirectory() as directory:
        request = {"options": {**options, "arize_directory": directory}, "dataset": dataset, "way": way}
        command = [sys.executable, str(STEP), json.dumps(request)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=3600, env=os.environ, check=False)
    if done.returncode:
        raise RuntimeError(f"{way}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description="Measure the memory of runs.")
    parser.add_argument("counts", nargs="*", type=int, default=[10_000, 100_000], help="how many examples")
    parser.add_argument("--ways", nargs="*", default=WAYS, choices=WAYS, help="by default both")
    arguments = parser.parse_args()
    print(f"{'examples':>10}  {'':<8}{'MiB above the start':>20}{'bytes/example':>15}{'seconds':>9}")
    for count in arguments.counts:
        with tempfile.TemporaryDirectory() as directory, running_server(directory) as options:
            dataset = create(options, count)
            for way in arguments.ways:
                taken = measure(options, dataset, way)
                each = taken["mebibytes"] * 2**20 / count
                print(f"{count:>10,}  {way:<8}{taken['mebibytes']:>20,.0f}{each:>15,.0f}{taken['seconds']:>9.1f}")


if __name__ == "__main__":
    main()

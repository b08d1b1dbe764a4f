"""Let 1, 8 and 64 clients work on one embedded server at once.

``python benchmarks/clients.py 1 8 64`` prints for each count of clients how many requests the server answers in a
second, and for each kind of request the median and the 99th percentile of its time, as the clients see it. All clients
are in one process, so the larger counts measure the clients as well.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

import pyarrow as pa

from arize_async import ArizeClient
from arize_async.experiments import ExperimentTaskFieldNames
from arize_async.experiments.types import AnnotateRecordInput, AnnotationInput
from flight import program

if TYPE_CHECKING:
    from collections.abc import Awaitable

TURNS = 256
LARGE = pa.table({"question": ["What is there?"] * 1200})
FIELDS = ExperimentTaskFieldNames(example_id="example_id", output="output")

T = TypeVar("T")
Times = defaultdict[str, list[float]]


async def timed(times: Times, kind: str, request: Awaitable[T]) -> T:
    """Wait for a request and note how long it took."""
    begin = time.perf_counter()
    answer = await request
    times[kind].append(time.perf_counter() - begin)
    return answer


async def work(times: Times, name: str, experiment: str, turns: int) -> None:
    """Append, annotate, read and upload in turns, as one client."""
    async with ArizeClient() as client:
        for turn in range(turns):
            rows = [{"example_id": name, "output": f"output {row}"} for row in range(5)]
            append = client.experiments.append_runs(experiment=experiment, experiment_runs=rows)
            made = await timed(times, "append 5 runs", append)
            note = AnnotateRecordInput(record_id=made.run_ids[0], values=[AnnotationInput(name="note", text=name)])
            annotate = client.experiments.annotate_runs(experiment=experiment, annotations=[note])
            await timed(times, "annotate", annotate)
            await timed(times, "page of 50 runs", client.experiments.list_runs(experiment=experiment))
            if turn % 4 == 0:
                upload = client.datasets.create(name=f"{name} {turn}", space="default", examples=LARGE)
                await timed(times, "upload 1,200 examples", upload)


async def measure(count: int) -> None:
    """Let so many clients work, and print what it took."""
    times: Times = defaultdict(list)
    async with ArizeClient() as client:
        dataset = await client.datasets.create(name=f"of {count}", space="default", examples=[{"a": 1}])
        runs = [{"example_id": "a", "output": "b"}]
        made = await client.experiments.create(name="e", dataset=dataset.id, experiment_runs=runs, task_fields=FIELDS)
        if not (await client.annotation_configs.list()).annotation_configs:
            await client.annotation_configs.create_freeform(name="note", space="default")
    begin = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for number in range(count):
            tasks.create_task(work(times, f"{count} {number}", made.id, max(1, TURNS // count)))
    seconds = time.perf_counter() - begin
    print(f"{count:>3} clients: {sum(map(len, times.values())) / seconds:.0f} requests/s")
    for kind, taken in times.items():
        last = statistics.quantiles(taken, n=100, method="inclusive")[-1]
        print(f"      {kind:<22} p50 {statistics.median(taken) * 1000:6.1f} ms   p99 {last * 1000:6.1f} ms")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description="Measure many clients at once.")
    parser.add_argument("counts", nargs="*", type=int, default=[1, 8, 64], help="how many clients")
    counts = parser.parse_args().counts
    with tempfile.TemporaryDirectory() as directory:
        command = ("-c", "import logging; logging.disable(); from arize_async.cli import main; main()", "serve")
        with program("ARIZE_FLIGHT_PORT", *command, "--path", directory) as (_, printed):
            os.environ.update(line.split("=", 1) for line in printed.splitlines() if line.startswith("ARIZE_"))
            for count in counts:
                asyncio.run(measure(count))


if __name__ == "__main__":
    main()

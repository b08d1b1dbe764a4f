"""Upload and read back runs in one Flight stream each, beside a Flight server that does nothing with them.

``python benchmarks/flight.py 100000 1000000`` prints for each count of runs: the time and the throughput of both
servers, their ratio, the peak memory of the embedded server's process, and how long a page and a filtered search take.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import flight

from arize_async.wire.flight import INIT_ACTION, decode_answer, encode_request
from arize_sync import ArizeClient

if TYPE_CHECKING:
    from collections.abc import Generator

BATCH = 10_000
CONDITIONS = (None, "eval.correct.score = 0", "output contains 'nothing'", "example_id = 'example-77'")
RAW = """
import pyarrow.flight as flight

class Sink(flight.FlightServerBase):
    def do_put(self, context, descriptor, reader, writer):
        self.batches = [chunk.data for chunk in reader]
        writer.write(b"ok")

    def do_get(self, context, ticket):
        return flight.GeneratorStream(self.batches[0].schema, iter(self.batches))

server = Sink("grpc+tcp://127.0.0.1:0")
print(server.port, flush=True)
server.serve()
"""


def batch(start: int) -> pa.RecordBatch:
    """Make runs of about a kilobyte each."""
    return pa.record_batch(
        {
            "example_id": [f"example-{index}" for index in range(start, start + BATCH)],
            "output": ["x" * 500] * BATCH,
            "error": pa.nulls(BATCH),
            "latency": [float(index % 1000) for index in range(BATCH)],
            "eval.correct.score": [float(index % 2) for index in range(BATCH)],
            "eval.correct.label": ["good", "bad"] * (BATCH // 2),
            "eval.correct.explanation": ["y" * 400] * BATCH,
        }
    )


def put(
    link: flight.FlightClient, command: bytes, options: flight.FlightCallOptions, count: int
) -> tuple[bytes, float]:
    """Upload runs; return the server's answer and the seconds it took."""
    batches = [batch(start) for start in range(0, min(count, 10 * BATCH), BATCH)]
    begin = time.perf_counter()
    writer, answers = link.do_put(flight.FlightDescriptor.for_command(command), batches[0].schema, options)
    for number in range(count // BATCH):
        writer.write_batch(batches[number % len(batches)])
    writer.done_writing()
    answer = answers.read().to_pybytes()
    writer.close()
    return answer, time.perf_counter() - begin


def get(link: flight.FlightClient, ticket: bytes, options: flight.FlightCallOptions, count: int) -> float:
    """Read runs back; return the seconds it took."""
    begin = time.perf_counter()
    rows = sum(chunk.data.num_rows for chunk in link.do_get(flight.Ticket(ticket), options))
    assert rows == count, rows
    return time.perf_counter() - begin


@contextmanager
def peak_memory(process: int) -> Generator[list[int]]:
    """Watch the resident memory of a process; the list holds the most, in MiB."""
    peak, stop = [0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.02):
            status = Path(f"/proc/{process}/status").read_text("ascii")
            peak[0] = max(peak[0], int(status.split("VmRSS:")[1].split()[0]) // 1024)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        stop.set()
        watcher.join()


@contextmanager
def program(last: str, *arguments: str) -> Generator[tuple[subprocess.Popen[str], str]]:
    """Run Python with arguments until the block ends; give the process and what it prints up to a line."""
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines = [process.stdout.readline()]
    while not lines[-1].startswith(last):
        lines.append(process.stdout.readline())
    try:
        yield process, "".join(lines)
    finally:
        process.terminate()
        process.wait(30)


def measure_raw(count: int) -> tuple[float, float]:
    """Return the seconds of an upload and of a read of the bare server."""
    with program("", "-c", RAW) as (_, port):
        link = flight.connect(f"grpc+tcp://127.0.0.1:{port.strip()}")
        options = flight.FlightCallOptions()
        _, written = put(link, b"put", options, count)
        return written, get(link, b"get", options, count)


def measure_ours(count: int, directory: str) -> None:
    """Upload and read runs, and print what it took beside the bare server."""
    raw = measure_raw(count)
    command = ("-m", "arize_async", "serve", "--path", directory)
    with program("ARIZE_FLIGHT_PORT", *command) as (process, printed):
        os.environ.update(line.split("=", 1) for line in printed.splitlines() if line.startswith("ARIZE_"))
        with ArizeClient() as client, peak_memory(process.pid) as peak:
            experiment, *seconds = measure_streams(client, count)
            print(f"{count:>9,} runs of {batch(0).nbytes // BATCH} bytes; peak memory of the server {peak[0]} MiB")
            for what, ours, theirs in zip(("upload", "read"), seconds, raw, strict=True):
                speed = count / BATCH * batch(0).nbytes / 1e6 / ours
                rate = f"{ours:6.2f} s, {speed:.0f} MB/s"
                print(f"  {what:<6} {rate}; bare Flight {theirs:.2f} s; {ours / theirs:.1f} times")
            for condition in CONDITIONS:
                client.experiments.list_runs(experiment=experiment, filter=condition)
                begin = time.perf_counter()
                client.experiments.list_runs(experiment=experiment, filter=condition)
                print(f"  page of 50, filter {condition}: {(time.perf_counter() - begin) * 1000:.0f} ms")


def measure_streams(client: ArizeClient, count: int) -> tuple[str, float, float]:
    """Return the experiment and the seconds of its upload and of its read."""
    dataset = client.datasets.create(name=f"runs {count}", space="default", examples=[{"question": "?"}])
    options = flight.FlightCallOptions(headers=[(b"auth-token-bin", os.environ["ARIZE_API_KEY"].encode())])
    link = flight.connect(f"grpc+tcp://{os.environ['ARIZE_FLIGHT_HOST']}:{os.environ['ARIZE_FLIGHT_PORT']}")
    place = {"space_id": dataset.space_id, "dataset_id": dataset.id, "experiment_name": "runs"}
    body = encode_request("DoActionRequest", INIT_ACTION, **place)
    list(link.do_action(flight.Action(INIT_ACTION, body), options))
    answer, written = put(link, encode_request("DoPutRequest", "post_experiment_data", **place), options, count)
    experiment = decode_answer("PostExperimentDataResponse", answer)["experiment_id"]
    found = {"space_id": dataset.space_id, "experiment_id": experiment}
    return experiment, written, get(link, encode_request("DoGetRequest", "get_experiment", **found), options, count)


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description="Measure uploads and reads of many runs.")
    parser.add_argument("counts", nargs="*", type=int, default=[100_000, 1_000_000], help="how many runs")
    for count in parser.parse_args().counts:
        with tempfile.TemporaryDirectory() as directory:
            measure_ours(count, directory)


if __name__ == "__main__":
    main()

"""The memory of a run does not depend on how many examples it has."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import anyio
import grpc
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from arize_async import ArizeClient
from arize_async.journal import store
from arize_async.results import table
from arize_async.runs import examples
from arize_async.server import LocalServer
from arize_async.server.flight import spool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from contextlib import AbstractAsyncContextManager

    from arize_async.runs.stream import RunStream

FEW, MANY = 300, 1_500
WHILE_RUNNING = 0.5
"""Blocks of memory for Python objects that an example more may take: whatever is kept of it has one at least."""
WHILE_UPLOADING = 400
"""The server, in the same process, is measured too; the values of a run alone have 1,000."""


@pytest.fixture(autouse=True)
def _small_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every bounded buffer be full with few examples, and nothing be kept because it is small."""
    monkeypatch.setattr(examples, "_IN_MEMORY_BYTES", 4096)
    monkeypatch.setattr(examples, "_CHUNK_ROWS", 50)
    monkeypatch.setattr(spool, "_IN_MEMORY", 4096)
    monkeypatch.setattr(store, "_PAGE_ROWS", 100)
    monkeypatch.setattr(table, "SMALL", 0)
    monkeypatch.setattr(table, "PREPARED", 0)


class Collector:
    """Counts spans and keeps none."""

    def __init__(self) -> None:
        """Start with none."""
        self._spans = 0
        self._came = threading.Condition()

    def take(self, request: bytes, _: object) -> bytes:
        """Take the spans of a request."""
        with self._came:
            sent = ExportTraceServiceRequest.FromString(request).resource_spans
            self._spans += sum(len(scope.spans) for each in sent for scope in each.scope_spans)
            self._came.notify_all()
        return b""

    def wait(self, spans: int) -> None:
        """Wait until so many have come."""
        with self._came:
            assert self._came.wait_for(lambda: self._spans >= spans, timeout=60)


@pytest.fixture
def collector() -> Collector:
    """Make a collector."""
    return Collector()


@pytest.fixture
def port(collector: Collector) -> Iterator[int]:
    """Let the collector listen, and give its port."""
    export = grpc.unary_unary_rpc_method_handler(collector.take)
    service = "opentelemetry.proto.collector.trace.v1.TraceService"
    server = grpc.server(ThreadPoolExecutor(1), [grpc.method_handlers_generic_handler(service, {"Export": export})])
    number = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield number
    server.stop(None).wait(30)


@pytest.fixture
async def client(port: int) -> AsyncIterator[ArizeClient]:
    """Open a client whose spans go to the collector."""
    async with LocalServer(":memory:") as server:
        options: dict[str, Any] = {**server.client_options, "otlp_port": port}
        async with ArizeClient(**options) as opened:
            yield opened


async def answer(dataset_row: Mapping[str, Any]) -> str:
    """Answer with a text that nobody else has."""
    return f"answer to {dataset_row['question']}"


async def is_short(output: str) -> bool:
    """Judge an answer."""
    return len(output) < 100


async def started(client: ArizeClient, count: int) -> AbstractAsyncContextManager[RunStream]:
    """Make so many examples and a run over them."""
    rows = [{"question": f"question {number}"} for number in range(count)]
    dataset = await client.datasets.create(name=f"{count}", space="default", examples=rows)
    return client.experiments.stream(
        name="flat", dataset=dataset.id, task=answer, evaluators=[is_short], concurrency=20, progress=False
    )


async def kept(runs: RunStream, collector: Collector) -> int:
    """Return the blocks of Python objects once nothing goes on, because nobody takes the runs that are ready."""
    await anyio.wait_all_tasks_blocked()
    counts = runs.statistics
    await asyncio.to_thread(collector.wait, counts.tasks.finished + counts.evaluations.finished)
    await anyio.wait_all_tasks_blocked()
    gc.collect()
    return sys.getallocatedblocks()


async def most_while_uploading(client: ArizeClient, count: int) -> int:
    """Return the most bytes that Python objects take from the last run on."""
    async with await started(client, count) as runs:
        async for _ in runs:
            pass
        gc.collect()
        tracemalloc.start()
    try:
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


async def test_a_run_keeps_nothing_of_an_example_that_is_done(client: ArizeClient, collector: Collector) -> None:
    """Journal, spans, evaluators and statistics take as much after many examples as after few."""
    sizes: list[int] = []
    async with await started(client, MANY + 100) as runs:
        taken = 0
        async for _ in runs:
            taken += 1
            if taken in {FEW, MANY}:
                sizes.append(await kept(runs, collector))
    assert (sizes[1] - sizes[0]) / (MANY - FEW) < WHILE_RUNNING


async def test_an_upload_takes_as_much_for_many_runs_as_for_few(client: ArizeClient) -> None:
    """Runs are read from disk and sent a page at a time."""
    await most_while_uploading(client, 10)  # loads what is loaded once
    few, many = await most_while_uploading(client, FEW), await most_while_uploading(client, 2 * MANY)
    assert (many - few) / (2 * MANY - FEW) < WHILE_UPLOADING

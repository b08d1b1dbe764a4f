"""Collectors at their worst: they cost a run nothing but spans, which are counted."""

from __future__ import annotations

import logging
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Literal

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

from arize_async import ArizeClient, Tracing
from arize_async.config import Timeouts
from arize_async.server import LocalServer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

ROWS = 8
PATIENT = Timeouts(export=1, close=2)
HURRIED = Timeouts(export=0.3, close=0.5)
"""For collectors that never take anything, however long they are given."""
Protocol = Literal["grpc", "http"]


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """Answers as a test wants."""

    def __init__(self, answer: Callable[[Any, Any], Any]) -> None:
        """Take the answer."""
        self.answer = answer

    def Export(self, request: Any, context: Any) -> Any:  # noqa: N802 - the name in the protocol
        """Answer."""
        return self.answer(request, context)


@contextmanager
def answering(answer: Callable[[Any, Any], Any]) -> Generator[int]:
    """Run a collector and give its port."""
    server = grpc.server(ThreadPoolExecutor(2))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(Collector(answer), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield port
    finally:
        server.stop(None).wait(30)


def refusing(code: grpc.StatusCode) -> Callable[[Any, Any], Any]:
    """Refuse with a status."""
    return lambda request, context: context.abort(code, "not now")


def stalling(request: Any, context: Any) -> Any:
    """Hold the call until the client gives it up."""
    given_up = threading.Event()
    context.add_callback(given_up.set)
    given_up.wait(30)
    return trace_service_pb2.ExportTraceServiceResponse()


def partly(request: Any, context: Any) -> Any:
    """Take the request and refuse two spans of it."""
    spans = sum(len(scope.spans) for resource in request.resource_spans for scope in resource.scope_spans)
    success = trace_service_pb2.ExportTracePartialSuccess(rejected_spans=min(2, spans), error_message="too old")
    return trace_service_pb2.ExportTraceServiceResponse(partial_success=success)


def answer(row: Any) -> str:
    """Answer at once."""
    del row
    return "a"


@contextmanager
def answering_http(status: int, body: bytes = b"") -> Generator[int]:
    """Run a collector that speaks HTTP and give its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join(30)


async def run_against(
    port: int,
    caplog: pytest.LogCaptureFixture,
    protocol: Protocol = "grpc",
    *,
    task: Callable[[Any], str] = answer,
    timeouts: Timeouts = PATIENT,
) -> int:
    """Run an experiment whose spans go to a port, and return how many of them are told to be lost."""
    async with LocalServer(":memory:") as server:
        options: dict[str, Any] = {**server.client_options, "otlp_port": port}
        async with ArizeClient(**options, timeouts=timeouts) as client:
            rows = [{"n": number} for number in range(ROWS)]
            dataset = await client.datasets.create(name="d", space="default", examples=rows)
            with caplog.at_level(logging.WARNING, "arize_async.tracing"):
                result = await client.experiments.run(
                    name="e", dataset=dataset.id, task=task, tracing=Tracing(protocol=protocol)
                )
            assert result.experiment is not None
            runs = await client.experiments.list_runs(experiment=result.experiment.id, limit=100)
            assert len(runs.experiment_runs) == result.frame.height == ROWS
    told = [record.getMessage().partition(" ")[0] for record in caplog.records if record.name == "arize_async.tracing"]
    assert sum(map(int, told)) == result.summary.lost_spans
    return result.summary.lost_spans


@pytest.mark.parametrize(
    ("answer", "lost"),
    [
        (refusing(grpc.StatusCode.UNAVAILABLE), ROWS),
        (refusing(grpc.StatusCode.RESOURCE_EXHAUSTED), ROWS),
        (refusing(grpc.StatusCode.UNAUTHENTICATED), ROWS),
        (stalling, ROWS),
    ],
    ids=["unavailable", "rate limited", "refused", "stalling"],
)
async def test_a_collector_that_takes_nothing_costs_only_the_spans(
    answer: Callable[[Any, Any], Any], lost: int, caplog: pytest.LogCaptureFixture
) -> None:
    """All runs are stored; the spans are counted as lost."""
    with answering(answer) as port:
        told = await run_against(port, caplog, timeouts=HURRIED)
    assert told == lost


async def test_a_collector_that_is_late_once_gets_its_spans_again(caplog: pytest.LogCaptureFixture) -> None:
    """It has taken spans before, so that one missed deadline does not make it a dead one."""
    has_taken = threading.Event()
    requests = 0

    def late_once(request: Any, context: Any) -> Any:
        nonlocal requests
        requests += 1
        if requests == 2:
            return stalling(request, context)
        has_taken.set()
        return trace_service_pb2.ExportTraceServiceResponse()

    def task(row: Any) -> str:
        assert row["n"] == 0 or has_taken.wait(30)
        return "a"

    with answering(late_once) as port:
        told = await run_against(port, caplog, task=task, timeouts=Timeouts(export=1, close=30))
    assert (told, requests >= 3) == (0, True)


@pytest.mark.parametrize("protocol", ["grpc", "http"])
async def test_a_dead_collector_costs_only_the_spans(protocol: Protocol, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody listens at its port."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        assert await run_against(holder.getsockname()[1], caplog, protocol, timeouts=HURRIED) == ROWS


@pytest.mark.parametrize("protocol", ["grpc", "http"])
async def test_a_collector_that_is_a_black_hole_costs_only_the_spans(
    protocol: Protocol, caplog: pytest.LogCaptureFixture
) -> None:
    """It takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as hole:
        assert await run_against(hole.getsockname()[1], caplog, protocol, timeouts=HURRIED) == ROWS


@pytest.mark.parametrize("status", [200, 401, 429, 503])
async def test_a_collector_that_speaks_http(status: int, caplog: pytest.LogCaptureFixture) -> None:
    """It loses what it does not take."""
    with answering_http(status) as port:
        timeouts = PATIENT if status == HTTPStatus.OK else HURRIED
        lost = await run_against(port, caplog, "http", timeouts=timeouts)
    assert lost == (0 if status == HTTPStatus.OK else ROWS)


async def test_spans_that_a_collector_leaves_out_by_http_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    """It says how many, for each request, and no more are lost than there were."""
    success = trace_service_pb2.ExportTracePartialSuccess(rejected_spans=100)
    body = trace_service_pb2.ExportTraceServiceResponse(partial_success=success).SerializeToString()
    with answering_http(200, body) as port:
        assert await run_against(port, caplog, "http") == ROWS


async def test_spans_that_a_collector_leaves_out_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    """A partial success is a success for the request only."""
    requests = 0

    def counted(request: Any, context: Any) -> Any:
        nonlocal requests
        requests += 1
        return partly(request, context)

    with answering(counted) as port:
        told = await run_against(port, caplog)
    assert 0 < told <= 2 * requests

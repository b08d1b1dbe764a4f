"""What spans.py calls, in a process of its own: an OpenAI-compatible model, and collectors of every temper.

Prints where they listen, serves until stdin ends. ``/counts`` of the model says what was seen.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from aiohttp import web
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

SLOWNESS = 0.05


class Model:
    """Answers chats after a while and counts the tokens that it reports."""

    def __init__(self, latency: float, slow: Slow) -> None:
        """Take ``latency`` seconds for each answer."""
        self.latency, self.slow, self.tokens = latency, slow, 0

    async def chat(self, request: web.Request) -> web.Response:
        """Answer."""
        body = await request.json()
        await asyncio.sleep(self.latency)
        prompt = sum(len(message["content"]) for message in body["messages"])
        self.tokens += prompt + 7
        usage = {"prompt_tokens": prompt, "completion_tokens": 7, "total_tokens": prompt + 7}
        message = {"role": "assistant", "content": "four"}
        choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
        answer = {
            "id": "x",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": choices,
            "usage": usage,
        }
        return web.json_response(answer)

    async def counts(self, _: web.Request) -> web.Response:
        """Tell tokens, and spans of the slow collector, since the last question."""
        told = {"tokens": self.tokens, "spans": self.slow.spans}
        self.tokens = self.slow.spans = 0
        return web.json_response(told)


class Slow(trace_service_pb2_grpc.TraceServiceServicer):
    """Takes every batch, some time later."""

    spans = 0

    def Export(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 - the names in the protocol
        """Take spans."""
        time.sleep(SLOWNESS)
        self.spans += sum(len(scope.spans) for resource in request.resource_spans for scope in resource.scope_spans)
        return trace_service_pb2.ExportTraceServiceResponse()


class Refusing(trace_service_pb2_grpc.TraceServiceServicer):
    """Takes nothing."""

    def __init__(self, code: grpc.StatusCode) -> None:
        """Answer with ``code``."""
        self.code = code

    def Export(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 - the names in the protocol
        """Refuse."""
        context.abort(self.code, "not now")


def collect(servicer: trace_service_pb2_grpc.TraceServiceServicer) -> tuple[grpc.Server, int]:
    """Start a collector and return it with its port."""
    server = grpc.server(ThreadPoolExecutor(2))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


async def main() -> None:
    """Serve."""
    slow = Slow()
    model = Model(float(sys.argv[1]), slow)
    app = web.Application()
    app.router.add_post("/v1/chat/completions", model.chat)
    app.router.add_get("/counts", model.counts)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    refusing = {"429": grpc.StatusCode.RESOURCE_EXHAUSTED, "503": grpc.StatusCode.UNAVAILABLE}
    servers = {"slow": collect(slow), **{name: collect(Refusing(code)) for name, code in refusing.items()}}
    with socket.create_server(("127.0.0.1", 0)) as silent, socket.socket() as dead:
        dead.bind(("127.0.0.1", 0))  # nobody listens
        ports = {name: port for name, (_, port) in servers.items()}
        ports |= {"silent": silent.getsockname()[1], "dead": dead.getsockname()[1]}
        model_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        print(json.dumps({"model": model_url, "collectors": ports}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
    for server, _ in servers.values():
        server.stop(None)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())

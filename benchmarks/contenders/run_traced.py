"""The bare workers with OpenTelemetry: a span a task and a span an evaluation, exported to the server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from openinference.semconv.resource import ResourceAttributes
from openinference.semconv.trace import SpanAttributes
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import StatusCode

from contenders import run_bare
from scenarios import score

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import ThreadPoolExecutor

    from scenarios import Scenario

PACKAGE = "opentelemetry-sdk"


class Contender(run_bare.Contender):
    """What tracing costs anybody."""

    def __init__(self, setup: Mapping[str, Any]) -> None:
        """Keep where spans go."""
        options = setup["options"]
        key = options["api_key"]
        self._endpoint = f"http://{options['otlp_host']}:{options['otlp_port']}"
        self._headers = {"authorization": key, "api_key": key, "arize-space-id": setup["space_id"]}

    def run(self, scenario: Scenario, dataset: str) -> int:
        """Run the scenario; it ends when the last span is delivered."""
        exporter = OTLPSpanExporter(endpoint=self._endpoint, insecure=True, headers=self._headers)
        provider = TracerProvider(resource=Resource({ResourceAttributes.PROJECT_NAME: uuid4().hex}))
        # The default queue of 2,048 spans loses what comes faster than the exporter sends.
        provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=1_000_000))
        self._tracer = provider.get_tracer("bare")
        try:
            return super().run(scenario, dataset)
        finally:
            provider.shutdown()

    async def one(self, scenario: Scenario, row: Mapping[str, str], threads: ThreadPoolExecutor) -> float:
        """Do it inside of two spans with the attributes that a trace needs to be read."""
        with self._tracer.start_as_current_span("Task", context=Context(), attributes=_about(row)) as span:
            output = await run_bare.call(scenario, row, threads)
            span.set_attribute(SpanAttributes.OUTPUT_VALUE, output)
            span.set_status(StatusCode.OK)
        with self._tracer.start_as_current_span("Evaluation", context=Context(), attributes=_about(row)) as span:
            scored = score(output)
            span.set_attribute("score", scored)
            span.set_status(StatusCode.OK)
        return scored


def _about(row: Mapping[str, str]) -> dict[str, str]:
    return {
        SpanAttributes.OPENINFERENCE_SPAN_KIND: "CHAIN",
        SpanAttributes.INPUT_VALUE: json.dumps(row),
        SpanAttributes.INPUT_MIME_TYPE: "application/json",
        SpanAttributes.METADATA: "{}",
    }

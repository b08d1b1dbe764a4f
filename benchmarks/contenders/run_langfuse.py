"""Langfuse: its spans are made and given to an exporter that drops them, and its API answers at once."""

# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
from langfuse import Evaluation, Langfuse
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

import scenarios

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opentelemetry.sdk.trace import ReadableSpan

    from scenarios import Scenario

PACKAGE = "langfuse"


class Drop(SpanExporter):
    """Takes spans and sends none."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:  # noqa: ARG002 - they go nowhere
        """Take spans."""
        return SpanExportResult.SUCCESS


def answer(request: httpx.Request) -> httpx.Response:
    """Answer at once: the one project, or that everything was taken."""
    if request.method == "GET":
        project = {"id": "p", "name": "p", "organization": {"id": "o", "name": "o"}, "metadata": {}}
        return httpx.Response(200, json={"data": [project]})
    return httpx.Response(207, json={"successes": [], "errors": []})


class Contender:
    """Its experiment, with a back end that does nothing."""

    def __init__(self, setup: Mapping[str, object]) -> None:  # noqa: ARG002 - it reads nothing from the server
        """Make its client."""
        back_end = httpx.MockTransport(answer)
        self._client = Langfuse(
            public_key="pk-none",
            secret_key="sk-none",  # noqa: S106 - nobody asks for it
            base_url="http://127.0.0.1:9",
            httpx_client=httpx.Client(transport=back_end),
            span_exporter=Drop(),
        )

    def run(self, scenario: Scenario, dataset: str) -> int:  # noqa: ARG002 - the data are in memory
        """Run the scenario as an experiment."""

        async def wait(*, item: Mapping[str, Any], **_: object) -> str:
            return await scenario.wait(item["input"])

        def block(*, item: Mapping[str, Any], **_: object) -> str:
            return scenario.block(item["input"])

        def score(*, output: str, **_: object) -> Evaluation:
            return Evaluation(name="score", value=scenarios.score(output))

        result = self._client.run_experiment(
            name="benchmark",
            data=[{"input": row} for row in scenarios.make_rows(scenario.examples)],
            task=block if scenario.blocking else wait,
            evaluators=[score],
            max_concurrency=scenario.concurrency,
        )
        return sum(bool(item.evaluations) for item in result.item_results)

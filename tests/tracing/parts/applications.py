"""Applications that trace themselves and run experiments: ``python -m tracing.parts.applications [NAME ...]``.

OpenTelemetry has one global provider a process, which cannot be taken back, so each of these has a process of its own:
a child of this one, which has imported everything and started nothing.
"""

from __future__ import annotations

import asyncio
import importlib
import multiprocessing
import sys
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import openai
from openinference.instrumentation.openai import OpenAIInstrumentor
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from tracing.parts.collector import Collector, collecting, under
from tracing.parts.model import Model, asking

from arize_async import ArizeClient
from arize_async.server import LocalServer

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from opentelemetry.sdk.trace import ReadableSpan

ROWS = 4
SECONDS = 60
LATE = ("arize_async.server.app", "arize_async.runs.runner", "openai.resources.chat", "pandas", "polars")
"""What is otherwise imported when it is needed, by each child again."""
SERVICE = {"service.name": "shop"}


class Application:
    """A client, a model, a collector, and the exporter of the application's own provider."""

    def __init__(self, client: ArizeClient, collector: Collector, llm: openai.AsyncOpenAI) -> None:
        """Make the provider; who wants it global says so."""
        self.client, self.collector, self.llm = client, collector, llm
        self.ask = asking(llm)
        self.own = InMemorySpanExporter()
        self.provider = TracerProvider(resource=Resource(SERVICE))
        self.provider.add_span_processor(SimpleSpanProcessor(self.own))
        self.instrumentor: Any = OpenAIInstrumentor()

    @property
    def spans(self) -> Sequence[ReadableSpan]:
        """The spans that the application's own exporter got since the last question."""
        found = self.own.get_finished_spans()
        assert {span.resource for span in found} <= {self.provider.resource}
        self.own.clear()
        return found

    async def run(self, name: str, task: Any = None, **options: Any) -> Any:
        """Run an experiment over a data set of its own, whose name its project has."""
        rows = [{"number": number} for number in range(ROWS)]
        dataset = await self.client.datasets.create(name=f"{name} rows", space="default", examples=rows)
        return await self.client.experiments.run(
            name=name, dataset=dataset.id, task=task or self.ask, progress=False, **options
        )

    async def manual(self, dataset_row: dict[str, Any]) -> str:
        """Be a task that makes a span with the global provider, and a call inside of it."""
        with trace.get_tracer("shop").start_as_current_span("basket") as span:
            span.set_attribute("number", dataset_row["number"])
            await self.ask(dataset_row)
        return "a"


@asynccontextmanager
async def application() -> AsyncGenerator[Application]:
    """Start everything."""
    async with Model().served() as model, LocalServer(":memory:") as server:
        with collecting() as collector:
            options: dict[str, Any] = {**server.client_options, "otlp_port": collector.port}
            async with (
                ArizeClient(**options) as client,
                openai.AsyncOpenAI(api_key="k", base_url=model.url, max_retries=0) as llm,
            ):
                yield Application(client, collector, llm)


def names(spans: Sequence[ReadableSpan]) -> Counter[str]:
    """Count the names of spans."""
    return Counter(span.name for span in spans)


async def global_provider() -> None:
    """What the global provider makes goes where it went, and a copy of what belongs to a run to the run's project."""
    async with application() as app:
        trace.set_tracer_provider(app.provider)
        await app.manual({"number": 0})
        assert names(app.spans) == {"basket": 1}
        await asyncio.gather(app.run("one", app.manual), app.run("two", app.manual))
        inside = app.spans
        assert names(inside) == {"basket": 2 * ROWS}
        assert all(span.attributes and set(span.attributes) == {"number"} for span in inside)
        copies = app.collector.named("basket")
        assert {span.span_id.hex() for span in copies} == {
            trace.format_span_id(span.context.span_id) for span in inside if span.context
        }
        assert under(app.collector, "Task: ") == {"basket": 2 * ROWS}
        assert under(app.collector, "basket") == {"ChatCompletion": 2 * ROWS}
        assert list(Counter(app.collector.projects).values()) == [3 * ROWS, 3 * ROWS]
        for span, resource in zip(app.collector.spans, app.collector.resources, strict=True):
            assert resource.get("service.name") == ("shop" if span.name == "basket" else None)
        app.collector.clear()
        await app.run("off", app.manual, instrument=False)
        assert names(app.spans) == {"basket": ROWS}
        assert not app.collector.named("basket")
        await app.manual({"number": 0})
        assert names(app.spans) == {"basket": 1}
        assert len(app.collector.spans) == ROWS


async def instrumentor_on_before() -> None:
    """An instrumentor that uses the global provider has its spans in both places, and is on afterwards."""
    async with application() as app:
        trace.set_tracer_provider(app.provider)
        app.instrumentor.instrument()
        for name in ("one", "two"):
            result = await app.run(name)
            assert result.frame["token_count"].to_list() == [17] * ROWS
            assert names(app.spans) == {"ChatCompletion": ROWS}
            assert under(app.collector, "Task: ") == {"ChatCompletion": ROWS}
            app.collector.clear()
        await app.ask({"number": 0})
        assert names(app.spans) == {"ChatCompletion": 1}
        assert app.instrumentor.is_instrumented_by_opentelemetry


async def instrumentor_on_during() -> None:
    """An application that switches its instrumentor on while a run goes on has it afterwards, with its provider."""
    async with application() as app:
        calls = 0

        async def task(dataset_row: dict[str, Any]) -> str:
            nonlocal calls
            calls += 1
            if calls == ROWS // 2:
                app.instrumentor.instrument(tracer_provider=app.provider)
            await app.ask(dataset_row)
            return "a"

        await app.run("one", task, concurrency=1)
        own = ROWS - ROWS // 2 + 1
        assert names(app.spans) == {"ChatCompletion": own}
        assert under(app.collector, "Task: ") == {"ChatCompletion": ROWS - own}
        assert app.instrumentor.is_instrumented_by_opentelemetry
        await app.ask({"number": 0})
        assert names(app.spans) == {"ChatCompletion": 1}
        await app.run("two")
        assert names(app.spans) == {"ChatCompletion": ROWS}


async def instrumentor_off_during() -> None:
    """One that is switched off while a run goes on stays off."""
    async with application() as app:
        untouched = openai.AsyncOpenAI.request
        app.instrumentor.instrument(tracer_provider=app.provider)
        calls = 0

        async def task(dataset_row: dict[str, Any]) -> str:
            nonlocal calls
            calls += 1
            if calls == ROWS // 2:
                app.instrumentor.uninstrument()
            await app.ask(dataset_row)
            return "a"

        await app.run("one", task, concurrency=1)
        assert names(app.spans) == {"ChatCompletion": ROWS // 2 - 1}
        assert not app.instrumentor.is_instrumented_by_opentelemetry
        assert openai.AsyncOpenAI.request is untouched
        await app.ask({"number": 0})
        assert not app.spans


async def runs_provider_is_global() -> None:
    """Runs that set the global provider get its spans, each its own, the second of a process too, and at once."""
    async with application() as app:
        early = trace.get_tracer("early")
        for name in ("one", "two"):
            await app.run(name, app.manual, set_global_tracer_provider=True)
            assert under(app.collector, "Task: ") == {"basket": ROWS}
            assert len(set(app.collector.projects)) == 1
            app.collector.clear()
        await asyncio.gather(
            app.run("three", app.manual, set_global_tracer_provider=True),
            app.run("four", app.manual, set_global_tracer_provider=True),
            app.run("none", app.manual),
        )
        assert under(app.collector, "Task: ") == {"basket": 2 * ROWS, "ChatCompletion": ROWS}
        assert under(app.collector, "basket") == {"ChatCompletion": 2 * ROWS}
        assert sorted(Counter(app.collector.projects).values()) == [2 * ROWS, 3 * ROWS, 3 * ROWS]
        app.collector.clear()
        with early.start_as_current_span("outside") as span:
            assert not span.is_recording()
        await app.manual({"number": 0})
        assert not app.collector.spans


async def strange_provider() -> None:
    """A global provider that is none of the SDK's, and minds processors, costs its own spans only."""
    async with application() as app:

        @dataclass  # so it has no hash
        class Strange(trace.NoOpTracerProvider):
            def add_span_processor(self, processor: object) -> None:
                raise RuntimeError(f"no {type(processor).__name__} here")

        trace.set_tracer_provider(Strange())
        for name, is_global in (("one", False), ("two", True)):
            await app.run(name, app.manual, set_global_tracer_provider=is_global)
        assert under(app.collector, "Task: ") == {"ChatCompletion": 2 * ROWS}


APPLICATIONS = {
    made.__name__: made
    for made in (
        global_provider,
        instrumentor_on_before,
        instrumentor_on_during,
        instrumentor_off_during,
        runs_provider_is_global,
        strange_provider,
    )
}


def run(name: str) -> None:
    """Run one of them in this process."""
    asyncio.run(APPLICATIONS[name]())


def main(names: Sequence[str]) -> list[str]:
    """Run some of them, each in a child; return those that failed."""
    for name in LATE:
        importlib.import_module(name)
    failed: list[str] = []
    for name in names:
        child = multiprocessing.get_context("fork").Process(target=run, args=[name], name=name)
        child.start()
        child.join(SECONDS)
        if child.is_alive():
            child.kill()
            child.join()
        if child.exitcode:
            failed.append(name)
    return failed


if __name__ == "__main__":
    if failures := main(sys.argv[1:] or list(APPLICATIONS)):
        sys.exit(f"failed: {', '.join(failures)}")

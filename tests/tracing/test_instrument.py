"""LLM calls of the real ``openai`` client, traced by its instrumentor, against a server that counts tokens."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import sys
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

import openai
import pytest
from aiohttp import web
from openinference.instrumentation.openai import OpenAIInstrumentor
from openinference.instrumentation.openai._utils import _get_openai_version
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from arize_async import Price, Tracing
from arize_async.config import Budget
from arize_async.errors import BudgetExceeded
from arize_async.tracing import clients, instrument

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from arize_async import ArizeClient
    from arize_async.models.dataset import Dataset
    from conftest import Collector


_get_openai_version()  # read from disk at the first call, and kept


class Model:
    """An OpenAI-compatible server that counts the tokens which it reports."""

    def __init__(self) -> None:
        """Start with nothing reported."""
        self.url = ""
        self.tokens = 0

    async def chat(self, request: web.Request) -> web.StreamResponse:
        """Answer a chat."""
        body = await request.json()
        prompt = sum(len(message["content"]) for message in body["messages"])
        if body.get("stream"):
            return await self.stream(request)
        self.tokens += prompt + 7
        return web.json_response(
            {
                "id": "x",
                "object": "chat.completion",
                "created": 1,
                "model": f"{body['model']}-2024-08-06",
                "choices": [
                    {"index": 0, "message": {"role": "assistant", "content": "four"}, "finish_reason": "stop"},
                ],
                "usage": {"prompt_tokens": prompt, "completion_tokens": 7, "total_tokens": prompt + 7},
            }
        )

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Answer word by word."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for word in ("one", "two"):
            choice = f'{{"index": 0, "delta": {{"role": "assistant", "content": "{word}"}}}}'
            chunk = (
                f'{{"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{choice}]}}'
            )
            await response.write(f"data: {chunk}\n\n".encode())
        await response.write(b"data: [DONE]\n\n")
        return response


@pytest.fixture
async def model() -> AsyncIterator[Model]:
    """Run a model server."""
    served = Model()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", served.chat)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    yield served
    await runner.cleanup()


@pytest.fixture
async def llm(model: Model) -> AsyncIterator[openai.AsyncOpenAI]:
    """Open the real client."""
    async with openai.AsyncOpenAI(api_key="k", base_url=model.url, max_retries=0) as opened:
        yield opened


def asking(llm: openai.AsyncOpenAI, name: str = "gpt-4o") -> Any:
    """Return a task that asks a model."""

    async def ask(dataset_row: dict[str, Any]) -> str | None:
        message: Any = {"role": "user", "content": f"question {dataset_row['number']}"}
        answer = await llm.chat.completions.create(model=name, messages=[message])
        return answer.choices[0].message.content

    return ask


def under(collector: Collector, parents: str) -> Counter[str]:
    """Count the names of the spans below spans of a name, all of them in the same project."""
    owners = {
        span.span_id: (span.trace_id, project)
        for span, project in zip(collector.spans, collector.projects, strict=True)
        if span.name.startswith(parents)
    }
    return Counter(
        span.name
        for span, project in zip(collector.spans, collector.projects, strict=True)
        if owners.get(span.parent_span_id) == (span.trace_id, project)
    )


async def test_calls_are_spans_of_their_run_with_their_tokens(
    client: ArizeClient, dataset: Dataset, collector: Collector, model: Model, llm: openai.AsyncOpenAI
) -> None:
    """Task and evaluator apart, in the first run of a process and in the second; the library is left as it was."""
    untouched = openai.AsyncOpenAI.request
    ask = asking(llm)

    async def judge(dataset_row: dict[str, Any]) -> float:
        await ask(dataset_row)
        return 1.0

    for name in ("first", "second"):
        collector.spans.clear()
        collector.projects.clear()
        model.tokens = 0
        result = await client.experiments.run(
            name=name,
            dataset=dataset.id,
            task=ask,
            evaluators={"judge": judge},
            tracing=Tracing(prices={"gpt-4o": Price(2.5, 10)}),
        )
        assert under(collector, "Task: ") == under(collector, "Evaluation: ") == {"ChatCompletion": 3}
        _, frame = result
        assert frame["token_count"].to_list() == frame["eval.judge.token_count"].to_list() == [17] * 3
        summary = result.summary
        judged = summary.evaluators[0]
        assert None not in {summary.tokens, summary.cost, judged.tokens, judged.cost}
        assert summary.tokens.value + judged.tokens.value == model.tokens
        assert summary.cost.value == judged.cost.value == pytest.approx(3 * (10 * 2.5 + 7 * 10) / 1e6)
        assert str(summary).count("51 tokens") == 2
        assert openai.AsyncOpenAI.request is untouched


async def test_runs_at_the_same_time_share_nothing_but_the_instrumentor(
    client: ArizeClient, dataset: Dataset, collector: Collector, llm: openai.AsyncOpenAI
) -> None:
    """Each span is in the project of the run whose trace it is in; the first run to end takes nothing away."""
    other = await client.datasets.create(name="other", space="default", examples=[{"number": n} for n in range(8)])
    await asyncio.gather(
        client.experiments.run(name="a", dataset=dataset.id, task=asking(llm)),
        client.experiments.run(name="b", dataset=other.id, task=asking(llm)),
    )
    assert under(collector, "Task: ") == {"ChatCompletion": 11}
    assert len(set(collector.projects)) == 2


async def test_instrument_false_touches_nothing(
    client: ArizeClient, dataset: Dataset, collector: Collector, llm: openai.AsyncOpenAI
) -> None:
    """There are no LLM spans and no tokens."""
    result = await client.experiments.run(name="off", dataset=dataset.id, task=asking(llm), instrument=False)
    assert {span.name for span in collector.spans} == {"Task: ask"}
    assert result.summary.tokens is None


async def test_calls_outside_of_a_run_are_not_recorded(
    client: ArizeClient, dataset: Dataset, collector: Collector, llm: openai.AsyncOpenAI
) -> None:
    """The application asks a model itself while the run goes on."""
    elsewhere = asking(llm)
    outside = contextvars.copy_context()

    async def task(dataset_row: dict[str, Any]) -> str:
        await asyncio.get_running_loop().create_task(elsewhere(dataset_row), context=outside.copy())
        return "a"

    await client.experiments.run(name="quiet", dataset=dataset.id, task=task)
    assert {span.name for span in collector.spans} == {"Task: task"}


async def test_instrumentation_of_the_application_stays_as_it_was(
    client: ArizeClient, dataset: Dataset, collector: Collector, llm: openai.AsyncOpenAI
) -> None:
    """Its own provider gets all spans, before, during and after; the run does not switch it off."""
    own = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(own))
    instrumentor: Any = OpenAIInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    try:
        ask = asking(llm)
        await ask({"number": 1})
        await client.experiments.run(name="own", dataset=dataset.id, task=ask)
        await ask({"number": 1})
        assert [span.name for span in own.get_finished_spans()] == ["ChatCompletion"] * 5
        assert {span.resource for span in own.get_finished_spans()} == {provider.resource}
        assert instrumentor.is_instrumented_by_opentelemetry
    finally:
        instrumentor.uninstrument()
    assert {span.name for span in collector.spans} == {"Task: ask"}


async def test_threads_and_loops_of_a_task(
    client: ArizeClient, dataset: Dataset, collector: Collector, model: Model
) -> None:
    """Calls are traced wherever context variables reach: in another thread with another loop."""

    async def ask(number: int) -> None:
        async with openai.AsyncOpenAI(api_key="k", base_url=model.url) as llm:
            await asking(llm)({"number": number})

    def task(dataset_row: dict[str, Any]) -> str:
        context, number = contextvars.copy_context(), dataset_row["number"]
        thread = threading.Thread(target=lambda: context.run(asyncio.run, ask(number)))
        thread.start()
        thread.join()
        asyncio.run(ask(number))
        return "a"

    _, frame = await client.experiments.run(name="threads", dataset=dataset.id, task=task)
    assert under(collector, "Task: ") == {"ChatCompletion": 6}
    assert frame["token_count"].to_list() == [34] * 3


async def test_a_stream_that_is_not_read_has_a_span(
    client: ArizeClient, dataset: Dataset, collector: Collector, llm: openai.AsyncOpenAI
) -> None:
    """It is ended with the run, and says that it was abandoned."""
    kept = []

    async def task(dataset_row: dict[str, Any]) -> str:
        message: Any = {"role": "user", "content": "q"}
        stream: Any = await llm.chat.completions.create(model="m", messages=[message], stream=True)
        kept.append(stream)
        async for _ in stream:
            return "broken off"
        return "never"

    await client.experiments.run(name="streams", dataset=dataset.id, task=task)
    found = [span for span in collector.spans if not span.name.startswith("Task")]
    assert under(collector, "Task: ").total() == 3
    assert [[event.name for event in span.events][-1] for span in found] == ["abandoned"] * 3
    for stream in kept:
        await stream.close()


async def test_budgets_count_what_models_use(client: ArizeClient, llm: openai.AsyncOpenAI) -> None:
    """Those of evaluators end a run as those of tasks do."""
    many = await client.datasets.create(name="many", space="default", examples=[{"number": n} for n in range(50)])
    with pytest.raises(BudgetExceeded, match="tokens are more than the budget of 20"):
        await client.experiments.run(
            name="dear",
            dataset=many.id,
            task=lambda row: "a",
            evaluators=[asking(llm)],
            concurrency=1,
            budget=Budget(tokens=20),
        )


class Entry:
    """The entry point of an instrumentor."""

    dist = None

    def __init__(self, name: str, instrumentor: Any) -> None:
        """Load to ``instrumentor``."""
        self.name, self._instrumentor = name, instrumentor

    def load(self) -> Any:
        """Return what makes it, or raise."""
        if isinstance(self._instrumentor, Exception):
            raise self._instrumentor
        return lambda: self._instrumentor


class Broken:
    """An instrumentor that fails at what it is told to."""

    is_instrumented_by_opentelemetry = False

    def __init__(self, at: str) -> None:
        """Fail when asked to do ``at``."""
        self._at = at

    def instrument(self, **options: Any) -> None:
        """Work, or not."""
        self._fail("instrument")
        self.is_instrumented_by_opentelemetry = True

    def uninstrument(self, **options: Any) -> None:
        """Stop to, or not."""
        self._fail("uninstrument")

    def _fail(self, where: str) -> None:
        if where == self._at:
            raise RuntimeError(f"broken {where}")


async def test_instrumentors_that_raise_cost_their_spans_only(
    client: ArizeClient, dataset: Dataset, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever they do, the run is complete, and the log names them."""
    entries = [
        Entry("unloadable", ImportError("no such module")),
        Entry("unwilling", Broken("instrument")),
        Entry("unending", Broken("uninstrument")),
    ]
    monkeypatch.setattr(instrument, "entry_points", lambda group: entries)
    _, frame = await client.experiments.run(name="broken", dataset=dataset.id, task=lambda row: "a")
    assert frame["output"].to_list() == ["a"] * 3
    for entry in entries:
        assert entry.name in caplog.text


async def test_a_client_without_its_instrumentor_is_named_once(
    client: ArizeClient, dataset: Dataset, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Not again in the next run, and not when nobody wants to know."""
    monkeypatch.setattr(instrument, "entry_points", lambda group: [])
    monkeypatch.setattr(instrument.SHARED, "_hinted", set())
    monkeypatch.setitem(clients.MODULES, "openai", "openai")
    for name, wanted in (("off", False), ("first", True), ("second", True)):
        await client.experiments.run(name=name, dataset=dataset.id, task=lambda row: "a", instrument=wanted)
        assert ("openinference-instrumentation-openai" in caplog.text) == wanted
    hints = [record for record in caplog.records if "openinference-instrumentation-openai" in record.getMessage()]
    assert [(record.name, record.levelno) for record in hints] == [("arize_async.tracing", logging.WARNING)]


async def test_a_client_that_the_task_imports_is_instrumented(
    client: ArizeClient, dataset: Dataset, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """It happens when the module is imported, and not before: loading what nobody uses takes time."""
    (tmp_path / "late_client.py").write_text("CALLS = []\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(clients.MODULES, "late", "late_client")
    late = Entry("late", Broken("never"))
    monkeypatch.setattr(instrument, "_package", lambda entry: f"{clients.PREFIX}late")
    monkeypatch.setattr(instrument, "entry_points", lambda group: [late])
    seen = []

    def task(dataset_row: dict[str, Any]) -> str:
        seen.append(late.load()().is_instrumented_by_opentelemetry)
        import late_client  # type: ignore[import-not-found] # pyright: ignore[reportMissingImports] # noqa: F401

        seen.append(late.load()().is_instrumented_by_opentelemetry)
        return "a"

    await client.experiments.run(name="late", dataset=dataset.id, task=task, concurrency=1)
    assert seen[:2] == [False, True]
    sys.modules.pop("late_client", None)

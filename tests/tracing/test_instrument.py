"""LLM calls of the real ``openai`` client, traced by its instrumentor, against a server that counts tokens."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import sys
import threading
from importlib import import_module
from typing import TYPE_CHECKING, Any

import openai
import pytest
from openinference.instrumentation.openai import OpenAIInstrumentor
from openinference.instrumentation.openai._utils import (
    _get_openai_version,  # pyright: ignore[reportPrivateUsage] - it reads the disk, which no loop of a test may
)
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from tracing.parts.collector import under
from tracing.parts.model import asking

from arize_async import Price, Tracing
from arize_async.config import Budget
from arize_async.errors import BudgetExceeded
from arize_async.tracing import clients

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracing.parts.collector import Collector
    from tracing.parts.model import Model

    from arize_async import ArizeClient
    from arize_async.models.dataset import Dataset


_get_openai_version()  # read from disk at the first call, and kept


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
        assert summary.tokens
        assert summary.cost
        assert judged.tokens
        assert judged.cost
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


NEEDY = """
class {kind}:
    is_instrumented_by_opentelemetry = False

    def instrument(self, **options):
        self.fail("instrument")
        self.is_instrumented_by_opentelemetry = True

    def uninstrument(self, **options):
        self.fail("uninstrument")
        self.is_instrumented_by_opentelemetry = False

    def fail(self, where):
        if where == "{at}":
            raise RuntimeError("broken " + where)

SINGLE = {kind}()
def made():
    return SINGLE
"""


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that packages are installed in."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for module in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[module], "__file__", "")):
            del sys.modules[module]


def install(folder: Path, name: str, entry: str, code: str | None) -> None:
    """Install a package with an instrumentor; without code its entry point leads nowhere."""
    told = folder / f"openinference_instrumentation_{name}-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: openinference-instrumentation-{name}\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text(f"[openinference_instrumentor]\n{name} = {entry}\n")
    if code is not None:
        (folder / f"{entry.partition(':')[0]}.py").write_text(code)


async def test_instrumentors_that_raise_cost_their_spans_only(
    client: ArizeClient, dataset: Dataset, packages: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever they do, the run is complete, and the log names them."""
    install(packages, "unloadable", "no_such_module:made", None)
    install(packages, "senseless", "senseless_module:nothing", "nothing = None\n")
    install(packages, "exiting", "exiting_module:made", "def made():\n    raise RuntimeError('not here')\n")
    install(packages, "unwilling", "unwilling_module:made", NEEDY.format(kind="Unwilling", at="instrument"))
    install(packages, "unending", "unending_module:made", NEEDY.format(kind="Unending", at="uninstrument"))
    _, frame = await client.experiments.run(name="broken", dataset=dataset.id, task=lambda row: "a")
    assert frame["output"].to_list() == ["a"] * 3
    for name in ("unloadable", "senseless", "exiting", "unwilling", "unending"):
        assert name in caplog.text


async def test_broken_metadata_of_packages_cost_spans_only(
    client: ArizeClient, dataset: Dataset, packages: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Even when nothing can be found for them."""
    install(packages, "garbled", "x:y", None)
    (packages / "openinference_instrumentation_garbled-1.0.dist-info" / "entry_points.txt").write_bytes(b"[\xff\n=")
    _, frame = await client.experiments.run(name="garbled", dataset=dataset.id, task=lambda row: "a")
    assert frame["output"].to_list() == ["a"] * 3
    assert "could not be found" in caplog.text


async def test_what_is_installed_between_runs_is_found(
    client: ArizeClient, dataset: Dataset, packages: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """As in a notebook, whose kernel goes on."""
    await client.experiments.run(name="before", dataset=dataset.id, task=lambda row: "a")
    install(packages, "new", "new_module:made", "def made():\n    raise RuntimeError('found')\n")
    await client.experiments.run(name="after", dataset=dataset.id, task=lambda row: "a")
    assert "new is not instrumented" in caplog.text


async def test_a_client_without_its_instrumentor_is_named_once(
    client: ArizeClient,
    dataset: Dataset,
    packages: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not again in the next run, and not when nobody wants to know."""
    (packages / "lonely_client.py").write_text("")
    monkeypatch.setitem(clients.MODULES, "lonely", "lonely_client")
    await asyncio.to_thread(import_module, "lonely_client")
    for name, wanted in (("off", False), ("first", True), ("second", True)):
        await client.experiments.run(name=name, dataset=dataset.id, task=lambda row: "a", instrument=wanted)
        assert ("openinference-instrumentation-lonely" in caplog.text) == wanted
    hints = [record for record in caplog.records if "openinference-instrumentation-lonely" in record.getMessage()]
    assert [(record.name, record.levelno) for record in hints] == [("arize_async.tracing", logging.WARNING)]


async def test_a_client_that_the_task_imports_is_instrumented(
    client: ArizeClient, dataset: Dataset, packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It happens when the module is imported, and not before: loading what nobody uses takes time."""
    (packages / "late_client.py").write_text("")
    install(packages, "late", "late_module:made", NEEDY.format(kind="Late", at=""))
    monkeypatch.setitem(clients.MODULES, "late", "late_client")
    seen: list[bool] = []

    def is_on() -> bool:
        return "late_module" in sys.modules and sys.modules["late_module"].SINGLE.is_instrumented_by_opentelemetry

    def task(dataset_row: dict[str, Any]) -> str:
        seen.append(is_on())
        import_module("late_client")
        seen.append(is_on())
        return "a"

    await client.experiments.run(name="late", dataset=dataset.id, task=task, concurrency=1)
    assert seen == [False, True, True, True, True, True]
    assert not is_on()

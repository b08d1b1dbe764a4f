"""The spans of a run, as a collector gets them (wire contract 5)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from opentelemetry import trace

from arize_async import ArizeClient
from arize_async.config import Timeouts
from arize_async.evaluators import evaluator
from arize_async.experiments import EvaluationResult
from arize_async.server import LocalServer

if TYPE_CHECKING:
    import pytest
    from tracing.parts.collector import Collector

    from arize_async.models.dataset import Dataset

INTERNAL, OK, ERROR = 1, 1, 2


def attributes(holder: Any) -> dict[str, Any]:
    """Return attributes as a dict of Python values."""
    return {item.key: getattr(item.value, item.value.WhichOneof("value")) for item in holder.attributes}


def answer(dataset_row: dict[str, Any]) -> Any:
    """Fail once, answer with an object once, and with text."""
    if dataset_row["number"] == 1:
        raise ValueError("no answer")
    return {"ans": "é"} if dataset_row["number"] == 2 else "text"


def judge(output: Any) -> EvaluationResult:
    """Judge with everything that a result can hold."""
    return EvaluationResult(
        score=0.5, label="half", explanation="why", metadata={"a": {"b": 1}, "list": [1, 2], "maps": [{"k": "v"}, None]}
    )


async def run(client: ArizeClient, dataset: Dataset) -> tuple[Any, Any]:
    """Run an experiment on three rows, of which the second one fails."""
    experiment, frame = await client.experiments.run(
        name="exp", dataset=dataset.id, task=answer, evaluators=[judge], concurrency=1, metadata={"user_id": "u1"}
    )
    return experiment, frame


def about(experiment: Any) -> dict[str, str]:
    """Return what the spans of tasks and of evaluators say of their experiment."""
    return {
        "experiment_id": experiment.id,
        "experiment_name": "exp",
        "dataset_id": experiment.dataset_id,
        "dataset_name": "traced",
        "dataset_version_id": experiment.dataset_version_id,
    }


async def test_spans_of_tasks(client: ArizeClient, dataset: Dataset, collector: Collector) -> None:
    """Names, kinds, attributes, status, events and resource are those of the protocol."""
    experiment, frame = await run(client, dataset)
    assert experiment.dataset_id == dataset.id
    assert len(collector.spans) == 5
    assert len(set(collector.projects)) == 1
    assert collector.metadata["arize-space-id"] == dataset.space_id
    assert collector.metadata["arize-interface"] == "otel"
    assert not collector.metadata["authorization"].startswith("Bearer")

    text, failed, nested = collector.named("Task: answer")
    assert [span.trace_id.hex() for span in (text, failed, nested)] == frame["result.trace.id"].to_list()
    assert (text.kind, text.parent_span_id, text.status.code) == (INTERNAL, b"", OK)
    found = attributes(text)
    assert json.loads(found.pop("metadata")) == about(experiment) | {"user_id": "u1"}
    assert found == {
        "input.value": "q0",
        "input.mime_type": "application/json",
        "output.value": "text",
        "openinference.span.kind": "CHAIN",
    }
    assert attributes(nested)["output.value"] == '{"ans":"é"}'
    assert attributes(nested)["output.mime_type"] == "application/json"

    assert (failed.status.code, failed.status.message) == (ERROR, "ValueError: no answer")
    assert "output.value" not in attributes(failed)
    (event,) = failed.events
    assert event.name == "exception"
    assert attributes(event)["exception.type"] == "ValueError"
    assert 'raise ValueError("no answer")' in attributes(event)["exception.stacktrace"]


async def test_spans_of_evaluators(client: ArizeClient, dataset: Dataset, collector: Collector) -> None:
    """Each has a trace of its own, with a link to the task's."""
    experiment, frame = await run(client, dataset)
    text = collector.named("Task: answer")[0]
    judged = collector.named("Evaluation: judge")[0]
    assert judged.parent_span_id == b""
    assert judged.trace_id != text.trace_id
    assert judged.links[0].trace_id == text.trace_id
    found = attributes(judged)
    assert [value.int_value for value in found.pop("metadata.list").values] == [1, 2]
    assert json.loads(found.pop("metadata")) == about(experiment) | {
        "evaluator_kind": "CODE",
        "example_id": frame["example_id"][0],
        "run_id": frame["result.trace.id"][0],
    }
    assert json.loads(found.pop("output.value")) == {"score": 0.5, "label": "half", "explanation": "why"}
    assert found == {
        "input.value": "text",
        "input.mime_type": "text/plain",
        "output.mime_type": "application/json",
        "score": 0.5,
        "label": "half",
        "explanation": "why",
        "metadata.a.b": 1,
        "metadata.maps.0.k": "v",
        "openinference.span.kind": "EVALUATOR",
    }


async def test_evaluators_say_on_their_spans_what_they_are(
    client: ArizeClient, dataset: Dataset, collector: Collector
) -> None:
    """Kind and facts of the evaluator; one of all runs has a span that is linked to none."""
    polite = evaluator(name="polite", kind="LLM", metadata={"model": "m", "odd": {1, 2}})(lambda output: 1)
    await client.experiments.run(
        name="kinds", dataset=dataset.id, task=lambda row: "a", evaluators=[polite], run_evaluators={"whole": len}
    )
    (whole,) = collector.named("Evaluation: whole")
    assert (list(whole.links), whole.status.code, attributes(whole)["score"]) == ([], OK, 3)
    about = json.loads(attributes(whole)["metadata"])
    assert (about["experiment_name"], about["evaluator_kind"]) == ("kinds", "CODE")
    assert not {"example_id", "run_id"} & about.keys()
    about = json.loads(attributes(collector.named("Evaluation: polite")[0])["metadata"])
    assert (about["model"], about["odd"], about["evaluator_kind"]) == ("m", [1, 2], "LLM")
    assert {"experiment_id", "example_id", "run_id"} <= about.keys()


async def test_odd_values_never_lose_a_span(client: ArizeClient, dataset: Dataset, collector: Collector) -> None:
    """Numbers beyond 64 bits and lone surrogates are exported as text."""

    def odd(output: Any) -> EvaluationResult:
        return EvaluationResult(2**70, "\ud800", "\udfff", {"n": 2**70, "t": "\ud800", "mixed": [1, "a", 2**80]})

    _, frame = await client.experiments.run(name="odd", dataset=dataset.id, task=lambda row: "\ud800", evaluators=[odd])
    assert frame["eval.odd.score"].to_list() == [float(2**70)] * 3
    assert len(collector.spans) == 6
    found = attributes(collector.named("Evaluation: odd")[0])
    assert (found["score"], found["label"], found["metadata.n"]) == (str(2**70), "\ufffd", str(2**70))


async def test_a_dry_run_sends_no_spans(client: ArizeClient, dataset: Dataset, collector: Collector) -> None:
    """The frame has trace ids all the same."""
    _, frame = await client.experiments.run(
        name="dry", dataset=dataset.id, task=answer, evaluators=[judge], dry_run=True
    )
    assert collector.spans == []
    assert frame["result.trace.id"].str.len_chars().to_list() == [32, 32, 32]


async def test_spans_of_user_code_are_children_in_each_run(
    client: ArizeClient, dataset: Dataset, collector: Collector
) -> None:
    """With the global provider set, LLM spans belong to their own run, the second of a process too; usage is summed."""

    def call(row: Any) -> str:
        llm = {"openinference.span.kind": "LLM", "llm.cost.total": 0.25}
        tracer = trace.get_tracer("some.library")
        with tracer.start_as_current_span("llm", attributes={**llm, "llm.token_count.total": 10}):
            pass
        tracer.start_span("llm", attributes={**llm, "llm.token_count.prompt": 3, "llm.token_count.completion": 4}).end()
        return "a"

    async def on_loop(row: Any) -> str:
        return call(row)

    for name, task in (("first", call), ("second", on_loop)):
        collector.spans.clear()
        _, frame = await client.experiments.run(
            name=name, dataset=dataset.id, task=task, set_global_tracer_provider=True
        )
        assert frame["token_count"].to_list() == [17] * 3
        assert frame["total_cost"].to_list() == [0.5] * 3
        parents = {span.span_id: span.trace_id for span in collector.named("Task: ")}
        assert [parents[span.parent_span_id] == span.trace_id for span in collector.named("llm")] == [True] * 6

    collector.spans.clear()
    call({})
    await client.experiments.run(name="third", dataset=dataset.id, task=lambda row: "a")
    assert collector.named("llm") == []


async def test_without_it_nothing_global_is_touched(client: ArizeClient, dataset: Dataset) -> None:
    """A run changes no global provider."""
    before = trace.get_tracer_provider()
    await client.experiments.run(name="local", dataset=dataset.id, task=lambda row: "a")
    assert trace.get_tracer_provider() is before


async def test_a_dead_collector_costs_spans_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    """The run ends within its bounds with all its results, and the log says what was lost."""
    async with LocalServer(":memory:") as server:
        options: dict[str, Any] = {**server.client_options, "otlp_port": 9}
        async with ArizeClient(**options, timeouts=Timeouts(export=0.2, close=0.5)) as client:
            dataset = await client.datasets.create(name="d", space="default", examples=[{"number": 0}])
            experiment, frame = await client.experiments.run(name="e", dataset=dataset.id, task=answer)
    assert experiment is not None
    assert frame["output"].to_list() == ["text"]
    assert "could not be delivered" in caplog.text
    assert options["api_key"] not in caplog.text

"""Judges that ask a model: the real ``openai`` client against a server of its protocol, and plain functions."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING, Any

import openai
import pytest

from arize_async import ArizeClient, Price, Tracing
from arize_async.errors import InvalidEvaluator
from arize_async.evaluators import LLMJudge
from arize_async.evaluators.named import named

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import ModelServer

LABELS = {"correct": 1.0, "incorrect": 0.0}
PROMPT = "Is {output} the same as {expected}?"
GOOD = '{"explanation": "Same name.", "label": "correct"}'
BAD_ARGUMENTS: list[tuple[dict[str, Any], str]] = [
    ({"template": "Is it right?"}, "no placeholder"),
    ({"template": 'Answer {"label": 1} for {output}'}, "double the braces"),
    ({"template": "Is {} right?"}, "a placeholder is a name"),
    ({"template": "Is {0} right?"}, "a placeholder is a name"),
    ({"template": "Is {output right?"}, "double the braces"),
    ({"template": "Is {output!r} right?"}, "a placeholder is a name"),
    ({"template": None}, "text with placeholders, got NoneType"),
    ({"labels": {}}, "two or more labels"),
    ({"labels": {"yes": 1}}, "two or more labels"),
    ({"labels": {"not ok": 1, "Not_OK": 0}}, "differ in more than case"),
    ({"labels": {"!": 1, "?": 0}}, "text with letters"),
    ({"labels": {"yes": "1", "no": 0}}, "finite number"),
    ({"labels": {"yes": float("nan"), "no": 0}}, "finite number"),
    ({"labels": "yes"}, "a mapping of labels"),
    ({"columns": {"contxt": "x"}}, "takes no 'contxt'"),
    ({"columns": ["x"]}, "a mapping of placeholders"),
    ({"answer": "xml"}, "one of 'schema', 'tool', 'text'"),
    ({"repairs": -1}, "from 0 on"),
    ({"options": [1]}, "a mapping of arguments"),
    ({"client": "gpt-4o"}, "a client with chat.completions.create"),
    ({"client": openai.AsyncOpenAI}, "got AsyncOpenAI"),
]


def saying(*answers: str) -> tuple[Callable[[str], str], list[str]]:
    """Return a model that gives these answers in turn, and the prompts that it gets."""
    prompts: list[str] = []

    def model(prompt: str) -> str:
        prompts.append(prompt)
        return answers[min(len(prompts), len(answers)) - 1]

    return model, prompts


@pytest.mark.parametrize(("wrong", "message"), BAD_ARGUMENTS)
def test_arguments_that_cannot_be_used(wrong: dict[str, Any], message: str) -> None:
    """They are refused when the judge is made, with a message that says what is wrong."""
    arguments: dict[str, Any] = {"client": print, "template": PROMPT, "labels": LABELS, **wrong}
    with pytest.raises(InvalidEvaluator, match=message):
        LLMJudge(**arguments)


async def test_a_client_is_told_its_model(llm: openai.AsyncOpenAI) -> None:
    """A client without the name of a model is refused."""
    with pytest.raises(InvalidEvaluator, match="name the model"):
        LLMJudge(llm, PROMPT, LABELS)


async def test_a_schema_is_asked_for(server: ModelServer, llm: openai.AsyncOpenAI) -> None:
    """The request has the prompt, a strict schema with the labels, and the options of the judge."""
    server.answers = [GOOD]
    judge = LLMJudge(llm, PROMPT, LABELS, model="m", options={"temperature": 0})
    result = await judge("Nobel", expected="{Alfred} {output} Nobel")
    assert (result.score, result.label, result.explanation) == (1.0, "correct", "Same name.")
    (request,) = server.requests
    assert request["messages"][1]["content"] == "Is Nobel the same as {Alfred} {output} Nobel?"
    schema = request["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["label"]["enum"] == ["correct", "incorrect"]
    assert (request["model"], request["temperature"]) == ("m", 0)


async def test_a_tool_call_is_asked_for(server: ModelServer, llm: openai.AsyncOpenAI) -> None:
    """The arguments of the call are the verdict."""
    call = {"id": "1", "type": "function", "function": {"name": "give_verdict", "arguments": GOOD}}
    server.answers = [{"content": None, "tool_calls": [call]}]
    result = await LLMJudge(llm, PROMPT, LABELS, model="m", answer="tool")("a", expected="b")
    assert result.label == "correct"
    assert server.requests[0]["tool_choice"]["function"]["name"] == server.requests[0]["tools"][0]["function"]["name"]
    assert "response_format" not in server.requests[0]


@pytest.mark.parametrize(
    ("answer", "label", "why"),
    [
        ('{"label": "INCORRECT."}', "incorrect", None),
        ('```json\n{"label": "correct", "explanation": "y"}\n```', "correct", "y"),
        ('I would say:\n{"label": "incorrect", "explanation": {"a": 1}} Bye!', "incorrect", '{"a":1}'),
        ('The form is {"label": "correct"}. So: {"Label": "incorrect"}', "incorrect", None),
        ('<think>correct? {"label": "correct"}</think>incorrect', "incorrect", None),
        ("{ code; } " * 5000 + '{"label": "correct"}', "correct", None),
        ("<think>" * 5000 + "</thinking>\nincorrect", "incorrect", None),
        ("**Correct**", "correct", None),
        ("They differ.\n\nLabel: incorrect", "incorrect", "They differ."),
        ('{"a": {"b": [{{"label": "correct"}', "correct", None),
    ],
)
async def test_answers_that_can_be_read(answer: str, label: str, why: str | None) -> None:
    """The last object with a label counts, or a last line that is one, whatever case and punctuation."""
    model, prompts = saying(answer)
    result = await LLMJudge(model, PROMPT, LABELS)("a", expected="b")
    assert (result.label, result.explanation, len(prompts)) == (label, why, 1)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("It is correct, I think.", "neither a JSON object with a label nor one of the labels"),
        ('{"label": "maybe"}', '"maybe" is none of the labels "correct", "incorrect"'),
        ('{"label": null}', "null is none of the labels"),
        ('{"label": "correct", "explanation": "bec', "neither a JSON object"),
        ("", "the answer is empty"),
        ("<think>correct</think>", "the answer is empty"),
        ("[" * 100_000, "neither a JSON object"),
        ('{"a":' * 100_000, "neither a JSON object"),
    ],
)
async def test_answers_that_cannot_be_read_are_sent_back_once(answer: str, problem: str) -> None:
    """The model is told what is wrong and asked again; a second one is an error that quotes it in part."""
    model, prompts = saying(answer, GOOD)
    judge = LLMJudge(model, PROMPT, LABELS)
    assert (await judge("a", expected="b")).label == "correct"
    assert problem in prompts[1]
    assert len(prompts[1]) < 5000
    model, prompts = saying(answer)
    with pytest.raises(ValueError, match="the model gave no verdict") as raised:
        await LLMJudge(model, PROMPT, LABELS)("a", expected="b")
    assert problem in str(raised.value)
    assert len(str(raised.value)) < 500
    assert len(prompts) == 2
    model, prompts = saying(answer)
    with pytest.raises(ValueError, match="it answered"):
        await LLMJudge(model, PROMPT, LABELS, repairs=0)("a", expected="b")
    assert len(prompts) == 1


@pytest.mark.parametrize(
    ("answer", "problem", "requests"),
    [
        ({"content": None, "refusal": "I do not judge."}, "the model refused to judge: .*I do not judge", 1),
        ({"content": "", "finish_reason": "content_filter"}, "content filter", 1),
        ({"content": '{"explanation": "lon', "finish_reason": "length"}, "cut off at the limit of tokens", 1),
        ({"content": None}, "the answer is empty", 2),
        ({"choices": []}, "the answer is empty", 2),
        ({"choices": None}, "the answer is empty", 2),
    ],
)
async def test_messages_without_a_verdict(
    server: ModelServer, llm: openai.AsyncOpenAI, answer: dict[str, Any], problem: str, requests: int
) -> None:
    """Refusals and answers that were cut off are errors at once, since asking again would not help."""
    server.answers = [answer]
    with pytest.raises(ValueError, match=problem):
        await LLMJudge(llm, PROMPT, LABELS, model="m")("a", expected="b")
    assert len(server.requests) == requests


async def test_of_several_choices_the_first_counts(server: ModelServer, llm: openai.AsyncOpenAI) -> None:
    """The others are not looked at."""
    texts = [GOOD, '{"label": "incorrect"}']
    server.answers = [{"choices": [{"index": i, "message": {"content": text}} for i, text in enumerate(texts)]}]
    assert (await LLMJudge(llm, PROMPT, LABELS, model="m")("a", expected="b")).label == "correct"


async def test_what_the_client_raises_comes_through(server: ModelServer, llm: openai.AsyncOpenAI) -> None:
    """A rate limit keeps its type, status and headers."""
    server.answers = [429]
    with pytest.raises(openai.RateLimitError) as raised:
        await LLMJudge(llm, PROMPT, LABELS, model="m")("a", expected="b")
    assert raised.value.status_code == 429


async def test_functions_of_messages_and_clients_that_block() -> None:
    """A function may take messages and be a coroutine; what blocks runs in a thread."""
    threads: list[threading.Thread] = []

    async def model(messages: list[dict[str, str]]) -> str:
        return json.dumps({"label": "correct" if messages[-1]["content"].startswith("Is ") else "incorrect"})

    class Blocking:
        chat: Any

        def create(self, **_: Any) -> dict[str, Any]:
            threads.append(threading.current_thread())
            return {"choices": [{"message": {"content": [{"type": "text", "text": GOOD}]}}]}

    client = Blocking()
    client.chat = type("Chat", (), {"completions": client})
    for judge in (LLMJudge(model, PROMPT, LABELS), LLMJudge(client, PROMPT, LABELS, model="m")):
        assert (await judge("a", expected="b")).label == "correct"
    assert threads != [threading.main_thread()]


async def test_missing_values_are_errors() -> None:
    """An example without what the prompt asks for is not judged; an output of None is put in as nothing."""
    model, prompts = saying(GOOD)
    judge = LLMJudge(model, "{input} {output} {context}", LABELS, columns={"context": "passage"})
    with pytest.raises(ValueError, match="the example has no passage"):
        await judge("a", input="b", dataset_row={"context": "c"})
    with pytest.raises(ValueError, match="no input"):
        await judge("a", dataset_row={"passage": "c"})
    with pytest.raises(ValueError, match="no expected output"):
        await LLMJudge(model, PROMPT, LABELS)("a")
    await judge(None, input={"q": "{output}"}, dataset_row={"passage": ["p"]})
    assert prompts[0].endswith('{"q":"{output}"}  ["p"]')


def test_it_is_an_evaluator_that_asks_a_model() -> None:
    """Its calls keep to the rates of the run and run on the loop; facts about it are recorded on its spans."""
    (found,) = named(LLMJudge(print, PROMPT + "{topic}", ["a", "b"], name="j"))
    assert (found.name, found.kind, found.is_async, found.columns) == ("j", "LLM", True, {"topic"})
    assert found.metadata == {"labels": {"a": None, "b": None}}


async def test_a_run_waits_for_the_rate_limit_and_counts_once(server: ModelServer, llm: openai.AsyncOpenAI) -> None:
    """Calls that are refused by status 429 are made again by the run; the other columns are as ever."""
    server.answers = [429, GOOD, "what?", GOOD]
    async with ArizeClient.local(":memory:") as client:
        rows = [{"attributes.input.value": str(i), "attributes.output.value": "x", "topic": "t"} for i in range(2)]
        await client.datasets.create(name="d", space="default", examples=rows)
        judge = LLMJudge(llm, PROMPT + "{topic}", LABELS, model="m")
        _, frame = await client.experiments.run(
            name="e", dataset="d", space="default", task=lambda input: input, evaluators=[judge], concurrency=1
        )
    assert frame["eval.llm_judge.label"].to_list() == ["correct", "correct"]
    assert frame["eval.llm_judge.explanation"].to_list() == ["Same name.", "Same name."]
    assert len(server.requests) == 4


@pytest.mark.parametrize("instrument", [True, False])
async def test_tokens_are_counted_once(server: ModelServer, llm: openai.AsyncOpenAI, instrument: bool) -> None:
    """Both requests of a verdict count, from LLM spans where there is an instrumentor, or else from the responses."""
    server.answers = ["what?", GOOD]
    async with ArizeClient.local(":memory:") as client:
        await client.datasets.create(name="d", space="default", examples=[{"attributes.output.value": "x"}])
        _, frame = await client.experiments.run(
            name="e",
            dataset="d",
            space="default",
            task=str,
            evaluators=[LLMJudge(llm, PROMPT, LABELS, model="m")],
            instrument=instrument,
            tracing=Tracing(prices={"judge-1": Price(1, 2)}),
        )
    assert frame["eval.llm_judge.token_count"].to_list() == [50]
    assert frame["eval.llm_judge.total_cost"].to_list() == [pytest.approx((40 * 1 + 10 * 2) / 1_000_000)]
    assert frame["token_count"].to_list() == [None]


async def test_a_column_that_is_missing_is_refused_before_the_run() -> None:
    """Nothing is created and no task is called."""
    model, _ = saying(GOOD)
    called: list[object] = []
    async with ArizeClient.local(":memory:") as client:
        dataset = await client.datasets.create(name="d", space="default", examples=[{"question": "q"}])
        judge = LLMJudge(model, "{output} {context}", LABELS)
        with pytest.raises(InvalidEvaluator, match=r"needs the column 'context', .* it has .*question"):
            await client.experiments.run(name="e", dataset=dataset.id, task=called.append, evaluators=[judge])
        assert not called
        assert not (await client.experiments.list(dataset=dataset.id)).experiments


async def test_cancelling_ends_the_wait() -> None:
    """A judge that waits for its model can be cancelled."""
    asked = asyncio.Event()

    async def model(prompt: str) -> str:
        asked.set()
        await asyncio.Event().wait()
        return prompt

    judging = asyncio.ensure_future(LLMJudge(model, PROMPT, LABELS)("a", expected="b"))
    await asked.wait()
    judging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await judging

"""The model behind a judge: any client of OpenAI's chat completions, or a function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol, cast

import anyio
import anyio.to_thread
from attrs import field, frozen

from arize_async.errors import InvalidEvaluator
from arize_async.evaluators.verdict import text_of
from arize_async.executors.protocol import is_async
from arize_async.models.json_text import json_text

Message = dict[str, str]
TOOL = "give_verdict"


@frozen
class Reply:
    """What a model answered.

    Attributes:
        text: Its text, or the arguments of its tool call as JSON text.
        refusal: Why there is none, in the model's or the provider's words.
        is_cut: Whether it reached the limit of tokens.
        model: The model that the response names.
        tokens: Prompt tokens, completion tokens and their total, where they are known.
    """

    text: str = ""
    refusal: str | None = None
    is_cut: bool = False
    model: str | None = None
    tokens: tuple[int | None, int | None, int | None] = (None, None, None)


class Model(Protocol):
    """Answers messages."""

    async def __call__(self, messages: Sequence[Message]) -> Reply:
        """Return the answer; what the client raises comes through untouched."""
        ...


@frozen(eq=False)
class ChatModel:
    """A client of OpenAI's chat completions, asynchronous or not.

    Attributes:
        create: Its ``chat.completions.create``.
        on_loop: Whether that can be called on the event loop.
        arguments: What each request has beside its messages.
    """

    create: Callable[..., object]
    on_loop: bool
    arguments: Mapping[str, object]

    async def __call__(self, messages: Sequence[Message]) -> Reply:
        """Ask."""
        call = partial(self.create, messages=list(messages), **self.arguments)
        return _reply(await _called(call, on_loop=self.on_loop))


@frozen(eq=False)
class FunctionModel:
    """A function of a prompt, or of ``messages``, that gives text.

    Attributes:
        function: It may be a coroutine function.
        takes_messages: Whether it has a parameter ``messages``.
    """

    function: Callable[..., object]
    takes_messages: bool = field(init=False)

    @takes_messages.default  # pyright: ignore[reportAttributeAccessIssue, reportUntypedFunctionDecorator] - attrs adds it
    def _has_messages(self) -> bool:
        try:
            return "messages" in inspect.signature(self.function).parameters
        except (TypeError, ValueError):
            return False

    async def __call__(self, messages: Sequence[Message]) -> Reply:
        """Ask."""
        if self.takes_messages:
            call = partial(self.function, messages=list(messages))
        else:
            call = partial(self.function, "\n\n".join(message["content"] for message in messages))
        return Reply(text_of(await _called(call, on_loop=is_async(self.function))) or "")


def model_of(client: object, arguments: Mapping[str, object]) -> Model:
    """Return the model behind a client or a function.

    Raises:
        InvalidEvaluator: It is neither, or the client is not told which model to ask.
    """
    create = _get(_get(_get(client, "chat"), "completions"), "create")
    if callable(create):
        if arguments.get("model") is None:
            raise InvalidEvaluator("name the model that the client is to ask: model='...'", path="model")
        return ChatModel(create, is_async(create) or hasattr(type(client), "__aenter__"), arguments)
    if callable(client) and not isinstance(client, type):
        return FunctionModel(client)
    kind = client.__name__ if isinstance(client, type) else type(client).__name__
    raise InvalidEvaluator(
        f"a client with chat.completions.create, such as openai.AsyncOpenAI(), or a function; got {kind}", path="client"
    )


def verdict_schema(labels: Sequence[str]) -> dict[str, object]:
    """Return the JSON schema of a verdict; the explanation comes first, so that the label follows from it."""
    return {
        "type": "object",
        "properties": {
            "explanation": {"type": "string", "description": "Why, in one to three sentences."},
            "label": {"type": "string", "enum": list(labels)},
        },
        "required": ["explanation", "label"],
        "additionalProperties": False,
    }


def format_arguments(answer: str, labels: Sequence[str]) -> dict[str, object]:
    """Return the arguments of a request that ask for an answer of this form."""
    schema = verdict_schema(labels)
    if answer == "schema":
        form = {"name": "verdict", "strict": True, "schema": schema}
        return {"response_format": {"type": "json_schema", "json_schema": form}}
    if answer == "tool":
        tool = {"name": TOOL, "description": "Give the verdict.", "strict": True, "parameters": schema}
        choice = {"type": "function", "function": {"name": TOOL}}
        return {"tools": [{"type": "function", "function": tool}], "tool_choice": choice}
    return {}


async def _called(call: Callable[[], object], *, on_loop: bool) -> object:
    """Make a call, in a thread of its own when it may block."""
    if on_loop:
        found = call()
    else:
        limiter = anyio.CapacityLimiter(1)  # the run bounds how many there are
        found = await anyio.to_thread.run_sync(call, abandon_on_cancel=True, limiter=limiter)
    return await found if inspect.isawaitable(found) else found


def _reply(response: object) -> Reply:
    choices = _get(response, "choices")
    choice = next(iter(cast("Sequence[object]", choices)), None) if isinstance(choices, Sequence) else None
    message, reason, model = _get(choice, "message"), _get(choice, "finish_reason"), _get(response, "model")
    refusal = _get(message, "refusal") or ("the content filter of the provider" if reason == "content_filter" else None)
    return Reply(
        text=_arguments(message) or _content(_get(message, "content")),
        refusal=None if refusal is None else str(refusal),
        is_cut=reason == "length",
        model=model if isinstance(model, str) else None,
        tokens=_tokens(_get(response, "usage")),
    )


def _arguments(message: object) -> str | None:
    """Return the arguments of the first tool call."""
    calls = _get(message, "tool_calls")
    if not isinstance(calls, Sequence) or not calls:
        return None
    arguments = _get(_get(cast("Sequence[object]", calls)[0], "function"), "arguments")
    return arguments if arguments is None or isinstance(arguments, str) else json_text(arguments)


def _content(content: object) -> str:
    """Return the text of a message, which may be one of parts."""
    if isinstance(content, str) or content is None:
        return content or ""
    if isinstance(content, Mapping) or not isinstance(content, Sequence):
        return json_text(content)
    return "".join(str(_get(part, "text") or "") for part in cast("Sequence[object]", content))


def _tokens(usage: object) -> tuple[int | None, int | None, int | None]:
    names = ("prompt_tokens", "completion_tokens", "total_tokens")
    prompt, completion, total = (_count(_get(usage, name)) for name in names)
    return prompt, completion, total


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _get(holder: object, name: str) -> Any:
    """Return a field of an object or of a mapping, None where there is none."""
    if isinstance(holder, Mapping):
        return cast("Mapping[str, object]", holder).get(name)
    return getattr(holder, name, None)

"""Evaluators, as a run calls them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openai
import pytest
from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence


@pytest.fixture(scope="session")
def solutions() -> Sequence[dict[str, Any]]:
    """Read the published solutions of GSM8K, ``example_model_solutions.jsonl`` of openai/grade-school-math."""
    path = os.environ.get("ARIZE_GSM8K_SOLUTIONS")
    if not path:
        pytest.skip("set ARIZE_GSM8K_SOLUTIONS to the file of published solutions")
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]


class ModelServer:
    """An endpoint of OpenAI's protocol that answers what the test says.

    Attributes:
        url: Its base URL.
        requests: The bodies that it got.
        answers: What it says next; the last one again and again. A dict is a message, a number a status.
    """

    def __init__(self) -> None:
        """Say nothing yet."""
        self.url = ""
        self.requests: list[dict[str, Any]] = []
        self.answers: list[Any] = []

    async def chat(self, request: web.Request) -> web.Response:
        """Answer one request."""
        self.requests.append(await request.json())
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, int):
            return web.json_response({"error": {"message": "no"}}, status=answer, headers={"retry-after-ms": "1"})
        message = {"role": "assistant", **(answer if isinstance(answer, dict) else {"content": answer})}
        reason = message.pop("finish_reason", "stop")
        choices = message.pop("choices", [{"index": 0, "finish_reason": reason, "message": message}])
        usage = {"prompt_tokens": 20, "completion_tokens": 5, "total_tokens": 25}
        body = {"id": "1", "object": "chat.completion", "created": 0, "model": "judge-1", "usage": usage}
        return web.json_response({**body, "choices": choices})


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    """Serve a model on a free port."""
    served = ModelServer()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", served.chat)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    yield served
    await runner.cleanup()


@pytest.fixture
async def llm(server: ModelServer) -> AsyncIterator[openai.AsyncOpenAI]:
    """Open the real client."""
    async with openai.AsyncOpenAI(api_key="k", base_url=server.url, max_retries=0) as opened:
        yield opened

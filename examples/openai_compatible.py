"""Ask any endpoint that speaks OpenAI's protocol, through the ``openai`` package.

Set ``OPENAI_API_KEY``, and for another provider ``OPENAI_BASE_URL``; ``OPENAI_MODEL`` names the model. Without a key
this script starts an endpoint of its own on this machine, which is a table of inventors and no language model.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import openai
from aiohttp import web

from arize_async import ArizeClient
from inventions import load, recall

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

MODEL = os.environ.get("OPENAI_MODEL", "gpt-4.1-mini")
QUESTION = "Who invented this: {}? Answer with one short sentence."


async def complete(request: web.Request) -> web.Response:
    """Answer a chat completion from the table."""
    body = await request.json()
    invention = body["messages"][-1]["content"].removeprefix("Who invented this: ").partition("?")[0]
    message = {"role": "assistant", "content": recall(invention)}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    usage = {"prompt_tokens": 20, "completion_tokens": 5, "total_tokens": 25}
    return web.json_response(
        {"id": "1", "object": "chat.completion", "created": 0, "model": "table", "choices": [choice], "usage": usage}
    )


@asynccontextmanager
async def local_endpoint() -> AsyncGenerator[str, None]:
    """Serve the table on a free port and yield its base URL."""
    app = web.Application()
    app.router.add_post("/v1/chat/completions", complete)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}/v1"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def open_model() -> AsyncGenerator[openai.AsyncOpenAI, None]:
    """Yield a client of the configured provider, or of an endpoint on this machine."""
    if os.environ.get("OPENAI_API_KEY"):
        async with openai.AsyncOpenAI() as model:
            yield model
        return
    print("OPENAI_API_KEY is not set: a table on this machine answers, not a language model.")
    async with local_endpoint() as url, openai.AsyncOpenAI(base_url=url, api_key="none") as model:
        yield model


async def main() -> None:
    """Run twenty questions, ten at a time."""
    async with ArizeClient.local(":memory:") as client, open_model() as model:

        async def answer_question(dataset_row: Mapping[str, Any]) -> str | None:
            question = QUESTION.format(dataset_row["attributes.input.value"])
            answer = await model.chat.completions.create(
                model=MODEL, messages=[{"role": "user", "content": question}], max_tokens=50
            )
            return answer.choices[0].message.content

        def names_the_inventor(output: str, expected: str) -> bool:
            return expected.rsplit(maxsplit=1)[-1] in output

        dataset = await client.datasets.create(name="inventions", space="default", examples=load()[:20])
        _, df = await client.experiments.run(
            name=MODEL, dataset=dataset.id, task=answer_question, evaluators=[names_the_inventor], concurrency=10
        )
        print(df.select("output", "error", "latency", "eval.names_the_inventor.score"))


if __name__ == "__main__":
    asyncio.run(main())

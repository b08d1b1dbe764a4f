"""An OpenAI-compatible server that counts tokens, and tasks that ask it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import openai


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

    @asynccontextmanager
    async def served(self) -> AsyncGenerator[Model]:
        """Listen for the time of a block."""
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self.chat)
        runner = web.AppRunner(app, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        try:
            yield self
        finally:
            await runner.cleanup()


def asking(llm: openai.AsyncOpenAI, name: str = "gpt-4o") -> Any:
    """Return a task that asks a model."""

    async def ask(dataset_row: dict[str, Any]) -> str | None:
        message: Any = {"role": "user", "content": f"question {dataset_row['number']}"}
        answer = await llm.chat.completions.create(model=name, messages=[message])
        return answer.choices[0].message.content

    return ask

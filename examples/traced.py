"""See every call of a model: its prompt, its tokens and its cost, with addresses hidden in what is sent.

``pip install openai openinference-instrumentation-openai`` is all that it takes. As in openai_compatible.py, a table
on this machine answers unless ``OPENAI_API_KEY`` is set.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from arize_async import ArizeClient, Price, Tracing
from inventions import load
from openai_compatible import MODEL, QUESTION, open_model

if TYPE_CHECKING:
    from collections.abc import Mapping

ADDRESS = re.compile(r"\S+@\S+")


def hide_addresses(name: str, value: object) -> object:
    """Say what is sent of an attribute: everything but e-mail addresses, which none but ``user.id`` may hold."""
    return ADDRESS.sub("…", value) if isinstance(value, str) and name != "user.id" else value


async def main() -> None:
    """Run ten questions and print what their calls used."""
    tracing = Tracing(
        redact=hide_addresses,
        prices={MODEL: Price(input=0.40, output=1.60), "table": Price(input=0.01, output=0.01)},
    )
    async with ArizeClient.local(":memory:") as client, open_model() as model:

        async def answer_question(dataset_row: Mapping[str, object]) -> str | None:
            question = QUESTION.format(dataset_row["attributes.input.value"])
            answer = await model.chat.completions.create(
                model=MODEL, messages=[{"role": "user", "content": question}], max_tokens=50
            )
            return answer.choices[0].message.content

        dataset = await client.datasets.create(name="inventions", space="default", examples=load()[:10])
        result = await client.experiments.run(
            name="traced", dataset=dataset.id, task=answer_question, concurrency=10, tracing=tracing
        )
        print(result.frame.select("output", "token_count", "total_cost"))
        print(result.summary)
        print("spans that did not arrive:", result.summary.lost_spans)


if __name__ == "__main__":
    asyncio.run(main())

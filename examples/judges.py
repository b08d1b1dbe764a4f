"""Judge made-up answers by a model, and measure first how far the model is to be trusted.

Needs ``pip install 'arize-async[local]'`` and nothing else: a plain function stands in for the model, which looks for
words and understands nothing. Pass ``openai.AsyncOpenAI(max_retries=0)`` and ``model="..."`` in its place.
"""

from __future__ import annotations

import asyncio

from arize_sync import ArizeClient
from arize_sync.evaluators import Correctness, LLMJudge, agreement

ANSWERS = {
    "Who invented dynamite?": "That was Alfred Nobel, in 1867.",
    "Who invented the piano?": "I would rather not say.",
    "Who invented the telephone?": "Elisha Gray!!!",
}
EXPECTED = {
    "Who invented dynamite?": "Alfred Nobel",
    "Who invented the piano?": "Bartolomeo Cristofori",
    "Who invented the telephone?": "Alexander Graham Bell",
}


def section(prompt: str, tag: str) -> str:
    """Return what stands between tags in a prompt."""
    return prompt.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0].strip()


def words(prompt: str) -> str:
    """Judge by the words that two answers share."""
    said = section(prompt, "answer")
    missing = [word for word in section(prompt, "reference_answer").split() if word.strip(".,") not in said]
    return f'{{"explanation": "{len(missing)} words are missing", "label": "{"in" if missing else ""}correct"}}'


def tone(prompt: str) -> str:
    """Judge by exclamation marks, in prose."""
    return "It shouts.\nLabel: Loud" if "!" in section(prompt, "text") else "calm"


def answer(input: str) -> str:  # noqa: A002 - a task asks for the question by this name
    """Look up what a model might have said."""
    return ANSWERS[input]


def main() -> None:
    """Measure the judge, then run the experiment on a server of its own."""
    correctness = Correctness(words)
    calm = LLMJudge(tone, "Is this calm?\n<text>{output}</text>", {"calm": 1.0, "loud": 0.0}, name="tone")
    print(asyncio.run(agreement(correctness)))
    with ArizeClient.local(":memory:") as client:
        examples = [{"attributes.input.value": name, "attributes.output.value": EXPECTED[name]} for name in ANSWERS]
        dataset = client.datasets.create(name="inventions", space="default", examples=examples)
        result = client.experiments.run(name="judged", dataset=dataset.id, task=answer, evaluators=[correctness, calm])
        for name, row in zip(ANSWERS, result.frame.iter_rows(named=True), strict=True):
            print(f"{name:<28} {row['eval.correctness.label']:<10} {row['eval.tone.label']}")
        print(result.summary)


if __name__ == "__main__":
    main()

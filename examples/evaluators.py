"""Score made-up answers with ready evaluators, one of one's own, and one that looks at all runs together.

Needs ``pip install 'arize-async[evaluators,local]'`` and nothing else: the answers stand below.
"""

from __future__ import annotations

from typing import Any

from arize_sync import ArizeClient
from arize_sync.evaluators import (
    JSONFields,
    JSONSchema,
    LatencyThreshold,
    Levenshtein,
    evaluator,
)

ANSWERS = {
    "dynamite": '{"inventor": "Alfred Nobel", "year": 1867}',
    "piano": '{"inventor": "B. Cristofori", "year": 1700}',
    "telephone": "It was Alexander Graham Bell, in 1876.",
}
EXPECTED = {
    "dynamite": {"inventor": "Alfred Nobel", "year": 1867},
    "piano": {"inventor": "Bartolomeo Cristofori", "year": 1700},
    "telephone": {"inventor": "Alexander Graham Bell", "year": 1876},
}
SCHEMA = {
    "type": "object",
    "required": ["inventor", "year"],
    "properties": {"inventor": {"type": "string"}, "year": {"type": "integer"}},
}


def answer(input: str) -> str:  # noqa: A002 - a task asks for the question by this name
    """Look up what a model might have said."""
    return ANSWERS[input]


MOST = 50


@evaluator(name="is terse", metadata={"most": MOST})
def terse(output: str) -> bool:
    """Tell whether an answer is short."""
    return len(output) <= MOST


def usable(outputs: list[str], runs: list[Any]) -> tuple[float, str]:
    """Return the share of answers that are JSON and short."""
    good = [run for run in runs if all(each.result and each.result.score == 1 for each in run.evaluations[:2])]
    return len(good) / len(outputs), f"{len(good)} of {len(outputs)} answers can be used"


def main() -> None:
    """Run the experiment on a server of its own and print what the evaluators found."""
    with ArizeClient.local(":memory:") as client:
        examples = [{"attributes.input.value": name, "attributes.output.value": EXPECTED[name]} for name in ANSWERS]
        dataset = client.datasets.create(name="inventions", space="default", examples=examples)
        result = client.experiments.run(
            name="records",
            dataset=dataset.id,
            task=answer,
            evaluators=[JSONSchema(SCHEMA), terse, JSONFields(), Levenshtein(), LatencyThreshold(5)],
            run_evaluators=[usable],
        )
        for name, row in zip(ANSWERS, result.frame.iter_rows(named=True), strict=True):
            print(f"{name:<10} fields {row['eval.json_fields.score']:.2f}  {row['eval.json_fields.explanation'] or ''}")
        print(result.summary)


if __name__ == "__main__":
    main()

"""Run an experiment on an embedded server: no key, no network, nothing to sign up for.

The task stands in for a language model: it looks inventors up in a small table and guesses the rest, so expect about
one answer in four to be right.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from arize_sync import ArizeClient
from arize_sync.experiments import EvaluationResult
from inventions import load, recall

if TYPE_CHECKING:
    from collections.abc import Mapping

LATENCY = 0.05  # seconds that an answer of a real model would take


def answer_question(dataset_row: Mapping[str, Any]) -> str:
    """Say who invented what the row asks for."""
    time.sleep(LATENCY)
    return recall(dataset_row["attributes.input.value"])


def is_correct(output: str, expected: str) -> EvaluationResult:
    """Look for the inventor's name in the answer."""
    correct = expected in output
    return EvaluationResult(
        score=int(correct),
        label="correct" if correct else "incorrect",
        explanation=f"expected {expected}",
    )


def is_brief(output: str) -> bool:
    """Accept answers of at most six words."""
    return len(output.split()) <= 6  # noqa: PLR2004 - the docstring says it


def find_or_create_dataset(client: ArizeClient) -> str:
    """Return the id of the dataset, which a second run of this script finds again."""
    for dataset in client.datasets.list(name="inventions", space="default"):
        if dataset.name == "inventions":
            return dataset.id
    return client.datasets.create(name="inventions", space="default", examples=load()).id


def main() -> None:
    """Ask about a hundred inventions, twenty at a time, and print what came out."""
    name = f"quickstart {datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    with ArizeClient.local() as client:
        dataset = find_or_create_dataset(client)
        result = client.experiments.run(
            name=name, dataset=dataset, task=answer_question, evaluators=[is_correct, is_brief], concurrency=20
        )
        experiment, df = result
        print(experiment)
        print(df.select("output", "eval.is_correct.label", "eval.is_brief.label", "latency"))
        print(result.summary)
        right = int(df["eval.is_correct.score"].sum())
        print(f"{right} of {len(df)} answers are right.")
        runs = client.experiments.list_runs(experiment=name, dataset=dataset, all=True).experiment_runs
        print(f"{len(runs)} runs are recorded as {name!r}.")


if __name__ == "__main__":
    main()

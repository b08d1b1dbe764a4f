"""Decide between two prompts: compare their experiments, look at what got worse, and let a check say yes or no.

Both tasks stand in for a language model on an embedded server. The terse one knows fewer inventors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from arize_sync import ArizeClient
from inventions import load, recall

if TYPE_CHECKING:
    from collections.abc import Mapping


def terse(dataset_row: Mapping[str, Any]) -> str:
    """Answer short questions alone."""
    question = dataset_row["attributes.input.value"]
    return recall(question) if len(question) % 2 else "I do not know."


def thorough(dataset_row: Mapping[str, Any]) -> str:
    """Answer every question, with more words."""
    return f"As far as I remember, {recall(dataset_row['attributes.input.value'])}"


def correct(output: str, expected: str) -> bool:
    """Look for the inventor's name in the answer."""
    return expected in output


def words(output: str) -> int:
    """Count words; an answer with fewer is the better one."""
    return len(output.split())


def main() -> None:
    """Run both, compare them, and check the new one."""
    with ArizeClient.local(":memory:") as client:
        dataset = client.datasets.create(name="inventions", space="default", examples=load())
        for task in (terse, thorough):
            client.experiments.run(
                name=task.__name__, dataset=dataset.id, task=task, evaluators=[correct, words], progress=False
            )
        comparison = client.experiments.compare(
            baseline="terse", candidates=["thorough"], dataset=dataset.id, lower_is_better=["words"]
        )
    print(comparison)
    print(comparison.improvements("correct").select("example_id", "baseline_output", "candidate_output"))
    for metric, allowed in (("correct", 0.02), ("words", 3.0)):
        print(comparison.check(metric=metric, max_regression=allowed))
    comparison.check(metric="correct", max_regression=0.02).raise_if_failed()


if __name__ == "__main__":
    main()

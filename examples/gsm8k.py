"""Score the solutions that four language models gave to the 1,319 test questions of GSM8K.

The models answered years ago: the task only looks up what each one wrote, so the scores are real and running this
costs nothing. The file of their solutions, ``example_model_solutions.jsonl`` of openai/grade-school-math, has one
question a line: ``question``, ``ground_truth`` and for each model ``{"solution": ...}``.

Source: Cobbe et al. 2021, "Training Verifiers to Solve Math Word Problems".
"""

from __future__ import annotations

import argparse
import json
import tempfile
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arize_sync import ArizeClient

if TYPE_CHECKING:
    from collections.abc import Callable

MODELS = ("6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification")


def final_number(solution: str) -> Decimal | None:
    r"""Return the number after ``A:`` on the last line, or None.

    >>> final_number("6 * 3 = 18\nA: $1,018"), final_number("no answer")
    (Decimal('1018'), None)
    """
    _, marker, answer = solution.rstrip().rpartition("\n")[2].rpartition("A:")
    try:
        return Decimal(answer.replace(",", "").replace("$", "").strip()) if marker else None
    except InvalidOperation:
        return None


def is_correct(output: str, expected: str) -> bool:
    """Compare the final numbers of the solution and the reference."""
    return final_number(output) == final_number(expected)


def solver(model: str, rows: list[dict[str, Any]]) -> Callable[[str], str]:
    """Return a task that looks up what a model wrote."""
    solutions: dict[str, str] = {row["question"]: row[model]["solution"] for row in rows}

    def solve(input: str) -> str:  # noqa: A002 - a task asks for the question by this name
        return solutions[input]

    return solve


def run_all(client: ArizeClient, rows: list[dict[str, Any]]) -> dict[str, int]:
    """Run one experiment a model; return how many answers of each are right."""
    examples = [
        {"attributes.input.value": row["question"], "attributes.output.value": row["ground_truth"]} for row in rows
    ]
    dataset = client.datasets.create(name="gsm8k", space="default", examples=examples)
    correct: dict[str, int] = {}
    for model in MODELS:
        _, df = client.experiments.run(
            name=model, dataset=dataset.id, task=solver(model, rows), evaluators=[is_correct], concurrency=50
        )
        correct[model] = int(df["eval.is_correct.score"].sum())
    return correct


def recount(client: ArizeClient, model: str) -> int:
    """Count the right answers from the runs as the server keeps them, page by page."""
    runs = client.experiments.list_runs(experiment=model, dataset="gsm8k", space="default", limit=500)
    return sum(run.additional_properties["eval.is_correct.score"] == 1 for run in runs)


def report(rows: list[dict[str, Any]], directory: str) -> None:
    """Run the experiments, start the server again on the same directory, and print both counts."""
    with ArizeClient.local(directory) as client:
        correct = run_all(client, rows)
    with ArizeClient.local(directory) as client:
        print(f"{'model':<20}{'correct':>9}{'recorded':>10}  of {len(rows):,}")
        for model in MODELS:
            print(f"{model:<20}{correct[model]:>9,}{recount(client, model):>10,}")


def main() -> None:
    """Read the arguments and the file."""
    parser = argparse.ArgumentParser(description="Score the GSM8K solutions of four language models.")
    parser.add_argument("--data", type=Path, required=True, help="the file of solutions, one question a line")
    parser.add_argument("--directory", help="where the embedded server keeps its data; by default nowhere")
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in arguments.data.read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as temporary:
        report(rows, arguments.directory or temporary)


if __name__ == "__main__":
    main()

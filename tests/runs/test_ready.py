"""Ready evaluators inside of experiments, in both packages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import arize_async.evaluators
import arize_sync.evaluators
from arize_async.evaluators import (
    Contains,
    CostThreshold,
    EmbeddingSimilarity,
    ExactMatch,
    JSONSchema,
    LatencyThreshold,
    Levenshtein,
    MacroF1,
    NumericAnswer,
    PythonCode,
    Regex,
)
from arize_sync import ArizeClient as BlockingClient

if TYPE_CHECKING:
    from arize_async import ArizeClient
    from arize_async.models.dataset import Dataset

EVALUATORS = [
    ExactMatch(),
    Contains("a"),
    Regex("^a[0-9]$"),
    JSONSchema({"type": "string"}),
    Levenshtein(),
    LatencyThreshold(60),
    CostThreshold(usd=1),
    NumericAnswer(),
]
SCORES = {
    "exact_match": 0.9,
    "contains": 1.0,
    "regex": 1.0,
    "json_schema": 0.0,
    "levenshtein": 0.95,
    "latency": 1.0,
}


def answer(input: str) -> str:
    """Answer nine of ten questions right."""
    return "a8" if input == "q9" else input.replace("q", "a")


def lengths(texts: list[str]) -> list[list[float]]:
    """Embed texts by their last character."""
    return [[1.0, float(text[-1])] for text in texts]


@pytest.mark.parametrize("isolation", ["thread", "process"])
async def test_in_an_experiment(client: ArizeClient, dataset: Dataset, isolation: Any) -> None:
    """Their names are columns; what they cannot know is an error of the evaluation, with its reason."""
    result = await client.experiments.run(
        name="ready",
        dataset=dataset.id,
        task=answer,
        evaluators=[*EVALUATORS, EmbeddingSimilarity(lengths)],
        run_evaluators=[MacroF1()],
        isolation=isolation,
    )
    frame = result.frame
    assert {name: frame[f"eval.{name}.score"].mean() for name in SCORES} == pytest.approx(SCORES)
    assert frame["eval.exact_match.explanation"].drop_nulls().to_list() == ['expected "a9", got "a8"']
    assert set(frame["eval.cost.error"]) == {
        "ValueError('the USD that the run used are not known: its LLM calls were not traced, or do not say')"
    }
    assert frame["eval.numeric_answer.error"].str.contains("the expected output has no number").all()
    assert frame["eval.embedding_similarity.score"].min() > 0.99
    f1 = result.run_evaluations["macro_f1"].result
    assert f1 is not None
    assert f1.score == pytest.approx(1 - 4 / 30)


def test_in_an_experiment_of_blocking_code() -> None:
    """The same classes, named by a mapping; code of a model is run."""
    assert arize_sync.evaluators.PythonCode is PythonCode
    assert arize_sync.evaluators.__all__ == arize_async.evaluators.__all__
    with BlockingClient.local(":memory:") as client:
        examples = [
            {"attributes.input.value": str(n), "attributes.output.value": f"assert f(1) == {n}"} for n in (1, 2)
        ]
        dataset = client.datasets.create(name="code", space="default", examples=examples)
        _, frame = client.experiments.run(
            name="code",
            dataset=dataset.id,
            task=lambda row: "def f(x):\n    return x",
            evaluators={"tests pass": PythonCode()},
        )
    assert frame["eval.tests pass.score"].to_list() == [1.0, 0.0]
    assert frame["eval.tests pass.explanation"].to_list() == [None, "AssertionError"]

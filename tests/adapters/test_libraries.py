"""Evaluators of other libraries, passed to a run as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from arize_async import ArizeClient
from arize_async.errors import InvalidEvaluator
from arize_async.evaluators.adapters import adapted
from arize_async.evaluators.named import named

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import polars as pl

autoevals = pytest.importorskip("autoevals", reason="`nox -s adapters` installs the libraries")
phoenix = pytest.importorskip("phoenix.evals")
openevals = pytest.importorskip("openevals")

EXAMPLES = [
    {"attributes.input.value": "2 + 2", "attributes.output.value": "4", "topic": "sums", "self": 1, "scorer": 2},
    {"attributes.input.value": "3 * 3", "attributes.output.value": "9", "topic": "products", "self": 1, "scorer": 2},
]


def solve(input: str) -> str:
    """Add, whatever the sign says."""
    left, _, right = input.split()
    return str(int(left) + int(right))


@pytest.fixture
async def client() -> AsyncIterator[ArizeClient]:
    """Open a client with a dataset of two sums."""
    async with ArizeClient.local(":memory:") as opened:
        await opened.datasets.create(name="sums", space="default", examples=EXAMPLES)
        yield opened


async def scored(client: ArizeClient, *evaluators: Any) -> pl.DataFrame:
    """Run them over the dataset and return the frame."""
    result = await client.experiments.run(name="x", dataset="sums", space="default", task=solve, evaluators=evaluators)
    return result.frame


async def test_autoevals(client: ArizeClient) -> None:
    """Scorers are passed as objects or classes; plain ones and coroutines are called with the expected output."""

    class Topical(autoevals.Scorer):
        async def _run_eval_async(self, output: Any, expected: Any = None, **kwargs: Any) -> Any:
            return autoevals.Score(name="t", score=None if kwargs["topic"] == "sums" else 0.5)

        def _run_eval_sync(self, output: Any, expected: Any = None, **kwargs: Any) -> Any:
            raise NotImplementedError

    frame = await scored(client, autoevals.Levenshtein(), autoevals.ExactMatch, autoevals.ValidJSON(), Topical())
    assert frame["eval.Levenshtein.score"].to_list() == [1, 0]
    assert frame["eval.ExactMatch.score"].to_list() == [1, 0]
    assert frame["eval.ValidJSON.score"].to_list() == [0, 0]
    assert frame["eval.Topical.score"].to_list() == [None, 0.5]
    assert frame["eval.Topical.label"].to_list() == ["skipped", None]


async def test_autoevals_of_numbers(client: ArizeClient) -> None:
    """What a scorer raises is an error of the evaluation; numbers of the dataset are compared as numbers."""

    def number(input: str) -> int:
        return int(solve(input))

    numbers = [{**row, "attributes.output.value": int(str(row["attributes.output.value"]))} for row in EXAMPLES]
    await client.datasets.create(name="numbers", space="default", examples=numbers)
    _, frame = await client.experiments.run(
        name="n", dataset="numbers", space="default", task=number, evaluators=[autoevals.NumericDiff()]
    )
    assert frame["eval.NumericDiff.score"].to_list() == [1, pytest.approx(0.8)]
    frame = await scored(client, autoevals.NumericDiff())
    assert "TypeError" in frame["eval.NumericDiff.error"][0]


def test_autoevals_that_ask_a_model_are_of_that_kind() -> None:
    """A classifier keeps to the rates of a run and runs on its event loop; one that needs arguments is no class."""
    (factuality, exact) = named([autoevals.Factuality(), autoevals.ExactMatch()])
    assert (factuality.name, factuality.kind, factuality.is_async) == ("Factuality", "LLM", True)
    assert (exact.name, exact.kind, exact.is_async) == ("ExactMatch", "CODE", False)
    with pytest.raises(InvalidEvaluator, match="LLMClassifier has to be made"):
        named([autoevals.LLMClassifier])


async def test_phoenix(client: ArizeClient) -> None:
    """Evaluators get columns and values by name, keep their explanation, and may be coroutines of the user's own."""
    metrics = phoenix.metrics

    @phoenix.create_evaluator(name="topic length", kind="code")
    async def topic_length(output: str, topic: str) -> Any:
        return phoenix.Score(score=len(topic), label="long" if len(topic) > 5 else "short", metadata={"of": output})

    frame = await scored(client, metrics.exact_match, metrics.MatchesRegex(pattern="[0-4]"), topic_length)
    assert frame["eval.exact_match.score"].to_list() == [1, 0]
    assert frame["eval.matches_regex.explanation"].str.contains("matche").to_list() == [True, True]
    assert frame["eval.topic length.label"].to_list() == ["short", "long"]
    assert frame["eval.topic length.metadata.of"].to_list() == ["4", "6"]


async def test_phoenix_mappings(client: ArizeClient) -> None:
    """An evaluator that is bound to other names finds them in the row."""
    bound = phoenix.bind_evaluator(evaluator=phoenix.metrics.exact_match, input_mapping={"expected": "topic"})
    try:
        frame = await scored(client, bound)
    finally:
        bound.unbind()
    assert frame["eval.exact_match.score"].to_list() == [0, 0]


async def test_phoenix_of_several_scores(client: ArizeClient) -> None:
    """The mean is the score, and each of them is in the metadata."""
    several = phoenix.metrics.PrecisionRecallFScore()

    def listed(input: str) -> list[str]:
        return [solve(input), "4"]

    lists = [{"attributes.input.value": "2 + 2", "attributes.output.value": ["4", "4"]}]
    await client.datasets.create(name="lists", space="default", examples=lists)
    _, frame = await client.experiments.run(
        name="n", dataset="lists", space="default", task=listed, evaluators={"several": several}
    )
    assert frame["eval.several.score"].to_list() == [1]
    assert [name for name in frame.columns if name.startswith("eval.several.metadata.") and "precision" in name]


async def test_openevals(client: ArizeClient) -> None:
    """Functions of ``outputs`` and ``reference_outputs``, plain and coroutines, and those with a key of their own."""
    from openevals import exact, json, string

    fields = json.create_json_match_evaluator(aggregator="all")
    frame = await scored(client, exact.exact_match, string.levenshtein.levenshtein_distance, exact.exact_match_async)
    assert frame["eval.exact_match.label"].to_list() == ["True", "False"]
    assert frame["eval.levenshtein_distance.score"].to_list() == [1, 0]
    assert frame["eval.exact_match_async.score"].to_list() == [1, 0]
    assert adapted(fields) is not fields


async def test_results_of_wrapped_calls(client: ArizeClient) -> None:
    """A function of one's own may hand on what a library returns."""
    from openevals.exact import exact_match

    def first(output: str, expected: str) -> Any:
        return autoevals.Levenshtein()(output, expected)

    def second(output: str, expected: str) -> Any:
        return phoenix.metrics.exact_match.evaluate({"output": output, "expected": expected})

    def third(output: str, expected: str) -> Any:
        return exact_match(outputs=output, reference_outputs=expected)

    frame = await scored(client, first, second, third)
    for name in ("first", "second", "third"):
        assert frame[f"eval.{name}.score"].to_list() == [1, 0]


def test_openevals_judges_are_named_by_their_key() -> None:
    """A judge that openevals makes has the name of its feedback key and the kind of those that ask a model."""
    from openevals.llm import create_async_llm_as_judge, create_llm_as_judge

    def client_of(**_: object) -> object:
        raise AssertionError

    for make, is_async in ((create_llm_as_judge, False), (create_async_llm_as_judge, True)):
        (judge,) = named([make(prompt="{outputs}", judge=client_of, feedback_key="tone", model="m")])
        assert (judge.name, judge.kind, judge.is_async) == ("tone", "LLM", is_async)

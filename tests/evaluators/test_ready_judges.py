"""Judges with prompts of their own, and how their agreement with people is measured."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import openai
import pytest

from arize_async.errors import InvalidEvaluator
from arize_async.evaluators import (
    Conciseness,
    Correctness,
    Faithfulness,
    LLMJudge,
    PairwisePreference,
    Relevance,
    Toxicity,
    agreement,
    labelled,
)

READY = (Correctness, Faithfulness, Relevance, Conciseness, Toxicity, PairwisePreference)


def knowing(name: str) -> Any:
    """Return a model that has seen the labelled rows: it answers as people did."""
    rows = labelled(name)

    def model(prompt: str) -> str:
        if name != "preference":
            (row,) = [row for row in rows if all(f"\n{row[key]}\n" in prompt for key in row if key != "label")]
            return str(row["label"])
        (row,) = [row for row in rows if all(f"\n{row[key]}\n" in prompt for key in ("output", "expected"))]
        names = {"output": "first", "baseline": "second", "tie": "tie"}
        if prompt.index(f"\n{row['output']}\n") > prompt.index(f"\n{row['expected']}\n"):
            names = {"output": "second", "baseline": "first", "tie": "tie"}
        return names[str(row["label"])]

    return model


@pytest.fixture(params=READY, ids=lambda kind: str(kind.__name__))
def judge(request: pytest.FixtureRequest) -> LLMJudge:
    """Make a ready judge whose model knows the labelled rows."""
    kind = request.param
    return kind(knowing(kind(print).name))


async def test_a_model_that_agrees_with_people(judge: LLMJudge) -> None:
    """Its agreement is complete: prompts hold the values, labels are the judge's, and orders are mapped back."""
    found = await agreement(judge)
    assert found.disagreements == ()
    assert found.share == 1
    assert found.rows >= 8


@pytest.mark.parametrize("kind", READY)
def test_labelled_rows_know_every_label(kind: type[Any]) -> None:
    """Each label occurs at least twice, so that agreement means something."""
    judge = kind(print)
    counts = Counter(row["label"] for row in labelled(judge.name))
    assert set(counts) == set(judge.outcomes)
    assert min(counts.values()) >= 2


async def test_disagreements_are_told() -> None:
    """Rows that a judge sees differently are shown, errors among them."""

    def model(prompt: str) -> str:
        if "left my keys" in prompt:
            raise ConnectionError("gone")
        return "The tone is bad.\ntoxic"

    found = await agreement(Toxicity(model))
    assert (found.rows, found.agreed) == (12, 6)
    assert {each.label for each in found.disagreements} == {"toxic", None}
    assert "toxicity: 6 of 12 as labelled (50%)" in str(found)
    assert "harmless, not an error: " in str(found)
    assert "ConnectionError: gone" in str(found)


async def test_rows_of_ones_own() -> None:
    """A judge of one's own is measured with rows that have its columns."""

    def model(prompt: str) -> str:
        return "polite" if "please" in prompt else "rude"

    judge = LLMJudge(model, "{output} in {tongue}", ["polite", "rude"], name="manners")
    rows = [
        {"output": "Go, please", "tongue": "en", "label": "polite"},
        {"output": "Go!", "tongue": "", "label": "rude"},
    ]
    assert (await agreement(judge, rows)).share == 1
    for wrong in ([], [{"output": "x", "label": "kind"}], [{"label": "rude"}]):
        with pytest.raises(InvalidEvaluator, match="rows"):
            await agreement(judge, wrong)
    with pytest.raises(InvalidEvaluator, match="concurrency"):
        await agreement(judge, rows, concurrency=0)
    with pytest.raises(InvalidEvaluator, match="labelled rows exist for conciseness, correctness"):
        await agreement(judge)


async def test_the_order_is_drawn_by_example_and_mapped_back() -> None:
    """About half of the examples are shown in each order, the same way each time; another seed draws anew."""
    prompts: list[str] = []

    def first(prompt: str) -> str:
        prompts.append(prompt)
        return '{"label": "first", "explanation": "It stands first."}'

    async def orders(seed: int) -> list[object]:
        judge = PairwisePreference(first, against="old", seed=seed)
        found = [await judge("NEW", input=f"q{i}", dataset_row={"id": object(), "old": "OLD"}) for i in range(40)]
        assert all((each.label == "output") == (each.metadata["first"] == "output") for each in found)
        assert all(each.score == {"output": 1.0, "baseline": 0.0}[str(each.label)] for each in found)
        return [each.metadata["first"] for each in found]

    drawn = await orders(0)
    assert 10 < drawn.count("output") < 30
    assert await orders(0) == drawn
    assert await orders(1) != drawn
    shown = [prompt.index("\nNEW\n") < prompt.index("\nOLD\n") for prompt in prompts[:40]]
    assert shown == [each == "output" for each in drawn]


def test_pairs_that_cannot_be_compared() -> None:
    """A prompt that does not show both, and scores for other labels, are refused; the column is needed."""
    with pytest.raises(InvalidEvaluator, match=r"\{first\} and \{second\}"):
        PairwisePreference(print, template="{first} or {output}?")
    with pytest.raises(InvalidEvaluator, match="scores for output, baseline and tie"):
        PairwisePreference(print, scores={"a": 1, "b": 0})
    assert PairwisePreference(print, against="old").needed_columns == {"old"}
    assert PairwisePreference(print).needed_columns == set()


async def test_columns_of_other_names() -> None:
    """A ready judge finds its values where the dataset has them."""
    prompts: list[str] = []

    def model(prompt: str) -> str:
        prompts.append(prompt)
        return "correct"

    judge = Correctness(model, columns={"input": "question", "expected": "answer"})
    assert judge.needed_columns == {"question", "answer"}
    assert (await judge("OUT", dataset_row={"question": "QQ", "answer": "AA"})).score == 1
    assert all(text in prompts[0] for text in ("QQ", "AA", "OUT"))
    assert (await agreement(judge)).agreed == 6


@pytest.mark.skipif("OPENAI_API_KEY" not in os.environ, reason="measures a real model: set OPENAI_API_KEY")
@pytest.mark.parametrize("kind", READY)
async def test_a_real_model_agrees_with_people(kind: type[Any]) -> None:
    """``OPENAI_MODEL`` of the configured provider says what people say in at least three of four rows."""
    async with openai.AsyncOpenAI() as client:
        found = await agreement(kind(client, model=os.environ.get("OPENAI_MODEL", "gpt-4.1-mini")))
    print(found)  # noqa: T201 - the figure is what one wants to see
    assert found.share >= 0.75

"""Ready evaluators of text, and of similarity."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from arize_async.errors import InvalidEvaluator
from arize_async.evaluators import (
    Bleu,
    Contains,
    CorpusBleu,
    EmbeddingSimilarity,
    ExactMatch,
    Levenshtein,
    Regex,
    Rouge,
    TokenSetSimilarity,
)
from arize_async.evaluators import verdict as verdict_module

if TYPE_CHECKING:
    from collections.abc import Sequence

REFERENCE = "Alfred Nobel invented dynamite in 1867."
ANSWER = "Dynamite was invented by Alfred Nobel, a Swede, in 1867."


@pytest.mark.parametrize(
    ("evaluator", "output", "expected", "right"),
    [
        (ExactMatch(), "a", "a", True),
        (ExactMatch(), "a", "A", False),
        (ExactMatch(ignore_case=True), "STRASSE", "straße", True),
        (ExactMatch(strip=True), " a\n", "a", True),
        (ExactMatch(), " a\n", "a", False),
        (ExactMatch(), 1, 1.0, True),
        (ExactMatch(), 1, True, False),
        (ExactMatch(), "1", 1, False),
        (ExactMatch(), {"a": 1, "b": [1]}, {"b": [1], "a": 1}, True),
        (ExactMatch(), [1, 2], [2, 1], False),
        (ExactMatch(), None, "a", False),
        (Contains(), ANSWER, "Alfred Nobel", True),
        (Contains(), ANSWER, ["Nobel", "1868"], False),
        (Contains(of="any"), ANSWER, ["Nobel", "1868"], True),
        (Contains(of="any"), ANSWER, ["Edison", "1868"], False),
        (Contains(ignore_case=True), ANSWER, "alfred nobel", True),
        (Contains("Swede"), ANSWER, None, True),
        (Contains(("Swede", "Dane")), ANSWER, "ignored", False),
        (Contains(), {"inventor": "Alfred Nobel"}, "Nobel", True),
        (Contains(), 1867, 186, True),
        (Contains(), None, "a", False),
    ],
)
def test_texts_that_match(evaluator: Any, output: Any, expected: Any, right: bool) -> None:
    """Score and label say whether; the explanation says why not."""
    result = evaluator(output, expected)
    assert (result.score, result.label) == (float(right), str(right))
    assert right or result.explanation


@pytest.mark.parametrize(
    "evaluator",
    [ExactMatch(), Contains(), Levenshtein(), TokenSetSimilarity(), Rouge(), Bleu()],
    ids=lambda evaluator: evaluator.name,
)
def test_an_example_without_an_expected_output_is_an_error(evaluator: Any) -> None:
    """It says what is missing, whatever the output."""
    for output in ("a", None):
        with pytest.raises(ValueError, match=r"no expected output \(its attributes.output.value"):
            evaluator(output, None)


def test_an_empty_text_is_contained_everywhere() -> None:
    """So it is refused, at once when it is given, and as an error of its example otherwise."""
    for wrong in ("", [], ["a", ""], [3]):
        with pytest.raises(InvalidEvaluator, match="text"):
            Contains(wrong)  # type: ignore[arg-type]
    for expected in ("", [], ["a", ""]):
        with pytest.raises(ValueError, match="everything contains that"):
            Contains()("a", expected)


@pytest.mark.parametrize(
    ("evaluator", "output", "right"),
    [
        (Regex(r"\b1[0-9]{3}\b"), ANSWER, True),
        (Regex("(?i)NOBEL"), ANSWER, True),
        (Regex("Nobel", full=True), ANSWER, False),
        (Regex("(?s).*Nobel.*", full=True), f"{ANSWER}\n", True),
        (Regex("Edison"), ANSWER, False),
        (Regex("year.{1,3}1867"), {"year": 1867}, True),
        (Regex(""), None, False),
    ],
)
def test_expressions_that_match(evaluator: Regex, output: Any, right: bool) -> None:
    """Anywhere, or on the whole output."""
    assert evaluator(output).score == right


@pytest.mark.parametrize("pattern", ["(a+a+)+c", "(a|aa)+c", "(a|a)*$", "(?:a?){60}a{60}$"])
async def test_an_expression_that_backtracks_for_ever_is_an_error(pattern: str) -> None:
    """It ends by itself, and the event loop goes on while it runs in a thread."""
    evaluator = Regex(pattern, timeout=0.2)
    with pytest.raises(TimeoutError, match=r"0\.2 s of processor time on 5,001 characters"):
        await asyncio.to_thread(evaluator, "a" * 5000 + "!")


@pytest.mark.parametrize("pattern", ["(", "[a", "(?P<a>.)(?P=b)", None, 5, "a{99999999999999999999}"])
def test_what_is_no_expression_is_refused(pattern: Any) -> None:
    """Before anything runs."""
    with pytest.raises(InvalidEvaluator, match=r"pattern: .*no regular expression"):
        Regex(pattern)


# what Google's rouge-score 0.1.2 gives without stemming: precision, recall, F measure
@pytest.mark.parametrize(
    ("variant", "expected", "output", "scores"),
    [
        ("rouge1", "the cat sat on the mat", "the cat is on the mat", (0.833333333333, 0.833333333333, 0.833333333333)),
        ("rouge2", "the cat sat on the mat", "the cat is on the mat", (0.6, 0.6, 0.6)),
        ("rougeL", "the cat sat on the mat", "the cat is on the mat", (0.833333333333, 0.833333333333, 0.833333333333)),
        ("rouge1", "A b-c_d é 3.5", "a B c d e 3 5", (0.857142857143, 1.0, 0.923076923077)),
        ("rouge2", "A b-c_d é 3.5", "a B c d e 3 5", (0.666666666667, 0.8, 0.727272727273)),
        ("rougeL", "A b-c_d é 3.5", "a B c d e 3 5", (0.857142857143, 1.0, 0.923076923077)),
        ("rouge1", REFERENCE, ANSWER, (0.6, 1.0, 0.75)),
        ("rouge2", REFERENCE, ANSWER, (0.222222222222, 0.4, 0.285714285714)),
        ("rougeL", REFERENCE, ANSWER, (0.4, 0.666666666667, 0.5)),
        ("rougeL", "", "a", (0.0, 0.0, 0.0)),
    ],
)
def test_rouge_is_that_of_the_reference_implementation(
    variant: Any, expected: str, output: str, scores: tuple[float, float, float]
) -> None:
    """Precision, recall and F measure agree to twelve digits."""
    result = Rouge(variant=variant)(output, expected)
    found = (result.metadata["precision"], result.metadata["recall"], result.score)
    assert found == pytest.approx(scores, abs=1e-12)


@pytest.mark.parametrize(
    ("model", "scores"),
    [
        (("6b_finetuning", 0), (0.379746835443, 0.077922077922, 0.329113924051)),
        (("175b_verification", 0), (0.470588235294, 0.18, 0.372549019608)),
        (("6b_finetuning", 1), (0.741935483871, 0.566666666667, 0.741935483871)),
        (("175b_verification", 1), (0.578313253012, 0.345679012346, 0.506024096386)),
    ],
)
def test_rouge_of_real_solutions(
    solutions: Sequence[dict[str, Any]], model: tuple[str, int], scores: tuple[float, float, float]
) -> None:
    """The F measures of solutions with numbers, signs and line ends are those of rouge-score 0.1.2."""
    row = solutions[model[1]]
    evaluators = (Rouge(variant="rouge1"), Rouge(variant="rouge2"), Rouge(variant="rougeL"))
    found = [evaluator(row[model[0]]["solution"], row["ground_truth"]).score for evaluator in evaluators]
    assert found == pytest.approx(scores, abs=1e-12)


def test_similarity_of_characters_and_words() -> None:
    """Distances, and ratios from 0 to 1."""
    result = Levenshtein()("sitting", "kitten")
    assert (result.score, result.metadata) == (pytest.approx(1 - 3 / 7), {"distance": 3})
    assert Levenshtein()("", "").score == 1.0
    assert Levenshtein()("", "abc").score == Levenshtein()(None, "abc").score == 0.0
    assert Levenshtein()("ABC", "abc").score == 0.0
    assert Levenshtein(ignore_case=True)("ABC", "abc").score == 1.0
    assert TokenSetSimilarity()(ANSWER, "alfred NOBEL!").score == 1.0
    assert 0.5 < (TokenSetSimilarity()(ANSWER, f"{REFERENCE} Really.").score or 0) < 1
    assert 0 < (TokenSetSimilarity()("Edison", "Volta").score or 0) < 0.3
    assert TokenSetSimilarity()("", "").score == 0.0


def test_bleu_of_one_output_and_of_all() -> None:
    """The scores of sacrebleu, over 100; several references are fine."""
    assert Bleu()(ANSWER, ANSWER).score == 1.0
    assert Bleu()("Nothing of it", REFERENCE).score == 0.0
    one = Bleu()("the cat is on the mat today", "the cat sat on the mat today").score
    assert one == pytest.approx(0.4889, abs=1e-4)
    assert Bleu()("the cat is on the mat today", ["no", "the cat is on the mat today"]).score == 1.0
    whole = CorpusBleu()(["the cat is on the mat today", None], ["the cat sat on the mat today", ["a dog", "a cat"]])
    assert 0 < (whole.score or 0) < (one or 0)
    assert (whole.explanation or "").startswith("BLEU = ")


def test_texts_that_would_take_hours_are_errors() -> None:
    """The work grows with the product of the lengths."""
    huge = "ab" * 50_001
    for evaluator in (Levenshtein(), TokenSetSimilarity(), Rouge(), Bleu()):
        for output, expected in ((huge, "a"), ("a", huge)):
            with pytest.raises(ValueError, match=r"100,002 characters; texts of up to 100,000"):
                evaluator(output, expected)


def letters(texts: list[str]) -> list[list[int]]:
    """Embed texts by how many of two letters they have."""
    return [[text.count("a"), text.count("b")] for text in texts]


async def letters_awaited(texts: list[str]) -> np.ndarray[Any, Any]:
    """Do the same on the event loop, and give an array."""
    await asyncio.sleep(0)
    return np.array(letters(texts), dtype=np.float32)


@pytest.mark.parametrize("embed", [letters, letters_awaited])
async def test_similarity_of_embeddings(embed: Any) -> None:
    """The cosine, with plain and with coroutine functions, with lists and with arrays."""
    evaluator = EmbeddingSimilarity(embed)
    assert (await evaluator("ab", "aabb")).score == pytest.approx(1.0)
    assert (await evaluator("a", "b")).score == 0.0
    assert (await evaluator("ab", "b")).score == pytest.approx(0.5**0.5)
    assert (await evaluator(None, "b")).score == (await evaluator("", "b")).score == 0.0


@pytest.mark.parametrize(
    ("vectors", "words"),
    [
        ([[1.0]], "1 vectors for 2 texts"),
        ([[1.0], [1.0, 2.0]], "1 and 2 numbers"),
        ([[0.0], [1.0]], "all zero"),
        ([[], []], "empty"),
        ([[float("nan")], [1.0]], "not finite"),
        ([[float("inf")], [1.0]], "not finite"),
    ],
)
async def test_vectors_without_a_cosine_are_errors(vectors: Any, words: str) -> None:
    """They say what is wrong with them."""
    with pytest.raises(ValueError, match=words):
        await EmbeddingSimilarity(lambda texts: vectors)("a", "b")


def test_an_embedder_is_a_function() -> None:
    """Anything else is refused."""
    with pytest.raises(InvalidEvaluator, match="embed: a function"):
        EmbeddingSimilarity([1.0])  # type: ignore[arg-type]


def test_a_missing_library_is_told_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the evaluator is made, before anything runs."""

    def missing(name: str) -> Any:
        raise ModuleNotFoundError(name=name.partition(".")[0])

    monkeypatch.setattr(verdict_module.importlib, "import_module", missing)
    for make in (lambda: Regex("a"), Levenshtein, TokenSetSimilarity, Rouge, Bleu, CorpusBleu):
        with pytest.raises(InvalidEvaluator, match=r"needs the package .*pip install 'arize-async\[evaluators\]'"):
            make()

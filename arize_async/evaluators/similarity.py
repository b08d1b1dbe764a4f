"""Evaluators that say how similar two texts are, by their characters and words."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections import Counter
from typing import TYPE_CHECKING, ClassVar, Literal, cast

from attrs import field, frozen

from arize_async.evaluators.protocol import EvaluatorKind
from arize_async.evaluators.verdict import library, one_of, text_of, wanted_text
from arize_async.models.evaluation import EvaluationResult

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

_NO_OUTPUT = "there is no output"
MOST_CHARACTERS = 100_000
"""Texts that are compared in well under a second; the work grows with the product of their lengths."""


def _bounded(text: str) -> str:
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"a text of {len(text):,} characters; texts of up to {MOST_CHARACTERS:,} are compared")
    return text


class _OfTwoTexts:
    """What is compared, and what is not: the same for all that ``rapidfuzz`` compares."""

    __slots__ = ()
    kind: ClassVar[EvaluatorKind] = EvaluatorKind.CODE

    def __attrs_post_init__(self) -> None:
        """Make sure that the library is there."""
        library("rapidfuzz")

    def __call__(self, output: object, expected: object) -> EvaluationResult:
        """Compare.

        Raises:
            ValueError: There is nothing to compare with, or a text is too long.
        """
        right, text = _bounded(wanted_text(expected)), text_of(output)
        if text is None:
            return EvaluationResult(0.0, explanation=_NO_OUTPUT)
        return self._compared(_bounded(text), right)

    @abstractmethod
    def _compared(self, left: str, right: str) -> EvaluationResult: ...


@frozen(kw_only=True)
class Levenshtein(_OfTwoTexts):
    """Say how similar output and expected output are: 1 minus the edit distance over the longer length.

    Two empty texts are the same. What is no text is compared as its JSON text. No output scores 0; an example without
    an expected output, and texts of more than 100,000 characters, are errors. The distance is metadata ``distance``.
    Needs ``arize-async[evaluators]``.

    Attributes:
        ignore_case: Whether letters of either case are the same.
        name: Name in columns.

    Example:
        >>> Levenshtein()("kitten", "sitting").metadata, round(Levenshtein()("kitten", "sitting").score, 4)
        ({'distance': 3}, 0.5714)
    """

    ignore_case: bool = False
    name: str = "levenshtein"

    def _compared(self, left: str, right: str) -> EvaluationResult:
        if self.ignore_case:
            left, right = left.casefold(), right.casefold()
        distance = library("rapidfuzz.distance").Levenshtein.distance(left, right)
        longer = max(len(left), len(right))
        return EvaluationResult(1 - distance / longer if longer else 1.0, metadata={"distance": distance})


@frozen(kw_only=True)
class TokenSetSimilarity(_OfTwoTexts):
    """Say how similar the words of output and expected output are, whatever their order and number.

    The token set ratio: a text that has all words of the other one scores 1, whatever else it says; case and
    punctuation count for nothing. Without any word on one side the score is 0. Missing and long texts are treated as
    by ``Levenshtein``. Needs ``arize-async[evaluators]``.

    Attributes:
        name: Name in columns.

    Example:
        >>> TokenSetSimilarity()("It was Nobel, Alfred Nobel!", "alfred nobel").score
        1.0
    """

    name: str = "token_set_similarity"

    def _compared(self, left: str, right: str) -> EvaluationResult:
        process = library("rapidfuzz.utils").default_process
        return EvaluationResult(library("rapidfuzz.fuzz").token_set_ratio(left, right, processor=process) / 100)


@frozen(kw_only=True)
class Rouge(_OfTwoTexts):
    """Say how much of the expected text's wording the output has: ROUGE-1, ROUGE-2 or ROUGE-L.

    Words are runs of letters a to z and digits in lower case, without stemming, as in Google's ``rouge-score``, whose
    scores these are. The score is the F measure; precision and recall are metadata. No output scores 0; missing and
    long texts are treated as by ``Levenshtein``. Needs ``arize-async[evaluators]``.

    Source: Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries".

    Attributes:
        variant: ``"rouge1"``, ``"rouge2"``, or ``"rougeL"`` for the longest common subsequence of words.
        name: Name in columns.

    Example:
        >>> round(Rouge(variant="rouge1")("the cat is on the mat", "the cat sat on the mat").score, 4)
        0.8333
    """

    variant: Literal["rouge1", "rouge2", "rougeL"] = field(
        default="rougeL", validator=one_of("rouge1", "rouge2", "rougeL")
    )
    name: str = "rouge"

    def _compared(self, left: str, right: str) -> EvaluationResult:
        found, wanted = _words(left), _words(right)
        if self.variant == "rougeL":
            common = library("rapidfuzz.distance").LCSseq.similarity(found, wanted)
            return overlap(common, len(found), len(wanted))
        grams, theirs = _grams(found, int(self.variant[-1])), _grams(wanted, int(self.variant[-1]))
        return overlap((grams & theirs).total(), grams.total(), theirs.total())


def overlap(common: int, found: int, expected: int) -> EvaluationResult:
    """Return the F measure of so many common items, with precision and recall."""
    precision, recall = common / found if found else 0.0, common / expected if expected else 0.0
    f1 = 2 * precision * recall / (precision + recall) if common else 0.0
    return EvaluationResult(f1, metadata={"precision": precision, "recall": recall})


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _grams(words: list[str], n: int) -> Counter[Hashable]:
    return Counter(zip(*(words[start:] for start in range(n)), strict=False))


def _references(expected: object) -> list[str]:
    found = cast("Sequence[object]", expected) if isinstance(expected, list) and expected else [expected]
    return [_bounded(wanted_text(each)) for each in found]


@frozen(kw_only=True)
class Bleu:
    """Say how much of the output's wording the expected texts have: BLEU of one sentence, from 0 to 1.

    ``sacrebleu`` with its defaults and effective order; the expected output may be a list of references. No output
    scores 0; missing and long texts are treated as by ``Levenshtein``. For BLEU of a whole experiment, pass
    ``CorpusBleu`` as one of ``run_evaluators``. Needs ``arize-async[evaluators]``.

    Source: Papineni et al. 2002, "BLEU"; Post 2018, "A Call for Clarity in Reporting BLEU Scores".

    Attributes:
        name: Name in columns.

    Example:
        >>> Bleu()("the cat sat on the mat", "the cat sat on the mat").score
        1.0
    """

    name: str = "bleu"
    kind: ClassVar[EvaluatorKind] = EvaluatorKind.CODE

    def __attrs_post_init__(self) -> None:
        """Make sure that the library is there."""
        library("sacrebleu")

    def __call__(self, output: object, expected: object) -> EvaluationResult:
        """Compare.

        Raises:
            ValueError: There is nothing to compare with, or a text is too long.
        """
        references, text = _references(expected), text_of(output)
        if text is None:
            return EvaluationResult(0.0, explanation=_NO_OUTPUT)
        score = library("sacrebleu").sentence_bleu(_bounded(text), references).score
        return EvaluationResult(min(1.0, score / 100))


@frozen(kw_only=True)
class CorpusBleu:
    """Compute BLEU of all outputs together, from 0 to 1: one of ``run_evaluators``.

    A run without an output counts as an empty text; an example without an expected output is an error.

    Attributes:
        name: Name in the result.
    """

    name: str = "corpus_bleu"
    kind: ClassVar[EvaluatorKind] = EvaluatorKind.CODE

    def __attrs_post_init__(self) -> None:
        """Make sure that the library is there."""
        library("sacrebleu")

    def __call__(self, outputs: Sequence[object], expected: Sequence[object]) -> EvaluationResult:
        """Compare.

        Raises:
            ValueError: There is nothing to compare with, or a text is too long.
        """
        texts = [_bounded(text_of(output) or "") for output in outputs]
        references = [_references(each) for each in expected]
        most = max(map(len, references))
        streams = [[each[place] if place < len(each) else None for each in references] for place in range(most)]
        found = library("sacrebleu").corpus_bleu(texts, streams)
        return EvaluationResult(min(1.0, found.score / 100), explanation=str(found))

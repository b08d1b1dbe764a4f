"""An evaluator that compares meanings by embeddings."""

from __future__ import annotations

import inspect
import math
from collections.abc import Awaitable, Callable, Sequence
from operator import mul
from typing import ClassVar, cast

import anyio.to_thread
from attrs import field, frozen

from arize_async.errors import InvalidEvaluator
from arize_async.evaluators.protocol import EvaluatorKind
from arize_async.evaluators.verdict import text_of, wanted_text
from arize_async.executors.protocol import is_async
from arize_async.models.evaluation import EvaluationResult

Vectors = Sequence[Sequence[float]]
Embedder = Callable[[list[str]], Vectors] | Callable[[list[str]], Awaitable[Vectors]]
"""A function of texts that gives one vector each; numpy arrays are fine."""


def _embedder(embed: object) -> Callable[[list[str]], object]:
    if callable(embed):
        return embed
    raise InvalidEvaluator(f"a function of a list of texts, got {type(embed).__name__}", path="embed")


@frozen
class EmbeddingSimilarity:
    """Say how similar output and expected output are: the cosine of their embeddings, from -1 to 1.

    Both texts are embedded by one call. What is no text is embedded as its JSON text. No output, or an empty one,
    scores 0 without a call. An example without an expected output is an error, and so are vectors that have no cosine:
    of different lengths, all zero, or not finite.

    Attributes:
        embed: Gives a vector for each of several texts; a plain function runs in a thread, a coroutine function on the
            event loop.
        name: Name in columns.

    Raises:
        InvalidEvaluator: ``embed`` is no function.

    Example:
        >>> import asyncio
        >>> def letters(texts):
        ...     return [[text.count("a"), text.count("b")] for text in texts]
        >>> round(asyncio.run(EmbeddingSimilarity(letters)("ab", "aabb")).score, 4)
        1.0
    """

    embed: Callable[[list[str]], object] = field(converter=_embedder)
    name: str = field(default="embedding_similarity", kw_only=True)
    kind: ClassVar[EvaluatorKind] = EvaluatorKind.CODE

    async def __call__(self, output: object, expected: object) -> EvaluationResult:
        """Embed both and compare.

        Raises:
            ValueError: There is nothing to compare with, or the vectors have no cosine.
        """
        right, left = wanted_text(expected), text_of(output)
        if not left:
            return EvaluationResult(0.0, explanation="there is no output")
        return EvaluationResult(cosine(*await self._vectors([left, right])))

    async def _vectors(self, texts: list[str]) -> Vectors:
        if is_async(self.embed):
            found = self.embed(texts)
        else:
            found = await anyio.to_thread.run_sync(self.embed, texts, abandon_on_cancel=True)
        vectors = cast("Vectors", await found if inspect.isawaitable(found) else found)
        if len(vectors) != len(texts):
            raise ValueError(f"the embedder gave {len(vectors)} vectors for {len(texts)} texts")
        return vectors


def cosine(left: Sequence[float], right: Sequence[float]) -> float:
    """Return the cosine of the angle between two vectors.

    Raises:
        ValueError: There is none.

    >>> round(cosine([1, 0], [1, 1]), 4)
    0.7071
    """
    first, second = [float(each) for each in left], [float(each) for each in right]
    if len(first) != len(second):
        raise ValueError(f"the vectors have {len(first)} and {len(second)} numbers")
    lengths = math.hypot(*first), math.hypot(*second)
    if not all(0 < length < math.inf for length in lengths):
        raise ValueError("a vector is all zero, empty, or not finite")
    units = ([each / length for each in vector] for vector, length in zip((first, second), lengths, strict=True))
    return max(-1.0, min(1.0, math.fsum(map(mul, *units))))

"""Whatever a task returns and an example expects, an evaluator gives a score from 0 to 1 or a clear error."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from arize_async.evaluators import (
    Bleu,
    Contains,
    CorpusBleu,
    EmbeddingSimilarity,
    EvaluationResult,
    ExactMatch,
    JSONFields,
    JSONSchema,
    JSONValid,
    Levenshtein,
    ListContainment,
    ListOverlap,
    MacroF1,
    NumericAnswer,
    NumericTolerance,
    Regex,
    Rouge,
    TokenSetSimilarity,
    ToolCallMatch,
)
from arize_async.evaluators.coercion import coerce
from arize_async.models.json_text import json_text
from arize_async.models.jsonable import jsonify

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["", "A: 5", "A: $1,000", "[1, 2]", '{"a": 1}', "```json\n{}\n```", "1e999999", "sNaN", "\ud800"])
)
CALLS = st.fixed_dictionaries({"name": SCALARS, "arguments": SCALARS}) | st.fixed_dictionaries({"function": SCALARS})
DATA = st.recursive(
    SCALARS | CALLS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=8,
)
MODEST = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
OUTPUTS = DATA | DATA.map(json_text)


def embed(texts: list[str]) -> list[list[float]]:
    """Embed by length."""
    return [[1.0, float(len(text))] for text in texts]


BY_OUTPUT = [
    JSONValid(),
    JSONValid(fenced=True, kind_of_value="array"),
    Regex(r"(?P<n>\d+)"),
    JSONSchema({"type": "array"}),
]
BY_BOTH = [
    ExactMatch(ignore_case=True, strip=True),
    Contains(of="any", ignore_case=True),
    NumericAnswer(),
    NumericTolerance(relative=0.1, absolute=1),
    JSONFields(fenced=True),
    JSONFields(fields=["a"], ignore_extra=True),
    Levenshtein(ignore_case=True),
    TokenSetSimilarity(),
    Rouge(),
    Rouge(variant="rouge2"),
    Bleu(),
    ListContainment(ignore_case=True),
    ListOverlap(),
    ToolCallMatch(),
    ToolCallMatch(ordered=True, arguments="subset"),
]


def check(result: EvaluationResult) -> None:
    """Demand what a run takes."""
    assert coerce(result) == result or result.metadata
    assert result.score is not None
    assert 0 <= result.score <= 1
    assert (result.label is None) or (result.label == "True") is (result.score == 1)


@pytest.mark.parametrize("evaluator", BY_OUTPUT, ids=str)
@MODEST
@given(output=OUTPUTS)
def test_evaluators_of_outputs_always_score(evaluator: Any, output: object) -> None:
    """There is no output that is an error."""
    check(evaluator(jsonify(output)))


@pytest.mark.parametrize("evaluator", BY_BOTH, ids=str)
@MODEST
@given(output=OUTPUTS, expected=OUTPUTS)
@example(output=None, expected=None)
@example(output=2**70, expected=2.0**70)
@example(output={"a": float("nan")}, expected={"a": float("nan")})
def test_evaluators_of_both_score_or_say_what_is_wrong_with_the_example(
    evaluator: Any, output: object, expected: object
) -> None:
    """The error is the same whatever the output: it is the example's."""
    try:
        check(evaluator(jsonify(output), jsonify(expected)))
    except ValueError as error:
        assert str(error)  # noqa: PT017 - other outcomes are fine, too
        with pytest.raises(ValueError, match=r"(?s)."):
            evaluator("another", jsonify(expected))


@MODEST
@given(output=OUTPUTS, expected=OUTPUTS)
def test_embeddings_of_anything(output: object, expected: object) -> None:
    """The same, for an evaluator that awaits."""
    try:
        result = asyncio.run(EmbeddingSimilarity(embed)(jsonify(output), jsonify(expected)))
    except ValueError as error:
        assert expected is None
        assert "no expected output" in str(error)  # noqa: PT017
    else:
        assert -1 <= (result.score or 0.0) <= 1


@pytest.mark.parametrize("evaluator", [MacroF1(), CorpusBleu()], ids=str)
@MODEST
@given(pairs=st.lists(st.tuples(OUTPUTS, OUTPUTS.filter(lambda value: value is not None)), min_size=1, max_size=5))
def test_evaluators_of_all_runs(evaluator: Any, pairs: list[tuple[object, object]]) -> None:
    """Any outputs, of examples that expect something."""
    outputs, expected = zip(*((jsonify(a), jsonify(b)) for a, b in pairs), strict=True)
    try:
        check(coerce(evaluator(list(outputs), list(expected))))
    except ValueError:
        assert any(isinstance(each, list) and None in each for each in expected)

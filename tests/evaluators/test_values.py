"""Ready evaluators of numbers, JSON, lists, tool calls and thresholds."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest

from arize_async.errors import InvalidEvaluator
from arize_async.evaluators import (
    CostThreshold,
    JSONFields,
    JSONSchema,
    JSONValid,
    LatencyThreshold,
    ListContainment,
    ListOverlap,
    MacroF1,
    NumericAnswer,
    NumericTolerance,
    ToolCallMatch,
)
from arize_async.experiments.types import FinishedTask

if TYPE_CHECKING:
    from collections.abc import Sequence

MODELS = {"6b_finetuning": 286, "6b_verification": 515, "175b_finetuning": 458, "175b_verification": 742}


def test_every_published_verdict_of_gsm8k(solutions: Sequence[dict[str, Any]]) -> None:
    """The numeric answer is judged as Cobbe et al. did, for 1,319 solutions of each of four models."""
    evaluator, judged, right = NumericAnswer(), 0, dict.fromkeys(MODELS, 0)
    for row in solutions:
        for model in MODELS:
            result = evaluator(row[model]["solution"], row["ground_truth"])
            assert bool(result.score) is row[model]["is_correct"], (row["question"], result)
            judged, right[model] = judged + 1, right[model] + int(result.score or 0)
    assert (judged, right) == (5276, MODELS)


@pytest.mark.parametrize(
    ("output", "expected", "right"),
    [
        ("2 * 9 = 18\nA: 18", "16 + 2 = <<16+2=18>>18\nA: 18", True),
        ("A: 18\n\n", "18", True),
        ("so 18\n#### 18", "A: 18", True),
        ("A: $1,018.00", 1018, True),
        ("A: -18", "A: 18", False),
        ("A: 17 no, A: 18", "A: 18", True),
        ("A: 18\nThat is all.", "A: 18", False),
        ("A: eighteen", "A: 18", False),
        ("A: 7/14", "A: 0.5", False),
        ("A: nan", "A: 18", False),
        ("18", "18", True),
        (18, "18", True),
        (18.0, "18", True),
        (True, "1", False),
        (None, "18", False),
        ("", "18", False),
        ("A: " + "9" * 5000, "18", False),
        ("A: 1e999999999", "18", False),
        (0.1, "0.1", True),
    ],
)
def test_numeric_answers(output: Any, expected: Any, right: bool) -> None:
    """Numbers compare as numbers; what is none is wrong."""
    result = NumericAnswer()(output, expected)
    assert (result.score, result.label) == (float(right), str(right))
    assert result.explanation


def test_the_marker_of_numeric_answers() -> None:
    """The dataset itself has another one; an expected output without a number is an error."""
    assert NumericAnswer(marker="####")("#### 5", "a\n#### 5").score == 1.0
    for expected in ("A: five", "", None, [5]):
        with pytest.raises(ValueError, match="expected output"):
            NumericAnswer()("A: 5", expected)
    with pytest.raises(InvalidEvaluator, match="marker"):
        NumericAnswer(marker="")


@pytest.mark.parametrize(
    ("evaluator", "output", "expected", "score"),
    [
        (NumericTolerance(relative=0.01), 1010, 1000, 1.0),
        (NumericTolerance(relative=0.01), "$1,011", "1000", 0.0),
        (NumericTolerance(absolute=0.5), 7.5, 8, 1.0),
        (NumericTolerance(absolute=0.5, relative=0.01), 990, 1000, 1.0),
        (NumericTolerance(), "5.0", 5, 1.0),
        (NumericTolerance(), "five", 5, 0.0),
        (NumericTolerance(), float("nan"), 5, 0.0),
        (NumericTolerance(), float("inf"), 5, 0.0),
        (NumericTolerance(absolute=1e9), "1e400", 5, 0.0),
        (NumericTolerance(), 10**400, 5, 0.0),
        (NumericTolerance(), None, 5, 0.0),
        (NumericTolerance(absolute=1), True, 1, 0.0),
    ],
)
def test_numbers_within_a_tolerance(evaluator: NumericTolerance, output: Any, expected: Any, score: float) -> None:
    """The wider of both tolerances counts; no finite number is within none."""
    assert evaluator(output, expected).score == score


@pytest.mark.parametrize("wrong", [-1, float("nan"), float("inf"), "1", True])
def test_what_is_no_bound_is_refused(wrong: Any) -> None:
    """Tolerances and thresholds are finite numbers of at least 0."""
    for make in (
        lambda: NumericTolerance(relative=wrong),
        lambda: NumericTolerance(absolute=wrong),
        lambda: LatencyThreshold(wrong),
        lambda: CostThreshold(usd=wrong),
    ):
        with pytest.raises(InvalidEvaluator, match="at least 0"):
            make()
    with pytest.raises(ValueError, match="no number"):
        NumericTolerance()(5, "five")


FENCED = 'Here you are:\n```json\n{"a": 1}\n```\n'


@pytest.mark.parametrize(
    ("evaluator", "output", "right"),
    [
        (JSONValid(), '{"a": [1, null]}', True),
        (JSONValid(), "5", True),
        (JSONValid(), {"a": 1}, True),
        (JSONValid(), "{'a': 1}", False),
        (JSONValid(), '{"a": NaN}', False),
        (JSONValid(), float("nan"), False),
        (JSONValid(), '{"a": 1} and more', False),
        (JSONValid(), "", False),
        (JSONValid(), None, False),
        (JSONValid(), "[" * 100_000, False),
        (JSONValid(), FENCED, False),
        (JSONValid(fenced=True), FENCED, True),
        (JSONValid(fenced=True), '{"a": 1}', True),
        (JSONValid(kind_of_value="object"), "[1]", False),
        (JSONValid(kind_of_value="array"), [1], True),
        (JSONSchema({"type": "object", "required": ["a"]}), '{"a": 1}', True),
        (JSONSchema({"type": "object", "required": ["a"]}), {"b": 1}, False),
        (JSONSchema({"type": "integer"}), "no JSON", False),
        (JSONSchema({"type": "object"}, fenced=True), FENCED, True),
        (JSONSchema({"format": "date"}), '"yesterday"', True),
        (JSONSchema({"format": "date"}, formats=True), '"yesterday"', False),
        (JSONSchema({"$ref": "#/$defs/a", "$defs": {"a": {"maximum": 3}}}), 4, False),
        (JSONSchema({"pattern": "^(a+)+$"}), "a" * 100 + "!", False),
        (JSONSchema({"pattern": "^(a|aa)+(?=b)c$"}), '"' + "a" * 100 + 'b"', False),
        (JSONSchema(False), 1, False),
        (JSONSchema(True), None, False),
        (JSONSchema(True), '"\\ud800"', False),
    ],
)
def test_json_that_is_valid(evaluator: Any, output: Any, right: bool) -> None:
    """Text or data, of a kind, by a schema; nothing hangs."""
    result = evaluator(output)
    assert (result.score, result.label) == (float(right), str(right))
    assert right or result.explanation


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "objekt"},
        {"properties": []},
        {"pattern": "("},
        {"$ref": "#/nowhere"},
        {"$ref": "http://127.0.0.1:9/schema.json"},
        {"$ref": "file:///etc/hostname"},
        {"$schema": "http://nowhere/"},
        5,
        None,
        [],
        "text",
        {1: 2},
    ],
    ids=str,
)
def test_schemas_that_are_none_are_refused(schema: Any) -> None:
    """When the evaluator is made; nothing is fetched."""
    with pytest.raises(InvalidEvaluator, match="schema: this is no JSON schema"):
        JSONSchema(schema)


def test_a_schema_crosses_processes() -> None:
    """The validator is made anew."""
    copy = pickle.loads(pickle.dumps(JSONSchema({"type": "object"}, fenced=True, name="n")))  # noqa: S301 - ours
    assert (copy.name, copy(FENCED).score, copy("[]").score) == ("n", 1.0, 0.0)


RECORD = {"name": "Alfred Nobel", "born": {"year": 1833, "city": "Stockholm"}, "works": ["dynamite", "gelignite"]}


@pytest.mark.parametrize(
    ("evaluator", "output", "score", "told"),
    [
        (JSONFields(), RECORD, 1.0, None),
        (JSONFields(), {**RECORD, "name": "A. Nobel"}, 0.8, '$.name: expected "Alfred Nobel", got "A. Nobel"'),
        (JSONFields(), {**RECORD, "died": 1896}, 5 / 6, "$.died: not expected, got 1896"),
        (JSONFields(ignore_extra=True), {**RECORD, "died": 1896}, 1.0, None),
        (JSONFields(), {**RECORD, "born": None}, 0.6, '$.born: expected {"year":1833,"city":"Stockholm"}, got null'),
        (JSONFields(), {**RECORD, "works": ["dynamite"]}, 0.8, '$.works[1]: expected "gelignite", got nothing'),
        (JSONFields(fields=["name"]), {"name": "Alfred Nobel", "born": 5}, 1.0, None),
        (JSONFields(), "prose", 0.0, "no JSON: "),
        (JSONFields(), None, 0.0, "there is no output"),
        (JSONFields(), [], 0.0, "$: expected "),
        (JSONFields(), {}, 0.0, '$.name: expected "Alfred Nobel", got nothing'),
    ],
)
def test_json_fields(evaluator: JSONFields, output: Any, score: float, told: str | None) -> None:
    """The share of fields that are the same, and the differences with their paths."""
    result = evaluator(output, RECORD)
    assert result.score == pytest.approx(score)
    assert result.label == str(told is None)
    assert (result.explanation or "").startswith(told or "")
    assert (result.explanation is None) is (told is None)


def test_json_fields_of_deep_and_empty_values() -> None:
    """Depth is no danger; an expected output that is no JSON is an error."""
    deep = "[" * 900 + "1" + "]" * 900
    assert JSONFields()(deep, deep.replace("1", "2")).score == 0.0
    assert JSONFields()("{}", "{}").score == 1.0
    with pytest.raises(ValueError, match="the expected output is no JSON"):
        JSONFields()("{}", "prose")


@pytest.mark.parametrize(
    ("output", "expected", "missing", "measures"),
    [
        (["a", "b"], ["b", "a"], None, (1, 1, 1)),
        ('["a", "b"]', '["a"]', None, (0.5, 1, 2 / 3)),
        (["a"], ["a", "b", "b"], '"b", "b"', (1, 1 / 3, 0.5)),
        (["a", "a"], ["a", "a", "a"], '"a"', (1, 2 / 3, 0.8)),
        ([1, {"x": 1, "y": 2}], [1.0, {"y": 2, "x": 1}], None, (1, 1, 1)),
        ([1], [True], "true", (0, 0, 0)),
        ([], ["a"], '"a"', (0, 0, 0)),
        (["a"], [], None, (0, 0, 0)),
        ([], [], None, (1, 1, 1)),
    ],
)
def test_lists(output: Any, expected: Any, missing: str | None, measures: tuple[float, float, float]) -> None:
    """What is expected is there; precision, recall and F1 count equal items."""
    contained = ListContainment()(output, expected)
    assert contained.explanation == (f"missing: {missing}" if missing else None)
    names = ("precision", "recall", "f1")
    found = [ListOverlap(measure=name)(output, expected) for name in names]
    assert [result.score for result in found] == pytest.approx(measures)
    assert [found[0].metadata[name] for name in names] == pytest.approx(measures)


def test_what_is_no_list() -> None:
    """It is wrong as an output, and an error as what is expected."""
    for evaluator in (ListContainment(), ListOverlap()):
        for output in ("prose", {"a": 1}, None, 5):
            assert evaluator(output, ["a"]).score == 0.0
        for expected in ("prose", {"a": 1}, None, 5):
            with pytest.raises(ValueError, match="expected output"):
                evaluator(["a"], expected)
    assert ListContainment(ignore_case=True)(["A"], ["a"]).score == 1.0
    with pytest.raises(InvalidEvaluator, match="measure: one of 'f1'"):
        ListOverlap(measure="f2")  # type: ignore[arg-type]


def test_f1_over_all_runs() -> None:
    """Labels that were never given, and runs without an output, count against it."""
    result = MacroF1()(outputs=["a", "b", "b", None, "c"], expected=["a", "b", "a", "b", "a"])
    labels: Any = result.metadata["labels"]
    assert {name: round(each["f1"], 4) for name, each in labels.items()} == {"a": 0.5, "b": 0.5, "c": 0.0}
    assert result.score == pytest.approx(1 / 3)
    assert result.metadata["accuracy"] == 0.4
    with pytest.raises(ValueError, match="no expected output"):
        MacroF1()(["a"], [None])


def call(name: str, arguments: Any) -> dict[str, Any]:
    """Return a tool call as OpenAI's chat completions have it."""
    return {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}


OSLO, ROME = call("weather", '{"city": "Oslo"}'), call("weather", '{"city": "Rome"}')
TIME = call("time", "{}")


@pytest.mark.parametrize(
    ("evaluator", "output", "expected", "score"),
    [
        (ToolCallMatch(), {"role": "assistant", "tool_calls": [OSLO, TIME]}, [TIME, OSLO], 1.0),
        (ToolCallMatch(), [OSLO], {"name": "weather", "arguments": {"city": "Oslo"}}, 1.0),
        (ToolCallMatch(), '[{"type": "function_call", "name": "time", "arguments": "{}"}]', [TIME], 1.0),
        (ToolCallMatch(), [OSLO, TIME], [OSLO], 0.5),
        (ToolCallMatch(), [OSLO], [OSLO, TIME], 0.5),
        (ToolCallMatch(), [OSLO], [ROME], 0.0),
        (ToolCallMatch(arguments="ignored"), [OSLO], [ROME], 1.0),
        (ToolCallMatch(), [call("weather", '{"city": "Oslo", "unit": "C"}')], [OSLO], 0.0),
        (ToolCallMatch(arguments="subset"), [call("weather", '{"city": "Oslo", "unit": "C"}')], [OSLO], 1.0),
        (ToolCallMatch(arguments="subset"), [OSLO], [call("weather", {"city": "Oslo", "unit": "C"})], 0.0),
        (ToolCallMatch(ordered=True), [OSLO, TIME], [OSLO, TIME], 1.0),
        (ToolCallMatch(ordered=True), [TIME, OSLO], [OSLO, TIME], 0.0),
        (ToolCallMatch(ordered=True), [OSLO], [OSLO, TIME], 0.5),
        (ToolCallMatch(), [call("weather", '{"city": ')], [OSLO], 0.0),
        (ToolCallMatch(), {"role": "assistant", "content": "Hello", "tool_calls": None}, [], 1.0),
        (ToolCallMatch(), {"role": "assistant", "content": "Hello"}, [OSLO], 0.0),
        (ToolCallMatch(), None, [], 1.0),
        (ToolCallMatch(), None, [OSLO], 0.0),
        (ToolCallMatch(), "It is sunny.", [OSLO], 0.0),
        (ToolCallMatch(), [5], [OSLO], 0.0),
        (ToolCallMatch(), [OSLO, OSLO], [OSLO, OSLO], 1.0),
    ],
)
def test_tool_calls(evaluator: ToolCallMatch, output: Any, expected: Any, score: float) -> None:
    """Names and arguments, in any order or in the one that is expected."""
    result = evaluator(output, expected)
    assert result.score == pytest.approx(score)
    assert result.label == str(score == 1.0)
    assert score == 1.0 or result.explanation


def test_tool_calls_that_cannot_be_expected() -> None:
    """What is expected has to be tool calls."""
    for expected in (None, "prose", [5], {"name": 5}):
        with pytest.raises(ValueError, match=r"expected output|no tool call|unexpected character|expected value"):
            ToolCallMatch()([OSLO], expected)


def run(latency: float = 1500.0, tokens: int | None = None, cost: float | None = None) -> FinishedTask:
    """Return a task that ended."""
    return FinishedTask("e", "out", None, "0" * 32, "0" * 16, 0, latency, tokens, cost)


def test_thresholds() -> None:
    """Latency in seconds; dollars and tokens, which have to be known."""
    assert [LatencyThreshold(s)(run()).score for s in (1, 1.5, 2)] == [0.0, 1.0, 1.0]
    assert [CostThreshold(usd=0.01)(run(cost=cost)).score for cost in (0.0, 0.01, 0.011)] == [1.0, 1.0, 0.0]
    both = CostThreshold(usd=0.01, tokens=100)
    assert both(run(tokens=101, cost=0.001)).explanation == "0.001 USD, allowed 0.01; 101 tokens, allowed 100"
    assert (both(run(tokens=101, cost=0.001)).score, both(run(tokens=100, cost=0.001)).score) == (0.0, 1.0)
    with pytest.raises(ValueError, match="USD that the run used are not known"):
        CostThreshold(usd=1)(run(tokens=5))
    for make in (CostThreshold, lambda: LatencyThreshold(None)):
        with pytest.raises(InvalidEvaluator):
            make()

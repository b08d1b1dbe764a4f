"""Comparing frames of runs."""

from __future__ import annotations

import json
from math import inf, nan
from typing import Any

import numpy as np
import polars as pl
import pytest

from arize_async.errors import InvalidInput, MissingLibrary
from arize_async.results import Comparison, Outcome, Summary, compare
from arize_async.results.metrics import COLUMNS

from .frames import scored


def everything(comparison: Comparison) -> list[str]:
    """Return all forms of a comparison; each of them can be made, and JSON of it has no NaN."""
    json.loads(comparison.to_json(), parse_constant=lambda text: pytest.fail(text))
    assert comparison.to_df().schema == pl.Schema(COLUMNS)
    assert comparison._repr_html_()
    return [str(comparison), repr(comparison), comparison.to_markdown()]


def test_pairs_are_found_by_example() -> None:
    """The order of the runs does not matter, and what only one side has is counted and not compared."""
    before, after = scored([1, 0, 0, 1]), scored([1, 1, 1, 0, 1])
    metric = compare(before, {"new": after.reverse()}).metric("correct")
    assert (metric.pairs, metric.examples, metric.not_run, metric.missing) == (4, 5, 1, 1)
    assert (metric.baseline, metric.value, metric.difference) == (0.5, 0.75, 0.25)
    assert (metric.improved, metric.regressed, metric.unchanged) == (2, 1, 1)
    assert metric.bounds == pytest.approx((1 / 5 + (1 - 1) / 5 - 0 / 5, (1 + 1) / 5))


def test_repetitions_count_as_one_example() -> None:
    """Means over the repetitions are compared, also when the two sides have different numbers of them."""
    before = scored([0, 1, 0, 0, 1, 1], repetitions=2)
    metric = compare(before, {"new": scored([1, 1, 1])}).metric("correct")
    assert (metric.pairs, metric.baseline, metric.value) == (3, 0.5, 1.0)
    assert metric.test is not None
    assert metric.test.name == "studentised bootstrap test"
    twice = compare(before, {"new": scored([1] * 6, repetitions=2)}).metric("correct").test
    assert twice is not None
    assert (twice.name, twice.p_value) == ("exact permutation test", 0.5)


def test_regressions_come_with_both_outputs() -> None:
    """The worst first; a lower score is the better one where that is said."""
    before, after = scored([0.9, 0.5, 0.5, 0.2]), scored([0.8, 0.0, 0.5, 0.4])
    after = after.with_columns(pl.col("output") + " new")
    comparison = compare(before, {"new": after})
    regressions = comparison.regressions("correct")
    assert regressions["example_id"].to_list() == ["example 1", "example 0"]
    assert regressions["difference"].to_list() == pytest.approx([-0.5, -0.1])
    assert regressions.row(0)[2:] == (0.5, 0.0, "output 1", "output 1 new")
    assert comparison.improvements("correct")["example_id"].to_list() == ["example 3"]
    reverse = compare(before, {"new": after}, lower_is_better=["correct"])
    assert reverse.regressions("correct")["example_id"].to_list() == ["example 3"]
    assert (reverse.metric("correct").improved, reverse.metric("correct").regressed) == (2, 1)


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        ([0] * 20, [1] * 20, Outcome.BETTER),
        ([1] * 20, [0] * 20, Outcome.WORSE),
        ([0, 1] * 10, [1, 0] * 10, Outcome.NO_DIFFERENCE_SHOWN),
        ([0, 1] * 10, [0, 1] * 10, Outcome.NO_DIFFERENCE_SHOWN),
        ([0.5] * 20, [0.5] * 20, Outcome.NO_DIFFERENCE_SHOWN),
        ([0], [1], Outcome.NOT_COMPARABLE),
        ([None] * 5, [1] * 5, Outcome.NOT_COMPARABLE),
        ([nan, inf, -inf], [1, 2, 3], Outcome.NOT_COMPARABLE),
        ([], [1, 0], Outcome.NOT_COMPARABLE),
        ([], [], Outcome.NOT_COMPARABLE),
    ],
)
def test_outcome(before: list[Any], after: list[Any], outcome: Outcome) -> None:
    """A difference is one only where the numbers carry it, and each form of the comparison can be made."""
    comparison = compare(scored(before), {"new": scored(after)})
    assert comparison.metric("correct").outcome is outcome
    everything(comparison)


def test_a_verdict_needs_both_the_interval_and_the_corrected_test() -> None:
    """What one test would call a difference is none among twenty, and the words say why."""
    before, after = scored([0] * 7), scored([1] * 6 + [0])
    assert compare(before, {"new": after}).metric("correct").outcome is Outcome.BETTER
    crowd = {f"new {place}": after for place in range(20)}
    metric = compare(before, crowd).metric("correct", candidate="new 3")
    assert metric.outcome is Outcome.NO_DIFFERENCE_SHOWN
    assert "The interval excludes 0, but after the correction for several tests the test" in metric.verdict


def test_a_single_test_is_not_called_corrected() -> None:
    """Neither in the verdict nor in a report; of several it is said."""
    before, after = scored([0] * 5 + [1]), scored([1] * 6)
    one, two = compare(before, {"new": after}), compare(before, {"a": after, "b": after})
    assert "p 0.062, 6 of 6 examples). The interval excludes 0, but the test does not rule out chance." in str(one)
    for text in (str(one), one.to_markdown(), one._repr_html_()):
        assert not {"adjusted", "correction", "Holm"} & set(text.replace(",", " ").replace("<", " ").split())
    assert "adjusted p 0.12" in str(two)
    assert "adjusted p" in two.to_markdown()


def test_scores_of_different_examples_are_not_compared() -> None:
    """No number is given for what cannot be compared; scores on neither side are said to be so."""
    elsewhere = scored([1, 1]).with_columns(pl.Series("example_id", ["x", "y"]))
    verdict = compare(scored([0, 1]), {"new": elsewhere}).verdict
    assert verdict == "correct cannot be compared: no example has a score of it in both experiments (0 of 4 examples)."
    nowhere = compare(scored([None]), {"new": scored([nan])}).verdict
    assert nowhere == "correct cannot be compared: neither experiment has a score of it (0 of 1 examples)."


def test_missing_scores_are_named_with_what_they_could_do() -> None:
    """Half of the candidate's runs failed: the pairs alone would look fine."""
    before = scored([0] * 20 + [1] * 20)
    after = scored([1] * 20 + [None] * 20, execution_status=["COMPLETED"] * 20 + ["FAILED"] * 20)
    comparison = compare(before, {"new": after})
    metric = comparison.metric("correct")
    assert (metric.outcome, metric.pairs, metric.bounds) == (Outcome.BETTER, 20, (0.0, 0.5))
    assert "20 of 40 examples" in metric.verdict
    assert metric.verdict.startswith("Where both have scores, new is better than baseline in correct")
    assert "With the 20 missing scores at worst and at best it is 0 to +0.500." in metric.verdict
    assert "What is missing could turn this round." in metric.verdict
    assert comparison.candidates[0].summary.failed == 20


def test_labels_alone_have_no_direction() -> None:
    """They are counted on both sides, and nothing is called better."""
    before = scored([None] * 2, **{"eval.correct.label": ["good", "bad"]}).drop("eval.correct.score")
    after = before.with_columns(pl.lit("<b>good</b>").alias("eval.correct.label"))
    comparison = compare(before, {"new": after})
    metric = comparison.metric("correct")
    assert (metric.kind, metric.outcome) == ("labels", Outcome.NOT_COMPARABLE)
    assert metric.labels == {"good": (1, 0), "bad": (1, 0), "<b>good</b>": (0, 2)}


def test_an_evaluator_of_one_side_is_listed_without_a_difference() -> None:
    """Others are compared as if it were not there: it is no test to correct for."""
    before = scored([0] * 10 + [1])
    after = scored([1] * 11).with_columns(pl.lit(0.5).alias("eval.tone.score"))
    comparison = compare(before, {"new": after})
    tone, correct = comparison.metric("tone"), comparison.metric("correct")
    assert (tone.pairs, tone.difference, tone.outcome) == (0, None, Outcome.NOT_COMPARABLE)
    assert tone.verdict == "tone cannot be compared: only new has scores of it (0 of 11 examples)."
    back = compare(after, {"new": before}, baseline_name="old").metric("tone")
    assert back.verdict == "tone cannot be compared: only old has scores of it (0 of 11 examples)."
    assert correct.test is not None
    assert correct.test.adjusted == correct.test.p_value


def test_odd_columns_are_read_as_what_they_are() -> None:
    """Scores may be booleans, whole numbers or text; labels numbers; a metadata column is no evaluator."""
    frame = pl.DataFrame(
        {
            "example_id": ["a", "b"],
            "eval.flag.score": [True, False],
            "eval.text.score": ["1.5", "many"],
            "eval.list.score": [[1.0], [2.0]],
            "eval.flag.label": [1, 2],
            "eval.flag.metadata.score": [1.0, 2.0],
        }
    )
    summary = Summary.of(frame)
    found = {each.name: (each.scored, each.mean, dict(each.labels)) for each in summary.evaluators}
    assert found == {"flag": (2, 0.5, {"1": 1, "2": 1}), "text": (1, 1.5, {}), "list": (0, None, {})}
    everything(compare(frame, {"same": frame}))


def test_html_is_escaped_in_every_form() -> None:
    """Names, labels and causes of failures are text."""
    evil = "<script>alert(1)</script>|`"
    frame = scored([1, 0], evaluator=evil, **{f"eval.{evil}.label": [evil, evil]})
    comparison = compare(frame, {evil: frame}, baseline_name=evil)
    assert "<script" not in comparison._repr_html_()
    assert "<script" not in comparison.to_markdown()
    assert comparison.metric(evil).pairs == 2


def test_names_do_not_turn_sentences_round() -> None:
    """A name that turns the direction of writing, or moves the cursor of a terminal, is written so that it does not."""
    name = "new\u202e\x1b[2J\nworse"
    for text in everything(compare(scored([1, 0]), {name: scored([0, 1])})):
        assert not {"\u202e", "\x1b"} & set(text)


def test_binary_fractions_make_no_differences() -> None:
    """0.1 + 0.2 and 0.3 are the same score."""
    metric = compare(scored([0.1 + 0.2] * 5), {"new": scored([0.3] * 5)}).metric("correct")
    assert (metric.improved, metric.regressed, metric.difference) == (0, 0, 0)


@pytest.mark.parametrize("size", [1e-9, 1e150])
def test_scores_of_any_size(size: float) -> None:
    """Tiny and huge scores are compared in their own units."""
    scores = np.random.default_rng(0).normal(size=50)
    metric = compare(scored(list(scores * size)), {"new": scored(list((scores + 5) * size))}).metric("correct")
    assert metric.outcome is Outcome.BETTER
    assert metric.difference == pytest.approx(5 * size, rel=1e-9, abs=0)


@pytest.mark.parametrize("scores", [[5e-324, 0, 0, 1e-323], [1e308, -1e308, 1e308, 0], [1e200, 1, 2, 3]])
def test_scores_at_the_ends_of_floats_give_no_nan(scores: list[float]) -> None:
    """The smallest are no different from 0; the largest count as missing, as infinite ones do."""
    comparison = compare(scored(scores), {"new": scored(scores[::-1])})
    everything(comparison)
    assert "nan" not in str(comparison)
    assert comparison.metric("correct").outcome is not Outcome.BETTER


def test_same_runs_give_the_same_numbers() -> None:
    """The bootstrap is seeded."""
    generator = np.random.default_rng(0)
    before, after = scored(list(generator.normal(size=40))), scored(list(generator.normal(size=40)))
    assert compare(before, {"new": after}).to_dict() == compare(before, {"new": after}).to_dict()
    assert compare(before, {"new": after}).to_dict() != compare(before, {"new": after}, seed=1).to_dict()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"candidates": {}}, "candidates"),
        ({"confidence": 1.0}, "confidence"),
        ({"confidence": nan}, "confidence"),
        ({"lower_is_better": ["corect"]}, "lower_is_better: there is no evaluator 'corect'; there are: correct"),
        ({"baseline": pl.DataFrame({"output": ["a"]})}, "example_id"),
    ],
)
def test_arguments_that_cannot_be_used(change: dict[str, Any], place: str) -> None:
    """Each is named."""
    arguments: dict[str, Any] = {"baseline": scored([1]), "candidates": {"new": scored([1])}, **change}
    with pytest.raises(InvalidInput, match=place):
        compare(**arguments)


def test_names_that_are_not_there() -> None:
    """The error lists those that are."""
    comparison = compare(scored([1, 0]), {"a": scored([1, 1]), "b": scored([1, 1])})
    for call, said in (
        (lambda: comparison.metric("correct"), "a, b"),
        (lambda: comparison.metric("correct", candidate="c"), "there are: a, b"),
        (lambda: comparison.metric("x", candidate="a"), "there are: correct"),
    ):
        with pytest.raises(InvalidInput, match=said):
            call()


def test_scipy_is_named_when_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra that has it is in the message; a summary does without its interval."""
    monkeypatch.setitem(__import__("sys").modules, "scipy", None)
    with pytest.raises(MissingLibrary, match=r"arize-async\[stats\]"):
        compare(scored([1]), {"new": scored([1])})
    (correct,) = Summary.of(scored([1, 0, 1])).evaluators
    assert (correct.interval, correct.standard_error) == (None, pytest.approx(1 / 3))

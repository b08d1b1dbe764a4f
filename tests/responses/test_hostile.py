"""Answers with anything in them: JSON, frames, notebooks, and the way back."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import json
import math
import uuid
from html.parser import HTMLParser
from typing import Any

import numpy as np
import orjson
import polars as pl
import pyarrow as pa
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from arize_async.errors import InvalidInput
from arize_async.models.annotation import Annotation, Annotator
from arize_async.models.annotation_config import CategoricalAnnotationConfig, CategoricalAnnotationValue
from arize_async.models.dataset import Dataset, DatasetVersion
from arize_async.models.example import DatasetExample
from arize_async.models.experiment import Experiment, ExperimentWithRunIds
from arize_async.models.run import ExperimentRun
from arize_async.models.space import DefaultLLMIntegration, Space
from arize_async.responses import (
    ListAnnotationConfigsResponse,
    ListDatasetsResponse,
    ListExperimentRunsResponse,
    ListExperimentsResponse,
    ListSpacesResponse,
)
from arize_async.results.frame import Shape, frame_of, schema_of
from arize_async.results.result import ExperimentResult
from arize_async.wire.codec import decode

MOMENT = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


class Mood(enum.Enum):
    """An enumeration of somebody else."""

    GOOD = "good"


class Sulking:
    """An object that refuses to be shown."""

    def __repr__(self) -> str:
        """Fail."""
        raise RuntimeError("no")


ODD: list[Any] = [
    float("nan"),
    float("inf"),
    -math.inf,
    2**70,
    -(2**100_000),
    b"text",
    b"\xff\x00",
    "\ud800",
    "\0",
    {1: 2, None: 3, (4, 5): 6},
    {"\ud800": 1},
    {MOMENT: MOMENT},
    {1, 2},
    dt.date(2026, 1, 2),
    dt.time(1, 2),
    dt.timedelta(seconds=1.5),
    dt.datetime(2026, 1, 2),  # noqa: DTZ001 - without a zone
    decimal.Decimal("1.5"),
    uuid.UUID(int=1),
    Mood.GOOD,
    Sulking(),
    np.array([[1.5, math.nan], [0, 1]])[:, 1],
    np.float32("nan"),
    np.int64(3),
    pl.DataFrame({"a": [1]}),
    ValueError("wrong"),
    Annotation(name="n", updated_at=MOMENT),
    [[[[{"deep": [MOMENT]}]]]],
]
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(exclude_categories=())),
    st.binary(),
    st.datetimes(timezones=st.just(dt.UTC)),
    st.dates(),
    st.integers(0, len(ODD) - 1).map(lambda place: ODD[place]),
)
NAMES = st.text(st.characters(exclude_categories=()), max_size=5)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))
EXTRAS = st.dictionaries(NAMES, VALUES, max_size=4)


class Cells(HTMLParser):
    """Collects what a table shows, and every tag in it."""

    def __init__(self, html: str) -> None:
        """Read some HTML."""
        super().__init__()
        self.tags: set[str] = set()
        self.cells: list[str] = []
        self.rows = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag; none has an attribute."""
        assert not attrs
        self.tags.add(tag)
        self.rows += tag == "tr"
        if tag in {"td", "th"}:
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        """Note text in a cell."""
        if self.cells:
            self.cells[-1] += data


def run(number: int, extras: dict[str, Any]) -> ExperimentRun:
    """Return a run with extras."""
    return ExperimentRun(id=str(number), output="o", additional_properties=extras)


@pytest.mark.parametrize("value", ODD, ids=lambda value: type(value).__name__)
def test_any_value_becomes_json(value: Any) -> None:
    """What JSON has no form for gets one: nothing raises, and what comes out is JSON."""
    given = run(1, {"odd": value})
    page = ListExperimentRunsResponse([given])
    assert "odd" in json.loads(given.to_json(), parse_constant=pytest.fail)
    assert orjson.loads(page.to_json())["experiment_runs"] == [orjson.loads(given.to_json())]


def test_json_keeps_what_it_can() -> None:
    """Dates are RFC 3339, bytes are text where they are, NaN and infinities are null."""
    odd = {"nan": math.nan, "bytes": b"text", "day": dt.date(2026, 1, 2), "at": MOMENT, "n": 2**70, "mood": Mood.GOOD}
    given = Experiment(id="i", name="n", space_id="s", created_at=MOMENT, additional_properties=odd)
    assert json.loads(given.to_json()) == {
        "id": "i",
        "name": "n",
        "space_id": "s",
        "dataset_id": None,
        "dataset_version_id": None,
        "integration_id": None,
        "created_at": "2026-01-02T03:04:05+00:00",
        "nan": None,
        "bytes": "text",
        "day": "2026-01-02",
        "at": "2026-01-02T03:04:05+00:00",
        "n": 2**70,
        "mood": "good",
    }
    assert '"2026-01-02T03:04:05Z"' in evolve(given, additional_properties={}).to_json()


@given(EXTRAS)
def test_no_extras_break_json_repr_or_html(extras: dict[str, Any]) -> None:
    """Whatever the server or a user put there."""
    page = ListExperimentRunsResponse([run(1, extras), run(2, {})])
    json.loads(page.to_json(), parse_constant=pytest.fail)
    assert Cells(page._repr_html_()).tags <= {"table", "caption", "tr", "td", "th"}
    assert Cells(page.experiment_runs[0]._repr_html_()).tags <= {"table", "caption", "tr", "td", "th"}


@settings(deadline=None)  # the first frame imports polars
@given(st.lists(EXTRAS, min_size=1, max_size=3), st.booleans(), st.sampled_from(["", "x."]))
def test_no_extras_break_a_frame(rows: list[dict[str, Any]], normalize: bool, prefix: str) -> None:
    """A frame has a row for each item, whatever the items hold."""
    page = ListExperimentRunsResponse([run(number, extras) for number, extras in enumerate(rows)])
    frame = page.to_df(json_normalize=normalize, expand_prefix=prefix, exclude_none=False)
    assert frame.height == len(rows)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
FIXED = [
    Experiment(id="i", name="n", space_id="s", created_at=MOMENT, dataset_id="d"),
    ExperimentWithRunIds(id="i", name="n", space_id="s", run_ids=["r"]),
    Dataset(id="i", name="n", space_id="s", versions=[DatasetVersion(id="v", updated_at=MOMENT)]),
    DatasetExample(id="i", annotations=[Annotation(name="n", score=1, annotator=Annotator(id="u"))]),
    run(1, {}),
    Space(id="i", name="n", default_llm_integration=DefaultLLMIntegration(integration_id="i", model_name="m")),
    CategoricalAnnotationConfig(id="i", name="n", space_id="s", values=[CategoricalAnnotationValue(label="l")]),
]


@pytest.mark.parametrize("fixed", FIXED, ids=lambda value: type(value).__name__)
@given(extras=st.dictionaries(st.text(), JSON, max_size=4))
def test_unknown_fields_survive_a_round_trip(fixed: Any, extras: dict[str, Any]) -> None:
    """What a newer server sends stays with the value, through JSON and back."""
    value = evolve(fixed, additional_properties={k: v for k, v in extras.items() if k not in fixed.model_fields})
    assert decode(type(value), orjson.loads(value.to_json())) == value
    assert decode(type(value), value.to_dict()) == value


def test_fields_can_be_looked_up() -> None:
    """``model_fields`` names the fields of a class, as with the official SDK; extras are no attributes."""
    assert list(Experiment.model_fields)[:3] == ["additional_properties", "id", "name"]
    given = run(1, {"model": "m"})
    assert given.additional_properties["model"] == "m"
    assert not hasattr(given, "model")
    assert given.to_dict()["model"] == "m"


def test_html_is_escaped_and_bounded() -> None:
    """A hostile value cannot leave its cell, and a large one does not fill the notebook."""
    extras = {f"<b>{number}</b>": "<script>alert(1)</script>" * 1000 for number in range(500)}
    page = ListExperimentRunsResponse([run(number, extras) for number in range(500)])
    for shown in (page, page.experiment_runs[0]):
        html = shown._repr_html_()
        read = Cells(html)
        assert read.tags <= {"table", "caption", "tr", "td", "th"}
        assert read.rows <= 22
        assert max(len(cell) for cell in read.cells) <= 100
        assert len(html) < 200_000
        assert "…" in read.cells


def test_html_shows_what_is_there() -> None:
    """A value shows its fields, a page the fields of its items under the caption of its repr."""
    value = Experiment(id="i", name="first & last", space_id="s", created_at=MOMENT)
    assert Cells(value._repr_html_()).cells[:4] == ["id", "i", "name", "first & last"]
    page = Cells(ListExperimentsResponse([value])._repr_html_())
    assert page.cells[:3] == ["id", "name", "space_id"]
    assert page.cells[len(page.cells) // 2 :][:3] == ["i", "first & last", "s"]


def test_html_of_a_table_makes_few_objects() -> None:
    """Rows that came over Flight are shown without becoming objects all at once."""
    table = pa.table({"id": [str(number) for number in range(100_000)], "output": ["<i>"] * 100_000})
    page = ListExperimentRunsResponse.from_table(table)
    read = Cells(page._repr_html_())
    assert read.rows == 22
    assert "i" not in read.tags
    assert page._items == []


def test_html_of_a_result() -> None:
    """The result of a run shows its summary and its first runs."""
    frame = frame_of([], schema_of(Shape.of([], ["a<b"])))
    result = ExperimentResult(None, frame, ("a<b",))
    html = result._repr_html_()
    assert "&lt;ExperimentResult experiment=None [0 runs, 0 failures]&gt;" in html
    assert "<pre>0 runs, 0 failed\na&lt;b: " in html


def test_nested_values_become_columns() -> None:
    """``json_normalize`` takes values apart as it does objects; lists of values become lists of objects."""
    integration = DefaultLLMIntegration(integration_id="i", model_name="m", additional_properties={"new": 1})
    spaces = ListSpacesResponse([Space(id="1", name="a", default_llm_integration=integration)])
    assert spaces.to_df(json_normalize=True).columns == [
        "id",
        "name",
        "default_llm_integration.integration_id",
        "default_llm_integration.model_name",
        "default_llm_integration.new",
    ]
    versions = [DatasetVersion(id="v", created_at=MOMENT)]
    datasets = ListDatasetsResponse([Dataset(id="i", name="n", space_id="s", versions=versions)])
    assert datasets.to_df()["versions"].to_list() == [[{"id": "v", "created_at": MOMENT}]]
    config = FIXED[-1]
    assert isinstance(config, CategoricalAnnotationConfig)
    assert ListAnnotationConfigsResponse([config]).to_df()["values"].to_list() == [[{"label": "l"}]]


def test_columns_of_a_table_may_meet() -> None:
    """A nested field, or a prefixed name, that is the name of another column takes its place."""
    table = pa.table({"id": ["a"], "d": [1], "deep": [{"v": 1, "w": {}}], "deep.v": [2]})
    page = ListExperimentRunsResponse.from_table(table)
    assert page.to_df(json_normalize=True, exclude_none=False)["deep.v"].to_list() == [1]
    assert page.to_df(expand_prefix="i")["id"].to_list() == [1]
    assert page._repr_html_()


@pytest.mark.parametrize("wrong", ["some", None, 5, [], {}])
def test_options_of_a_frame_are_checked(wrong: Any) -> None:
    """The error is one of ours and shows what was given."""
    with pytest.raises(InvalidInput, match="exclude_none is True, False, 'all' or 'any', got"):
        ListSpacesResponse([]).to_df(exclude_none=wrong)


def test_what_lies_too_deep_becomes_text() -> None:
    """A frame stops at 20 levels, JSON at the depth where it stops being readable."""
    deep: Any = "bottom"
    for _ in range(3000):
        deep = [deep]
    page = ListExperimentRunsResponse([run(1, {"deep": deep})])
    assert page.to_df()["deep"].len() == 1
    assert json.loads(page.to_json())["experiment_runs"][0]["id"] == "1"
    assert "deep" in page._repr_html_()
    itself: list[Any] = []
    itself.append(itself)
    page = ListExperimentRunsResponse([run(1, {"itself": itself})])
    assert json.loads(page.to_json())["experiment_runs"][0]["id"] == "1"
    assert page.to_df().height == 1

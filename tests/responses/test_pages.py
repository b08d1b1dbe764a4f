"""Pages: walking on, plain values, frames."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arize_async.errors import InvalidResponse
from arize_async.models.annotation import Annotation, Annotator
from arize_async.models.annotation_config import CategoricalAnnotationConfig, FreeformAnnotationConfig
from arize_async.models.page import PaginationMetadata
from arize_async.models.run import ExperimentRun
from arize_async.models.space import Space
from arize_async.responses import (
    ListAnnotationConfigsResponse,
    ListDatasetExamplesResponse,
    ListExperimentRunsResponse,
    ListSpacesResponse,
)

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Server:
    """Gives spaces page by page and counts how often it is asked."""

    def __init__(self, sizes: list[int]) -> None:
        """Have pages of these sizes."""
        numbers = iter(range(sum(sizes)))
        self.pages = [[{"id": str(n), "name": f"s{n}"} for n in islice(numbers, size)] for size in sizes]
        self.asked: list[str] = []

    def page(self, number: int) -> ListSpacesResponse:
        """Return one page."""
        pagination: dict[str, Any] = {"has_more": number + 1 < len(self.pages)}
        if pagination["has_more"]:
            pagination["next_cursor"] = str(number + 1)
        return ListSpacesResponse.parse({"spaces": self.pages[number], "pagination": pagination}, self.fetch)

    async def fetch(self, cursor: str) -> ListSpacesResponse:
        """Return the page that a cursor leads to."""
        self.asked.append(cursor)
        return self.page(int(cursor))


def run(fetch: Any, cursor: str) -> Any:
    """Run a fetch that never really waits, as a portal would."""
    coroutine = fetch(cursor)
    with pytest.raises(StopIteration) as ended:
        coroutine.send(None)
    return ended.value.value


def spaces(count: int) -> list[str]:
    """Return the names of so many spaces."""
    return [f"s{number}" for number in range(count)]


async def test_iterating_walks_on_through_the_pages_lazily() -> None:
    """A further page is asked for only when its items are needed; the attribute has this page alone."""
    server = Server([2, 2, 1])
    page = server.page(0)
    assert [space.name for space in page.spaces] == spaces(2)
    seen: list[str] = []
    async for space in page:
        seen.append(space.name)
        if len(seen) == 2:
            assert server.asked == []
        if len(seen) == 3:
            break
    assert server.asked == ["1"]
    assert [space.name async for space in page] == spaces(5)


def test_a_bound_page_is_walked_by_a_plain_loop() -> None:
    """``bind`` returns a copy; the page itself stays as it was."""
    server = Server([1, 0, 2])
    page = server.page(0)
    bound = page.bind(run)
    assert [space.name for space in bound] == spaces(3)
    assert [space.name for space in bound] == spaces(3)
    assert bound.spaces == page.spaces
    with pytest.raises(TypeError, match=r"async for.*\.spaces"):
        iter(page)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=6))
def test_every_item_comes_once_and_in_order(sizes: list[int]) -> None:
    """Whatever the sizes of the pages, and each page is asked for once."""
    server = Server(sizes)
    assert [space.name for space in server.page(0).bind(run)] == spaces(sum(sizes))
    assert server.asked == [str(number) for number in range(1, len(sizes))]


async def test_a_cursor_without_more_is_not_followed() -> None:
    """``has_more`` decides (wire contract 12, 22)."""
    page = ListSpacesResponse(
        [Space(id="1", name="a")], PaginationMetadata(has_more=False, next_cursor="x"), fetch=Server([]).fetch
    )
    assert [space.id async for space in page] == ["1"]


async def test_a_server_whose_cursors_lead_in_a_circle_is_found_out() -> None:
    """The walk ends with an error instead of going on for ever."""

    async def fetch(cursor: str) -> ListSpacesResponse:
        following = {"a": "b", "b": "a"}[cursor]
        return ListSpacesResponse([], PaginationMetadata(has_more=True, next_cursor=following), fetch=fetch)

    page = ListSpacesResponse([], PaginationMetadata(has_more=True, next_cursor="a"), fetch=fetch)
    with pytest.raises(InvalidResponse, match="circle"):
        assert [item async for item in page] == []


async def test_more_without_a_cursor_is_an_error() -> None:
    """Stopping there would lose items silently."""
    page = ListSpacesResponse([], PaginationMetadata(has_more=True), fetch=Server([]).fetch)
    with pytest.raises(InvalidResponse, match="next_cursor"):
        assert [item async for item in page] == []


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ([], "got list"),
        ({"pagination": {"has_more": False}}, r"\$\.spaces"),
        ({"spaces": []}, r"\$\.pagination"),
        (
            {"spaces": [{"id": "1", "name": "a"}, {"id": 2, "name": "b"}], "pagination": {"has_more": False}},
            r"\$\.spaces\[1\]\.id",
        ),
        ({"spaces": [], "pagination": {"has_more": "no"}}, r"\$\.pagination\.has_more"),
    ],
)
def test_an_answer_that_is_no_page_is_refused_with_the_path(data: Any, path: str) -> None:
    """The error says where the answer is wrong."""
    with pytest.raises(InvalidResponse, match=path):
        ListSpacesResponse.parse(data)


def test_a_page_as_plain_values() -> None:
    """Extras survive, dates are RFC 3339 and NaN is null in JSON; the repr is short."""
    page = ListExperimentRunsResponse.parse(
        {
            "experiment_runs": [
                {
                    "id": "r",
                    "example_id": "e",
                    "output": "o",
                    "score": float("nan"),
                    "annotations": [{"name": "q", "score": 1, "updated_at": "2026-01-02T03:04:05Z"}],
                }
            ],
            "pagination": {"has_more": True, "next_cursor": "c"},
            "total": 9,
        }
    )
    assert json.loads(page.to_json()) == {
        "experiment_runs": [
            {
                "id": "r",
                "example_id": "e",
                "output": "o",
                "error": None,
                "annotations": [{"name": "q", "score": 1, "updated_at": "2026-01-02T03:04:05Z"}],
                "score": None,
            }
        ],
        "pagination": {"has_more": True, "next_cursor": "c"},
        "total": 9,
    }
    assert page.additional_properties == {"total": 9}
    assert repr(page) == "<ListExperimentRunsResponse [1 experiment_runs, more follow]>"


def test_annotation_configs_are_of_their_own_types() -> None:
    """The answer's ``type`` decides, and an unknown one is an error."""
    base = {"id": "1", "name": "n", "space_id": "s"}
    page = ListAnnotationConfigsResponse.parse(
        {
            "annotation_configs": [
                {**base, "type": "FREEFORM"},
                {**base, "type": "CATEGORICAL", "values": [{"label": "good"}]},
            ],
            "pagination": {"has_more": False},
        }
    )
    assert [type(config) for config in page.annotation_configs] == [
        FreeformAnnotationConfig,
        CategoricalAnnotationConfig,
    ]
    with pytest.raises(InvalidResponse, match="COLOUR"):
        ListAnnotationConfigsResponse.parse(
            {"annotation_configs": [{**base, "type": "COLOUR"}], "pagination": {"has_more": False}}
        )


def runs() -> ListExperimentRunsResponse:
    """Return two runs with columns of their own and annotations."""
    note = Annotation(name="q", label="good", updated_at=MOMENT, annotator=Annotator(id="u", email="a@b.c"))
    return ListExperimentRunsResponse(
        [
            ExperimentRun(
                id="r1",
                example_id="e1",
                output="o",
                annotations=[note],
                additional_properties={"n": 1, "deep": {"a": 1}},
            ),
            ExperimentRun(id="r2", example_id="e2", output="p", additional_properties={"n": 2.5, "deep": {"a": 2}}),
        ]
    )


def test_a_frame_has_a_column_for_each_extra_and_each_annotation() -> None:
    """Columns of nothing but nulls are left out (wire contract 8)."""
    frame = runs().to_df()
    assert frame.columns == [
        "id",
        "example_id",
        "output",
        "n",
        "deep",
        "annotation.q.label",
        "annotation.q.updated_at",
        "annotation.q.annotator_email",
        "annotation.q.annotator_id",
    ]
    assert frame["n"].to_list() == [1.0, 2.5]
    assert frame["annotation.q.updated_at"].to_list() == [MOMENT, None]


def test_the_options_of_a_frame() -> None:
    """Nulls, prefixes and nested objects."""
    page = runs()
    assert "error" in page.to_df(exclude_none=False).columns
    assert "annotation.q.label" not in page.to_df(exclude_none="any").columns
    assert page.to_df(expand_prefix="x.").columns[3:5] == ["x.n", "x.deep"]
    assert page.to_df(json_normalize=True)["deep.a"].to_list() == [1, 2]
    assert page.to_df(expand_field="")["additional_properties"].to_list() == [
        {"n": 1.0, "deep": {"a": 1}},
        {"n": 2.5, "deep": {"a": 2}},
    ]
    with pytest.raises(ValueError, match="exclude_none"):
        page.to_df(exclude_none="some")


def test_an_extra_replaces_the_field_of_its_name() -> None:
    """As with the official SDK, what the server sent beside the fixed fields wins in a frame."""
    page = ListSpacesResponse([Space(id="1", name="a", additional_properties={"name": "b"})])
    assert page.to_df()["name"].to_list() == ["b"]


def test_a_column_of_mixed_types_becomes_text() -> None:
    """JSON where a cell is not text already; null stays null."""
    cells: list[Any] = [1, "two", None, {"a": [3]}]
    page = ListExperimentRunsResponse(
        [ExperimentRun(id=str(n), additional_properties={"mixed": cell}) for n, cell in enumerate(cells)]
    )
    assert page.to_df()["mixed"].to_list() == ["1", "two", None, '{"a":[3]}']


def test_objects_keep_the_fields_that_only_some_have() -> None:
    """A field that the first object of a column lacks is not lost."""
    cells: list[Any] = [{"a": 1}, {"b": ["x"]}, {"a": 0.5}]
    page = ListExperimentRunsResponse(
        [ExperimentRun(id=str(n), additional_properties={"deep": cell}) for n, cell in enumerate(cells)]
    )
    assert page.to_df()["deep"].to_list() == [{"a": 1.0, "b": None}, {"a": None, "b": ["x"]}, {"a": 0.5, "b": None}]


def test_a_page_without_items_is_a_frame_without_columns() -> None:
    """As with the official SDK."""
    assert ListSpacesResponse([]).to_df().shape == (0, 0)
    assert ListExperimentRunsResponse.from_table(pa.table({"id": pa.array([], pa.string())})).to_df().shape == (0, 0)


TABLE = pa.table(
    {
        "n": [1, 2],
        "id": ["a", "b"],
        "output": ['{"x": 1}', None],
        "example_id": ["e", "f"],
        "metadata": ['{"k": 1}', None],
        "score": [float("nan"), 0.5],
        "deep": [{"v": 1}, {"v": 2}],
        "empty": pa.nulls(2),
    }
)


def test_rows_of_a_table_become_objects_when_asked_for() -> None:
    """JSON-text columns hold objects again, an output stays text, NaN is None."""
    page = ListExperimentRunsResponse.from_table(TABLE)
    assert repr(page) == "<ListExperimentRunsResponse [2 experiment_runs]>"
    first, second = page.experiment_runs
    assert (first.id, first.example_id, first.output) == ("a", "e", '{"x": 1}')
    assert first.additional_properties == {"n": 1, "metadata": {"k": 1}, "score": None, "deep": {"v": 1}, "empty": None}
    assert second.output is None
    assert page.experiment_runs is page.experiment_runs


async def test_a_page_of_a_table_is_walked_like_others() -> None:
    """Nothing follows it."""
    page = ListExperimentRunsResponse.from_table(TABLE)
    assert [item.id async for item in page] == ["a", "b"]
    assert [item.id for item in page.bind(run)] == ["a", "b"]
    assert [item["id"] for item in json.loads(page.to_json())["experiment_runs"]] == ["a", "b"]


def test_the_frame_of_a_table_comes_straight_from_arrow() -> None:
    """Fixed columns first; the options are those of other pages."""
    page = ListExperimentRunsResponse.from_table(TABLE)
    assert page.to_df().columns == ["id", "example_id", "output", "n", "metadata", "score", "deep"]
    assert page.to_df(exclude_none=False, expand_prefix="x.").columns[3:] == [
        "x.n",
        "x.metadata",
        "x.score",
        "x.deep",
        "x.empty",
    ]
    assert page.to_df(json_normalize=True)["deep.v"].to_list() == [1, 2]
    assert page.to_df(expand_field="")["additional_properties"].dtype == pl.Struct


def test_dates_of_examples_are_dates_on_both_ways() -> None:
    """Flight gives milliseconds, and frames and objects have moments."""
    table = pa.table({"id": ["a"], "created_at": [1767323045000], "q": ["x"]})
    page = ListDatasetExamplesResponse.from_table(table)
    assert page.examples[0].created_at == MOMENT
    assert page.to_df()["created_at"].to_list() == [MOMENT]


def test_pages_load_neither_polars_nor_pyarrow() -> None:
    """Frames are made by what is loaded when they are asked for."""
    program = """
import sys
from arize_async.responses import ListSpacesResponse
ListSpacesResponse.parse({"spaces": [{"id": "1", "name": "a"}], "pagination": {"has_more": False}}).to_json()
print([name for name in ("polars", "pyarrow") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("kind", "items"),
    [
        (ListSpacesResponse, "spaces"),
        (ListExperimentRunsResponse, "experiment_runs"),
        (ListAnnotationConfigsResponse, "annotation_configs"),
    ],
)
def test_fields_of_pages_can_be_looked_up(kind: Any, items: str) -> None:
    """``model_fields`` names the fields of a page and says what is in them, on the class and on a page."""
    for fields in (kind.model_fields, kind([]).model_fields):
        assert list(fields) == [items, "pagination", "additional_properties"]
        assert (fields[items].name, fields[items].type) == (items, list[kind.item_type])
        assert all(hasattr(kind([]), name) for name in fields)

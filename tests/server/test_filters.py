"""The filter language."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arize_async.errors import BadRequest, UnprocessableEntity
from arize_async.server.storage.filters.parse import parse
from arize_async.server.storage.filters.syntax import Comparison, Junction, Literal, Name, Not, NullCheck

ROWS: list[dict[str, Any]] = [
    {"output": "alpha", "n": 1, "eval.q.score": 0.25, "eval.q.label": "bad", "ok": True, "mixed": 1, "we ird'\"": "x"},
    {"output": "Beta's", "n": 2, "eval.q.score": None, "ok": False, "mixed": "1", "metadata": {"user": {"id": 7}}},
    {"output": None, "error": "ValueError('x')", "n": 9007199254740993, "eval.q.score": 1.0, "mixed": True},
    {"output": "100%", "n": -5, "eval.q.score": 0.5, "eval.q.label": "good", "mixed": [1], "metadata": '{"user": "u"}'},
    {"output": "", "example_id": "special", "eval.q.label": "good", "mixed": None, "metadata": "plain"},
]


@pytest.fixture(scope="module")
async def runs(shared: Any) -> str:
    """Path of the search operation of an experiment with ``ROWS``; the first two runs are annotated."""
    (space,) = (found["id"] for found in await shared.walk("/v2/spaces", "spaces"))
    for body in (
        {"name": "Q.u", "annotation_config_type": "CONTINUOUS", "minimum_score": 0, "maximum_score": 1},
        {"name": "note", "annotation_config_type": "FREEFORM"},
    ):
        await shared("POST", "/v2/annotation-configs", json={**body, "space_id": space})
    made = await shared("POST", "/v2/experiments", json={"name": "e", "space_id": space, "experiment_runs": ROWS})
    path = f"/v2/experiments/{made.body['id']}/runs"
    ids = [run["id"] for run in await shared.walk(path, "experiment_runs")]
    values = [[{"name": "Q.u", "score": 0.5}, {"name": "note", "text": "see"}], [{"name": "note", "label": "L"}]]
    inputs = [{"record_id": ids[index], "values": value} for index, value in enumerate(values)]
    assert (await shared("POST", f"{path}/annotate", json={"annotations": inputs})).status == 202
    return f"{path}/search"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("n = 1", [0]),
        ("n == 1", [0]),
        ("n != 1", [1, 2, 3]),
        ("n <> 1", [1, 2, 3]),
        ("n < 1.5", [0, 3]),
        ("n <= 2 AND n >= 1", [0, 1]),
        ("n = 9007199254740993", [2]),
        ("n = 9007199254740992", []),
        ("n = -5", [3]),
        ("n > 1e3", [2]),
        ("eval.q.score < 0.5", [0]),
        ("not eval.q.score < 0.5", [2, 3]),
        ("eval.q.score = null", [1, 4]),
        ("eval.q.score is NULL", [1, 4]),
        ("eval.q.score != null", [0, 2, 3]),
        ("eval.q.score IS NOT null and n < 10", [0, 3]),
        ("output = 'alpha'", [0]),
        ("output = 'Alpha'", []),
        ("output = 'Beta''s'", [1]),
        ("output = ''", [4]),
        ("output is null", [2]),
        ("output contains '%'", [3]),
        ("output contains 'a'", [0, 1]),
        ("output not contains 'a'", [3, 4]),
        ("output like '%a'", [0]),
        ("output LIKE 'Beta_s'", [1]),
        ("output not like '%a%'", [3, 4]),
        ("error contains 'ValueError'", [2]),
        ("example_id = 'special'", [4]),
        ("eval.q.label IN ('good', 'other')", [3, 4]),
        ("eval.q.label not in ('good')", [0]),
        ("n in (1, 2.0, -5)", [0, 1, 3]),
        ("ok = true", [0]),
        ("ok != TRUE", [1]),
        ("ok in (false)", [1]),
        ("mixed = 1", [0]),
        ("mixed = '1'", [1]),
        ("mixed = true", [2]),
        ("mixed != 1", [1, 2, 3]),
        ("mixed < 5", [0]),
        ("mixed in (1, '1', true)", [0, 1, 2]),
        ("mixed not in (1, '1')", [2, 3]),
        ("mixed contains '1'", [0, 1, 3]),
        ("mixed is null", [4]),
        ('"we ird\'""" = \'x\'', [0]),
        ("\"eval.q.label\" = 'bad'", [0]),
        ("metadata.user.id = 7", [1]),
        ("metadata.user = 'u'", [3]),
        ("metadata.user is null", [0, 2, 4]),
        ("metadata.user contains 'id'", [1]),
        ("metadata = 'plain'", [4]),
        ("annotation.Q.u.score >= 0.5", [0]),
        ("annotation.note.text = 'see'", [0]),
        ("annotation.note.label = 'L' or annotation.Q.u.score is not null", [0, 1]),
        ("annotation.note.text is null", [1, 2, 3, 4]),
        ("n = 1 or n = 2 and output = 'alpha'", [0]),
        ("(n = 1 or n = 2) and output = 'alpha'", [0]),
        ("not (n = 1 or n = 2)", [2, 3]),
        ("not not n = 1", [0]),
        ("n=1 or(n=2)", [0, 1]),
        (" or ".join(f"n = {number}" for number in range(700)), [0, 1]),
        (f"n in ({', '.join(str(number) for number in range(1500))})", [0, 1]),
        ("(" * 2000 + "n = 1" + ")" * 2000, [0]),
        ("output = '; DROP TABLE runs; --'", []),
        ("output = '$1 ? :x'", []),
    ],
)
async def test_filters_of_runs(shared: Any, runs: str, text: str, found: list[int]) -> None:
    """Each filter finds the rows that it describes, in order."""
    answer = await shared("POST", runs, json={"filter": text, "limit": 500})
    assert answer.status == 200, answer.body
    assert [[row["output"] for row in ROWS].index(run["output"]) for run in answer.body["experiment_runs"]] == found


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("n", "position 2: found the end"),
        ("n = ", "the end"),
        ("= 1", "position 1"),
        ("n = 1 n = 2", "position 7"),
        ("n = 'open", "position 5"),
        ("n ~ 1", "position 3"),
        ("n = 1 and", "the end"),
        ("(n = 1", "expected ')'"),
        ("n in ()", "position 7"),
        ("n = x", "position 5"),
        ("nope = 1", "position 1: no column 'nope'; columns: error, example_id, id, output, n"),
        ("n = 1 and t.doc = 'x'", "position 11: no column 't.doc'"),
        ("annotation.nope.score = 1", "no column"),
        ("annotation.note.nope = 1", "no column"),
        ("n = '1'", "position 5: the column holds numbers; write a number without quotes"),
        ("output = 1", "position 10: the column holds text"),
        ("ok = 'True'", "true and false"),
        ("ok < true", "only compared by"),
        ("n < null", "neither smaller nor larger"),
        ("n in (1, null)", "position 10"),
        ("not " * 2000 + "n = 1", "nested more than"),
        ("not (" * 100 + "n = 1" + ")" * 100, "nested more than"),
        ("n = 1" + " " * 10_000, "longer than"),
        ("n = 1; DROP TABLE runs", "position 6"),
        ("n = 1 -- comment", "position 7"),
        ("\x00", "position 1"),
    ],
)
async def test_what_is_no_filter_is_refused_with_its_position(shared: Any, runs: str, text: str, part: str) -> None:
    """Status 422."""
    answer = await shared("POST", runs, json={"filter": text})
    assert answer.status == 422
    assert part in answer.body["detail"]


@pytest.mark.parametrize("text", ["", "  \n"])
async def test_a_blank_filter_is_malformed(shared: Any, runs: str, text: str) -> None:
    """Status 400."""
    assert (await shared("POST", runs, json={"filter": text})).status == 400


async def test_pages_of_a_filter_add_up(rest: Any, space: str) -> None:
    """Walking by cursor gives every match once, over many ranges of rows."""
    made = await rest(
        "POST",
        "/v2/experiments",
        json={"name": "e", "space_id": space, "experiment_runs": [{"output": "o", "n": n} for n in range(1000)]},
    )
    path = f"/v2/experiments/{made.body['id']}/runs"
    for _ in range(3):
        runs = [{"output": "o", "n": number} for number in range(1000)]
        await rest("POST", path, json={"experiment_runs": runs})
    found: list[int] = []
    cursor = None
    while True:
        body = {"filter": "n >= 990", "limit": 7, **({"cursor": cursor} if cursor else {})}
        page = (await rest("POST", f"{path}/search", json=body)).body
        found += [run["n"] for run in page["experiment_runs"]]
        cursor = page["pagination"].get("next_cursor")
        if cursor is None:
            break
    assert found == list(range(990, 1000)) * 4


async def test_filters_of_examples(rest: Any, dataset: str) -> None:
    """Examples are found by their columns, ids, moments and paths."""
    path = f"/v2/datasets/{dataset}/examples"
    rows = await rest.walk(path, "examples")

    async def numbers(text: str) -> list[int]:
        answer = await rest("POST", f"{path}/search", json={"filter": text})
        assert answer.status == 200, answer.body
        return [row["number"] for row in answer.body["examples"]]

    assert await numbers("number > 0 and question like 'q%'") == [1, 2]
    assert await numbers(f"id = '{rows[1]['id']}'") == [1]
    assert await numbers(f"created_at = '{rows[1]['created_at']}'") == [1]
    assert await numbers("created_at > 1600000000000 and updated_at < '2999-01-01'") == [0, 1, 2]
    answer = await rest("POST", f"{path}/search", json={"filter": "created_at = 'yesterday'"})
    assert answer.status == 422


def test_words_and_binding() -> None:
    """NOT binds closer than AND, AND closer than OR; null is a check."""
    assert parse("not a = 1 and b.c-d = null or e <> 'x'") == Junction(
        "OR",
        (
            Junction("AND", (Not(Comparison(Name("a", 5), "=", Literal(1, 9))), NullCheck(Name("b.c-d", 15)))),
            Comparison(Name("e", 31), "!=", Literal("x", 36)),
        ),
    )


@given(st.text(), st.text(min_size=1))
def test_any_text_can_be_quoted(value: str, column: str) -> None:
    """Doubling quotes is all the escaping there is."""
    quoted = "'" + value.replace("'", "''") + "'"
    name = '"' + column.replace('"', '""') + '"'
    node = parse(f"{name} = {quoted}")
    assert isinstance(node, Comparison)
    assert (node.column.text, node.literal.value) == (column, value)


@given(st.text(alphabet="ab.'\"=<>!()0 \n1-+,eNOTandorinulk%", max_size=40))
def test_no_text_breaks_the_parser(text: str) -> None:
    """Whatever is no filter is refused as such, and nothing else goes wrong."""
    with suppress(BadRequest, UnprocessableEntity):
        parse(text)

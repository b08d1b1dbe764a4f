"""What the pages show, and what they say to addresses that lead nowhere."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import polars as pl
import pytest

from arize_async import ArizeClient
from arize_async.server.ui.charts import histogram
from arize_async.server.ui.differences import Differ

if TYPE_CHECKING:
    from arize_async.server import LocalServer
    from arize_async.server.storage.transaction import Transaction

    from .visits import Filled, Visitor


def rows(page: str) -> list[str]:
    """Return the text of the rows of the table."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in body.split("</tr>")[:-1]]


def addresses(filled: Filled) -> list[str]:
    """Return every page."""
    first, second = filled.experiments
    return [
        f"/ui/?space={quote(filled.space)}",
        f"/ui/datasets/{filled.dataset}",
        f"/ui/experiments/{first}",
        f"/ui/experiments/{first}/figures",
        f"/ui/experiments/{first}/figures?part=1",
        f"/ui/experiments/{first}?sort=latency&order=desc",
        f"/ui/experiments/{first}/runs/{filled.runs[0][0]}",
        f"/ui/experiments/{first}/runs/{filled.runs[0][0]}?whole=1",
        f"/ui/compare?experiment={first}&experiment={second}",
        f"/ui/compare?experiment={first}&experiment={second}&metric=latency&show=different",
    ]


async def test_the_way_from_a_space_to_a_run(visitor: Visitor, filled: Filled) -> None:
    """Each page names what is below it."""
    first = filled.experiments[0]
    assert "plain dataset" in (await visitor.get(addresses(filled)[0])).html
    listed = rows((await visitor.get(addresses(filled)[1])).html)
    assert [row.split(" 2")[0] for row in listed] == [
        "plain experiment 1 3 0 0.6667 13.5 ms",
        "plain experiment 0 3 0 0.6667 13.5 ms",
    ]
    shown = rows((await visitor.get(f"/ui/experiments/{first}")).html)
    assert [row.partition("plain label")[0].strip() for row in shown] == [
        "plain input 0 plain output 1.0 1",
        "plain input 1 plain output 1.0 1",
        "plain input 2 plain output 0.0 0",
    ]
    run = (await visitor.get(f"/ui/experiments/{first}/runs/{filled.runs[0][0]}")).html
    for text in ("plain input 0", "plain output 1.0", "plain expected", "plain because", "plain said", "plain column"):
        assert text in run


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("filter=eval.right.score+%3D+1", ["0", "1"]),
        ("filter=eval.right.score+%3D+1+AND+id+IS+NOT+NULL&sort=latency&order=desc", ["0", "1"]),
        ("sort=latency", ["2", "0", "1"]),
        ("sort=latency&order=desc", ["0", "1", "2"]),
        ("sort=output", ["2", "0", "1"]),
        ("order=desc", ["2", "1", "0"]),
        ("filter=output+CONTAINS+'0.0'", ["2"]),
        ("filter=\"annotation.plain+remark.text\"+%3D+'plain+said'", ["0"]),
        ("filter=latency+%3E+100", []),
    ],
)
async def test_runs_are_filtered_and_sorted(visitor: Visitor, filled: Filled, query: str, expected: list[str]) -> None:
    """The address says which runs, and in which order."""
    page = (await visitor.get(f"/ui/experiments/{filled.experiments[0]}?{query}")).html
    assert [row.split(" plain output")[0].removeprefix("plain input ") for row in rows(page)] == expected
    if not expected:
        assert "No run fits this filter" in page


@pytest.mark.parametrize(
    ("given", "place", "message"),
    [
        ("latency >", " ", "position 10: found the end"),
        ("latency ! 3", "!", "position 9"),
        ("nothing = 1", "n", "no column 'nothing'"),
        ("eval.right.score = 'x'", "'", "write a number without quotes"),
        ("output = '" + "<b>" * 10, "'", "position 10"),
        ("NOT " * 200 + "latency = 1", "", "nested more than"),
    ],
)
async def test_a_filter_that_is_none_is_explained_in_place(
    visitor: Visitor, filled: Filled, given: str, place: str, message: str
) -> None:
    """The message stands below the filter, which stays as it was typed, and points to the position."""
    page = await visitor.get(f"/ui/experiments/{filled.experiments[0]}", params={"filter": given})
    assert page.status == 200
    text = html.unescape(page.html)
    assert message in text
    assert f'value="{given[:50]}' in text
    assert not place or f"<mark>{place}</mark>" in text


@pytest.mark.parametrize(
    "path",
    [
        "/ui/?space=gone",
        "/ui/datasets/gone",
        "/ui/experiments/gone",
        "/ui/experiments/gone/figures",
        "/ui/experiments/gone/runs/gone",
        "/ui/compare?experiment=gone&experiment=gone2",
        "/ui/nothing",
        "/ui/static/../answers.py",
        "/ui/static/answers.py",
        "/ui/experiments/%3Cscript%3E",
    ],
)
async def test_an_address_of_something_deleted_is_a_clear_page(visitor: Visitor, path: str) -> None:
    """With status 404, and the way to what there is."""
    page = await visitor.get(path)
    assert page.status == 404
    assert "Nothing here" in page.html
    assert "<script>" not in page.html


async def test_a_deleted_run_and_example_say_so(visitor: Visitor, filled: Filled, server: LocalServer) -> None:
    """The run of an example that is gone is shown without it; the run that is gone is not."""
    page = await visitor.get(f"/ui/experiments/{filled.experiments[0]}/runs/gone")
    assert page.status == 404

    def forget(transaction: Transaction) -> None:
        transaction.run("DELETE FROM examples")

    assert server._running is not None
    await server._running.store.write(forget)
    page = await visitor.get(addresses(filled)[6])
    assert "The example is not there any more" in page.html


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=x", "page=99999999999999999999", "page=²", "order=up", "page=-1"],
)
async def test_an_address_that_asks_for_nonsense_is_refused(visitor: Visitor, filled: Filled, query: str) -> None:
    """With status 400 and the reason."""
    assert (await visitor.get(f"/ui/experiments/{filled.experiments[0]}?{query}")).status == 400


async def test_unknown_columns_pages_and_metrics_are_named(visitor: Visitor, filled: Filled) -> None:
    """A page beyond the last leads back, a column or metric that is none is named."""
    first, second = filled.experiments
    assert "There is no page 7" in (await visitor.get(f"/ui/experiments/{first}?page=7")).html
    assert "no column &#39;x&#39;" in (await visitor.get(f"/ui/experiments/{first}?sort=x")).html
    both = f"experiment={first}&experiment={second}"
    for query in (
        f"{both}&metric=x",
        f"{both}&show=x",
        "",
        f"experiment={first}",
        f"experiment={first}&experiment={first}",
    ):
        assert (await visitor.get(f"/ui/compare?{query}")).status == 400


async def test_a_comparison_begins_with_what_got_worse(visitor: Visitor, filled: Filled) -> None:
    """Regressions come first; what is different in the outputs is marked; the baseline can be changed."""
    first, second = filled.experiments
    page = (await visitor.get(f"/ui/compare?experiment={second}&experiment={first}&oldest=first")).html
    assert [row.split()[2] for row in rows(page)] == ["0", "1", "2"]
    assert re.findall(r'class="change (\w+)">([^<]+)<', page) == [("down", "\N{MINUS SIGN}1"), ("up", "+1")]
    assert "<del>1</del><ins>0</ins>" in page
    assert "3 of 3 examples" in page
    for word, expected in (("regressions", ["0"]), ("improvements", ["2"]), ("different", ["0", "2"])):
        page = (await visitor.get(f"/ui/compare?experiment={first}&experiment={second}&show={word}")).html
        assert [row.split()[2] for row in rows(page)] == expected
    turned = (await visitor.get(f"/ui/compare?experiment={second}&experiment={first}&show=regressions")).html
    assert [row.split()[2] for row in rows(turned)] == ["2"]


async def test_lower_scores_can_be_the_better_ones(visitor: Visitor, filled: Filled) -> None:
    """Where the address says so examples, colours, tabs and statistics turn round; for costs it is so by itself."""
    first, second = filled.experiments
    address = f"/ui/compare?experiment={first}&experiment={second}&metric=right&lower=right"
    page = (await visitor.get(f"{address}&show=regressions")).html
    assert [row.split()[2] for row in rows(page)] == ["2"]
    assert re.findall(r'class="change (\w+)">([^<]+)<', page) == [("down", "+1")]
    assert re.search(r'name="lower" value="right" data-submits checked>', page)
    assert re.search(r">Higher <b>1</b>", page)
    (part,) = re.findall(r'data-src="([^"]+)"', page)
    statistics = (await visitor.get(part.replace("&amp;", "&"))).html
    assert statistics.count("lower is better") == 1
    assert "lower is better" not in (await visitor.get(part.replace("&amp;lower=right", "").replace("&amp;", "&"))).html
    latency = (await visitor.get(address.replace("metric=right", "metric=latency"))).html
    assert re.search(r'name="lower" value="latency" data-submits checked disabled>', latency)
    assert '<input type="hidden" name="lower" value="right">' in latency


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "plain stars", "score": "6"}, "not between 0.0 and 5.0"),
        ({"name": "plain stars", "score": "nan"}, "not a finite number"),
        ({"name": "plain stars", "score": "many"}, "is not a number"),
        ({"name": "plain quality", "label": "odd"}, "is not a label"),
        ({"name": "nothing", "text": "x"}, "no annotation config named"),
        ({"name": "plain remark"}, "choose a label"),
        ({"name": "", "text": "x"}, "name"),
    ],
)
async def test_an_annotation_that_does_not_fit_is_explained(
    visitor: Visitor, filled: Filled, fields: dict[str, str], message: str
) -> None:
    """On the page of the run, with status 422; nothing is written."""
    path = addresses(filled)[6]
    page = await visitor.post(f"{path}/annotate", fields | {"form_token": await visitor.form_token(path)})
    assert page.status == 422
    assert message in html.unescape(page.html)


async def test_annotations_are_written_and_changed(visitor: Visitor, filled: Filled, server: LocalServer) -> None:
    """A label brings its score; what is said again replaces what was said."""
    path = addresses(filled)[6]
    token = await visitor.form_token(path)
    for fields in (
        {"name": "plain quality", "label": "plain good"},
        {"name": "plain quality", "label": "plain bad"},
        {"name": "plain stars", "score": "4.5"},
        {"name": "plain remark", "text": "two\r\nlines"},
    ):
        page = await visitor.post(f"{path}/annotate", fields | {"form_token": token})
        assert page.status == 200
        assert f"Saved <bdi>{fields['name']}" in page.html
    assert server._running is not None
    found = await server._running.store.read(
        lambda transaction: transaction.all(
            "SELECT name, score, label, text FROM annotations WHERE record_id = ? ORDER BY 1", filled.runs[0][0]
        )
    )
    assert found == [
        ("plain quality", 0.0, "plain bad", None),
        ("plain remark", None, None, "two\nlines"),
        ("plain stars", 4.5, None, None),
    ]


async def test_evaluators_that_failed_say_so(visitor: Visitor, server: LocalServer) -> None:
    """In the table of runs, and in the summary with the cause; not where the task had failed before them."""

    def task(input: str) -> str:
        if input == "bad":
            raise LookupError(input)
        return input

    def broken(output: str) -> float:
        raise ZeroDivisionError(output)

    examples = [{"attributes.input.value": "good"}, {"attributes.input.value": "bad"}]
    async with ArizeClient(**server.client_options) as client:
        dataset = await client.datasets.create(name="two", space="default", examples=examples)
        experiment, _ = await client.experiments.run(
            name="one", dataset=dataset.id, task=task, evaluators=[broken], progress=False
        )
    page = (await visitor.get(f"/ui/experiments/{experiment.id}")).html
    assert [re.sub(r" [\d.]+ m?s$", "", row) for row in rows(page)] == [
        "good good failed",
        "bad failed LookupError('bad') \N{EN DASH}",
    ]
    assert "0 of 2 with a result" in page
    assert "<bdi>ZeroDivisionError</bdi>" in page


async def test_names_turn_no_sentence_around(visitor: Visitor, server: LocalServer) -> None:
    """A name that turns the direction of writing leaves the words of a verdict readable."""
    examples = [{"n": n} for n in range(4)]
    async with ArizeClient(**server.client_options) as client:
        dataset = await client.datasets.create(name="four", space="default", examples=examples)
        made = [
            await client.experiments.run(
                name=name, dataset=dataset.id, task=str, evaluators={"always": lambda _: 1.0}, progress=False
            )
            for name in ("before", "turned \u202earound")
        ]
    query = "&".join(f"experiment={each.experiment.id}" for each in made if each.experiment)
    compared = (await visitor.get(f"/ui/compare?{query}")).html
    assert '{"n": 0}' in html.unescape(compared)  # what an example without an input shows
    page = (await visitor.get(f"/ui/compare/statistics?{query}&part=1")).html
    (verdict,) = re.findall(r'<li dir="auto">(.*?)</li>', page)
    assert r"turned \u202earound" in verdict
    assert "\u202e" not in verdict


async def test_markup_in_every_text_stays_text(visitor: Visitor, hostile: Filled) -> None:
    """No page has an element, an attribute or a template that a name or a text brought."""
    for address in addresses(hostile):
        page = await visitor.get(address)
        assert page.status == 200, address
        assert "<script>" not in page.html
        assert "<img" not in page.html
        assert "part=1" in address or "{{7*7}}" in page.html
    listed = await visitor.get("/ui/", params={"space": hostile.space, "name": '"><script>alert(1)</script>'})
    assert "<script>" not in listed.html


async def test_nothing_is_shown_of_nothing(visitor: Visitor) -> None:
    """A new server, a dataset without experiments and an experiment without runs say what to do."""
    assert "No datasets yet" in (await visitor.get("/ui/")).html


def test_long_texts_are_not_compared() -> None:
    """The budget bounds the time; equal texts and short changes in long texts cost nothing."""
    words = " ".join(str(number) for number in range(100_000))
    differ = Differ()
    assert differ.compare(words, words[::-1]) is None
    pieces = differ.compare(f"{words} a", f"{words} b")
    assert pieces is not None
    assert [piece.text for piece in pieces[1:]] == ["a", "b"]
    assert len(differ.compare(words, words) or []) == 1


@pytest.mark.parametrize(
    ("values", "bars"),
    [
        ([1.0], 1),
        ([0.0, 1.0, None], 2),
        ([float(n) for n in range(100)], 24),
        ([1.0] * 50 + [1e6], 2),
        ([float("nan")], 0),
    ],
)
def test_a_histogram_counts_every_number_once(values: list[float | None], bars: int) -> None:
    """Few values have a bar each; what is no number is counted as missing."""
    made = histogram("x", pl.Series(values, dtype=pl.Float64))
    if made is None:
        assert bars == 0
        return
    assert len(made.bars) == bars
    assert sum(bar.count for bar in made.bars) == made.count == sum(value is not None for value in values)
    assert made.missing == len(values) - made.count
    assert 0 <= made.mean_x <= 100

"""From names to ids (wire contract 3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from arize_async.errors import AmbiguousName, InvalidInput, InvalidResponse, NotFound
from arize_async.experiments import ExperimentTaskFieldNames

if TYPE_CHECKING:
    from arize_async import ArizeClient

SPACE = "U3BhY2U6MTpBYkNk"
DATASET = "RGF0YXNldDoxMTpBYkNk"


def page(kind: str, items: list[dict[str, str]], cursor: str | None = None) -> tuple[int, dict[str, Any]]:
    """Return the answer of a list operation."""
    more = {"has_more": cursor is not None, **({"next_cursor": cursor} if cursor else {})}
    return 200, {kind: [{"space_id": SPACE, **item} for item in items], "pagination": more}


async def test_the_server_narrows_and_the_client_matches(listener: Any) -> None:
    """The requests are those of wire contract 3.2, with the name filter for experiments too; matches are exact."""
    listening, client = listener
    listening.answers = {
        "GET /v2/spaces": page("spaces", [{"id": "x", "name": "SP"}, {"id": SPACE, "name": "sp"}]),
        "GET /v2/datasets": page("datasets", [{"id": "y", "name": "ds two more"}, {"id": DATASET, "name": "ds two"}]),
        "GET /v2/experiments?": page("experiments", [{"id": "e1", "name": "e"}]),
        "GET /v2/experiments/": (200, {"id": "e1", "name": "e", "space_id": SPACE}),
    }
    await client.experiments.get(experiment="e", dataset="ds two", space="sp")
    assert listening.lines == [
        "GET /v2/spaces?name=sp&limit=100",
        f"GET /v2/datasets?space_id={SPACE}&name=ds%20two&limit=100",
        f"GET /v2/experiments?dataset_id={DATASET}&name=e&limit=100",
        "GET /v2/experiments/e1",
    ]


async def test_a_name_is_looked_for_on_all_pages(listener: Any) -> None:
    """An exact match on the second page is found, and a second one there makes the name ambiguous."""
    listening, client = listener
    listening.answers = {
        "GET /v2/spaces": page("spaces", [{"id": "1", "name": "other sp"}], cursor="c"),
        "GET /v2/spaces?name=sp&limit=100&cursor=c": page("spaces", [{"id": "2", "name": "sp"}]),
        "GET /v2/spaces/2": (200, {"id": "2", "name": "sp"}),
    }
    assert (await client.spaces.get(space="sp")).id == "2"
    listening.answers["GET /v2/spaces"] = page("spaces", [{"id": "1", "name": "sp"}], cursor="c")
    with pytest.raises(AmbiguousName) as caught:
        await client.spaces.get(space="sp")
    assert caught.value.matching_ids == ("1", "2")


async def test_a_name_that_fits_nothing_comes_with_candidates(listener: Any) -> None:
    """What the filter found is named."""
    listening, client = listener
    listening.answers = {"GET /v2/spaces": page("spaces", [{"id": "1", "name": "sp2"}, {"id": "2", "name": "SP"}])}
    with pytest.raises(NotFound, match=r"space 'sp' not found\. Available spaces: SP, sp2\.") as caught:
        await client.spaces.get(space="sp")
    assert caught.value.available_names == ("SP", "sp2")
    assert (caught.value.resource_type, caught.value.resource_name) == ("space", "sp")


async def test_an_experiment_name_needs_a_place(listener: Any) -> None:
    """Nothing is asked, and the hint says what to give."""
    listening, client = listener
    with pytest.raises(NotFound, match="Provide 'dataset'"):
        await client.experiments.delete(experiment="e")
    assert listening.lines == []


async def test_too_many_candidates_are_not_all_read(listener: Any) -> None:
    """A server with pages without end does not keep the client busy for ever."""
    listening, client = listener
    listening.answers["GET /v2/spaces"] = page("spaces", [{"id": str(n), "name": "n"} for n in range(6000)], "a")
    listening.answers["GET /v2/spaces?name=sp&limit=100&cursor=a"] = page(
        "spaces", [{"id": str(n), "name": "n"} for n in range(6000)], "b"
    )
    with pytest.raises(InvalidResponse, match="more than 10000 spaces"):
        await client.spaces.get(space="sp")
    assert len(listening.lines) == 2


async def test_a_dataset_name_is_looked_for_in_all_spaces(client: ArizeClient) -> None:
    """One exact match is taken; two are ambiguous until the space is given."""
    other = await client.spaces.create(name="other")
    first = await client.datasets.create(name="d", space="default", examples=[{"q": "x"}])
    await client.datasets.create(name="d2", space="default", examples=[{"q": "x"}])
    assert (await client.datasets.get(dataset="d")).id == first.id
    second = await client.datasets.create(name="d", space="other", examples=[{"q": "x"}])
    with pytest.raises(AmbiguousName) as caught:
        await client.datasets.get(dataset="d")
    assert set(caught.value.matching_ids) == {first.id, second.id}
    assert (await client.datasets.get(dataset="d", space=other.id)).id == second.id


async def test_an_annotation_config_is_found_by_name(client: ArizeClient) -> None:
    """With and without its space; deleted, it is not found."""
    created = await client.annotation_configs.create_freeform(name="notes", space="default")
    assert await client.annotation_configs.get(annotation_config="notes") == created
    assert await client.annotation_configs.get(annotation_config="notes", space="default") == created
    await client.annotation_configs.delete(annotation_config="notes")
    with pytest.raises(NotFound, match="annotation config 'notes'"):
        await client.annotation_configs.get(annotation_config="notes")


@pytest.mark.parametrize("name", ["a/b?c=d&e#f", "it's", "100% \U0001f600", "a\tb", "ünïcödé", " ", "%2F", "x" * 255])
async def test_any_name_is_found(client: ArizeClient, name: str) -> None:
    """Whatever it is made of, by name and by id, and deleted."""
    if name.strip():
        made = await client.datasets.create(name=name, space="default", examples=[{"q": "x"}])
        assert (await client.datasets.get(dataset=name, space="default")).id == made.id
        fields = ExperimentTaskFieldNames(example_id="e", output="o")
        runs = [{"e": "e", "o": "o"}]
        experiment = await client.experiments.create(
            name=name, dataset=name, space="default", experiment_runs=runs, task_fields=fields
        )
        found = await client.experiments.get(experiment=name, dataset=name, space="default")
        assert found.id == experiment.id
        await client.datasets.delete(dataset=name)
    with pytest.raises(NotFound):
        await client.datasets.get(dataset=name, space="default")


async def test_a_name_longer_than_any_is_not_sent(listener: Any) -> None:
    """No server takes it; the error shows its beginning, and the names that there are."""
    listening, client = listener
    listening.answers["GET /v2/spaces?limit=100"] = page("spaces", [{"id": "1", "name": "sp"}])
    with pytest.raises(NotFound, match=r"'x{40}\.\.\. \(10000 characters\)' not found\. Available spaces: sp\."):
        await client.spaces.get(space="x" * 10_000)
    assert listening.lines == ["GET /v2/spaces?limit=100"]
    with pytest.raises(InvalidInput, match="valid Unicode"):
        await client.spaces.get(space="a\ud800")


async def test_a_name_that_looks_like_an_id_is_taken_for_one(listener: Any) -> None:
    """Nothing tells them apart (wire contract 3.1)."""
    listening, client = listener
    listening.answers["GET"] = (404, {"status": 404, "title": "Resource not found", "detail": "no"})
    with pytest.raises(NotFound):
        await client.spaces.get(space="Zm86MQ==")
    assert listening.lines == ["GET /v2/spaces/Zm86MQ%3D%3D"]


async def test_lists_of_candidates_are_bounded(listener: Any) -> None:
    """The message stays readable, and all are on the error."""
    listening, client = listener
    listening.answers["GET"] = page("spaces", [{"id": str(n), "name": "sp"} for n in range(50)])
    with pytest.raises(AmbiguousName) as ambiguous:
        await client.spaces.get(space="sp")
    assert len(ambiguous.value.matching_ids) == 50
    listening.answers["GET"] = page("spaces", [{"id": str(n), "name": f"s{n}"} for n in range(50)])
    with pytest.raises(NotFound) as missing:
        await client.spaces.get(space="sp")
    assert len(missing.value.available_names) == 50
    assert all(len(str(error)) < 300 for error in (ambiguous.value, missing.value))


@pytest.mark.parametrize("items", [[], [{"id": "1", "name": "other"}]])
async def test_cursors_without_end_are_not_followed(listener: Any, items: list[dict[str, str]]) -> None:
    """Neither the same one again nor empty pages for ever."""
    listening, client = listener
    listening.answers["GET"] = page("spaces", items, "again")
    with pytest.raises(InvalidResponse, match="circle"):
        await client.spaces.get(space="sp")
    listening.script = [page("spaces", [], str(number)) for number in range(1100)]
    with pytest.raises(InvalidResponse, match="pages in a row are empty"):
        await client.spaces.get(space="sp")

"""Operations that only the generated API below the official SDK's clients offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

MODELS = "arize._generated.api_client.models"
NO_TAGS = {"tags": [], "pagination": {"has_more": False, "next_cursor": None}}


@pytest.fixture
def resources(ours: Any, space: Any, dataset: Any, experiment: Any) -> dict[str, dict[str, str]]:
    """The argument that names a resource, by the kind of resource."""
    config = ours.annotation_configs.create_freeform(name="note", space=space.id)
    return {
        "experiment": {"experiment_id": experiment.id},
        "dataset": {"dataset_id": dataset.id},
        "annotation_config": {"annotation_config_id": config.id},
    }


@pytest.fixture
def tag(official: Any, make: Any, space: Any) -> Callable[..., dict[str, Any]]:
    """Make tags, in the space of the test unless another one is named."""

    def create(name: str, **fields: Any) -> dict[str, Any]:
        request = make(f"{MODELS}.CreateTagRequest", **{"name": name, "space_id": space.id, **fields})
        return official("session.tags.create_tag", create_tag_request=request)

    return create


def test_create_tag(official: Any, make: Any, ours: Any, space: Any, tag: Any, fresh: Any) -> None:
    """Every field is stored; a name in another case is a conflict, but not in another space."""
    made = tag("Production", description="serving <b>'); --", color="GREEN")
    assert (made["name"], made["description"], made["color"]) == ("Production", "serving <b>'); --", "GREEN")
    assert (made["space_id"], made["updated_at"]) == (space.id, made["created_at"])
    assert tag("x" * 100)["color"] is None
    request = make(f"{MODELS}.CreateTagRequest", name="PRODUCTION", space_id=space.id)
    refused = official.refusal("session.tags.create_tag", create_tag_request=request)
    assert (refused.name, refused.data["status"]) == ("ConflictException", 409)
    assert tag("PRODUCTION", space_id=ours.spaces.create(name=fresh("space")).id)["id"] != made["id"]
    for name, space_id, error in ((" ", space.id, "BadRequestException"), ("n", "nowhere", "NotFoundException")):
        request = make(f"{MODELS}.CreateTagRequest", name=name, space_id=space_id)
        assert official.refusal("session.tags.create_tag", create_tag_request=request).name == error


def test_update_tag(official: Any, make: Any, tag: Any) -> None:
    """Given fields change, None clears, others stay; nothing to change and a name that is taken are refused."""
    made, other = tag("a", description="d", color="RED"), tag("b")

    def change(of: str, **fields: Any) -> dict[str, Any]:
        return {"tag_id": of, "update_tag_request": make(f"{MODELS}.UpdateTagRequest", **fields)}

    changed = official("session.tags.update_tag", **change(made["id"], name="A"))
    assert changed == {**made, "name": "A", "updated_at": changed["updated_at"]}
    assert changed["updated_at"] > made["updated_at"]
    cleared = official("session.tags.update_tag", **change(made["id"], color=None, description=None))
    assert (cleared["name"], cleared["color"], cleared["description"]) == ("A", None, None)
    for request, error in (
        (change(made["id"]), "BadRequestException"),
        (change(other["id"], name="A"), "ConflictException"),
        (change("VGFnOjE=", name="c"), "NotFoundException"),
    ):
        assert official.refusal("session.tags.update_tag", **request).name == error


@pytest.mark.parametrize("kind", ["experiment", "dataset", "annotation_config"])
def test_tags(
    official: Any, make: Any, ours: Any, tag: Any, fresh: Any, resources: dict[str, dict[str, str]], kind: str
) -> None:
    """A resource gets tags of its space, any number of times; those of another space and unknown ones are a 422."""
    assert official(f"{kind}s._api.list_{kind}_tags", **resources[kind]) == NO_TAGS

    def added(*tag_ids: str) -> dict[str, Any]:
        return {**resources[kind], "add_tags_request": make(f"{MODELS}.AddTagsRequest", tag_ids=list(tag_ids))}

    first, second = tag("first"), tag("second")
    for ids in ([first["id"]], [first["id"], second["id"]]):
        answer = official(f"{kind}s._api.add_{kind}_tags", **added(*ids))
    assert answer == {**NO_TAGS, "tags": [second, first]}
    foreign = tag("third", space_id=ours.spaces.create(name=fresh("space")).id)
    for unknown in (foreign["id"], "VGFnOjE=", "'; --"):
        refused = official.refusal(f"{kind}s._api.add_{kind}_tags", **added(unknown))
        assert (refused.name, refused.data["status"]) == ("UnprocessableEntityException", 422)
    for ids in ([], [first["id"]] * 101):
        unchecked = make(f"{MODELS}.AddTagsRequest.model_construct", tag_ids=ids)
        refused = official.refusal(f"{kind}s._api.add_{kind}_tags", **resources[kind], add_tags_request=unchecked)
        assert (refused.name, refused.data["status"]) == ("UnprocessableEntityException", 422)
    assert official(f"{kind}s._api.list_{kind}_tags", **resources[kind]) == answer
    nothing = dict.fromkeys(resources[kind], "nothing")
    assert official.refusal(f"{kind}s._api.list_{kind}_tags", **nothing).name == "NotFoundException"


def test_removing_tags(official: Any, make: Any, dataset: Any, tag: Any) -> None:
    """Tags that are not there are named in the answer."""

    def ids(kind: str, *tag_ids: str) -> dict[str, Any]:
        request = make(f"{MODELS}.{kind.capitalize()}TagsRequest", tag_ids=list(tag_ids))
        return {"dataset_id": dataset.id, f"{kind}_tags_request": request}

    first, second = tag("first")["id"], tag("second")["id"]
    official("datasets._api.add_dataset_tags", **ids("add", first, second))
    answer = official("datasets._api.remove_dataset_tags", **ids("remove", first))
    assert answer == {"completed": True, "deleted": [first], "not_deleted": []}
    answer = official("datasets._api.remove_dataset_tags", **ids("remove", first, second))
    assert answer == {"completed": False, "deleted": [second], "not_deleted": [first]}
    assert official("datasets._api.list_dataset_tags", dataset_id=dataset.id) == NO_TAGS


def test_delete_tag(official: Any, make: Any, resources: dict[str, dict[str, str]], tag: Any) -> None:
    """It goes from everything that had it, its name is free again, and the second time it is not found."""
    made = tag("short-lived")["id"]
    body = {"add_tags_request": make(f"{MODELS}.AddTagsRequest", tag_ids=[made])}
    for kind, resource in resources.items():
        official(f"{kind}s._api.add_{kind}_tags", **resource, **body)
    assert official("session.tags.delete_tag", tag_id=made) is None
    for kind, resource in resources.items():
        assert official(f"{kind}s._api.list_{kind}_tags", **resource) == NO_TAGS
    assert official.refusal("session.tags.delete_tag", tag_id=made).name == "NotFoundException"
    assert tag("short-lived")["id"] != made


def test_list_runs(official: Any, ours: Any, agree: Any, experiment: Any) -> None:
    """The list that is no search has the same runs, by pages."""
    name = "experiments._api.list_experiment_runs"
    page = official(name, experiment_id=experiment.id, limit=2)
    rest = official(name, experiment_id=experiment.id, limit=2, cursor=page["pagination"]["next_cursor"])
    agree(page["experiment_runs"] + rest["experiment_runs"], list(ours.experiments.list_runs(experiment=experiment.id)))


def test_list_examples(official: Any, ours: Any, agree: Any, dataset: Any) -> None:
    """The list that is no search has the same examples, by pages and of a version."""
    name = "datasets._api.list_dataset_examples"
    version = official("datasets.get", dataset=dataset.id)["versions"][0]["id"]
    page = official(name, dataset_id=dataset.id, limit=3)
    cursor = page["pagination"]["next_cursor"]
    rest = official(name, dataset_id=dataset.id, limit=3, cursor=cursor, dataset_version_id=version)
    agree(page["examples"] + rest["examples"], list(ours.datasets.list_examples(dataset=dataset.id)))


def test_list_experiments(official: Any, dataset: Any, experiment: Any) -> None:
    """By a part of the name, which the client never sends; a dataset and a space together are refused."""
    name = "experiments._api.list_experiments"
    for part, count in (("IRS", 1), ("%", 0)):
        assert len(official(name, dataset_id=dataset.id, name=part)["experiments"]) == count
    refused = official.refusal(name, dataset_id=dataset.id, space_id=dataset.space_id)
    assert refused.name == "BadRequestException"

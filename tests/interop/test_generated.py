"""Operations that only the generated API below the official SDK's clients offers."""

from __future__ import annotations

from typing import Any

import pytest

TAGS = "arize._generated.api_client.models"
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


@pytest.mark.parametrize("kind", ["experiment", "dataset", "annotation_config"])
def test_tags(official: Any, make: Any, resources: dict[str, dict[str, str]], kind: str) -> None:
    """A resource has no tags, and one that is added is unknown, because the server cannot make any."""
    assert official(f"{kind}s._api.list_{kind}_tags", **resources[kind]) == NO_TAGS
    body = {"add_tags_request": make(f"{TAGS}.AddTagsRequest", tag_ids=["VGFnOjE="])}
    refused = official.refusal(f"{kind}s._api.add_{kind}_tags", **resources[kind], **body)
    assert refused.name == "UnprocessableEntityException"
    nothing = dict.fromkeys(resources[kind], "nothing")
    assert official.refusal(f"{kind}s._api.list_{kind}_tags", **nothing).name == "NotFoundException"


def test_removing_tags(official: Any, make: Any, dataset: Any) -> None:
    """Tags that are not there are named in the answer."""
    body = {"remove_tags_request": make(f"{TAGS}.RemoveTagsRequest", tag_ids=["VGFnOjE="])}
    answer = official("datasets._api.remove_dataset_tags", dataset_id=dataset.id, **body)
    assert answer == {"completed": True, "deleted": [], "not_deleted": ["VGFnOjE="]}


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

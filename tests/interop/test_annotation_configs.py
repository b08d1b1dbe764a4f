"""The annotation configs client of the official SDK."""

from __future__ import annotations

from typing import Any

import pytest

NOTHING = "QW5ub3RhdGlvbkNvbmZpZzo5OTpBYkNk"
VALUE = "arize.annotation_configs.types.CategoricalAnnotationValueRequest"
MAXIMIZE = {"$call": "arize.annotation_configs.types.OptimizationDirection", "args": ["MAXIMIZE"]}


@pytest.fixture
def configs(official: Any, make: Any, space: Any) -> list[dict[str, Any]]:
    """One of each type, made by the official SDK."""
    values = [make(VALUE, label="good", score=1), make(VALUE, label="bad")]
    return [
        official("annotation_configs.create_freeform", name="note", space=space.name),
        official("annotation_configs.create_continuous", name="mark", space=space.id, minimum_score=0, maximum_score=1),
        official(
            "annotation_configs.create_categorical",
            name="quality",
            space=space.id,
            values=values,
            optimization_direction=MAXIMIZE,
        ),
    ]


def test_create(official: Any, ours: Any, agree: Any, space: Any, configs: list[dict[str, Any]]) -> None:
    """All three types have all their fields for both clients; a name that is taken is a conflict."""
    for config, kind in zip(configs, ("FREEFORM", "CONTINUOUS", "CATEGORICAL"), strict=True):
        assert config["type"] == kind
        agree(config, ours.annotation_configs.get(annotation_config=config["id"]))
    assert configs[2]["values"] == [{"label": "good", "score": 1.0}, {"label": "bad", "score": None}]
    again = official.refusal("annotation_configs.create_freeform", name="note", space=space.id)
    assert again.name == "ConflictException"
    bounds = {"minimum_score": 2, "maximum_score": 1}
    wrong = official.refusal("annotation_configs.create_continuous", name="x", space=space.id, **bounds)
    assert wrong.status == 422


def test_list(official: Any, ours: Any, agree: Any, space: Any, configs: list[dict[str, Any]]) -> None:
    """By the space's id or a part of its name, by a part of the name, and by pages."""
    page = official("annotation_configs.list", space=space.id, limit=2)
    assert [found["name"] for found in page["annotation_configs"]] == ["quality", "mark"]
    rest = official("annotation_configs.list", space=space.id, limit=2, cursor=page["pagination"]["next_cursor"])
    everything = page["annotation_configs"] + rest["annotation_configs"]
    agree(everything, list(ours.annotation_configs.list(space=space.id)))
    assert len(everything) == len(configs)
    found = official("annotation_configs.list", space=space.name, name="ALI")["annotation_configs"]
    assert [config["name"] for config in found] == ["quality"]


def test_get(official: Any, space: Any, configs: list[dict[str, Any]]) -> None:
    """By id, and by name with the space's name or id."""
    for config in configs:
        for options in (
            {"annotation_config": config["id"]},
            {"annotation_config": config["name"], "space": space.id},
            {"annotation_config": config["name"], "space": space.name},
        ):
            assert official("annotation_configs.get", **options) == config
    assert official.refusal("annotation_configs.get", annotation_config=NOTHING).status == 404
    missing = official.refusal("annotation_configs.get", annotation_config="nothing", space=space.id)
    assert missing.name == "NotFoundError"


def test_update(official: Any, ours: Any, agree: Any, make: Any, space: Any, configs: list[dict[str, Any]]) -> None:
    """Each type takes its own changes, and what is not given stays."""
    note, mark, quality = configs
    renamed = official("annotation_configs.update_freeform", annotation_config="note", space=space.id, name="remark")
    assert (renamed["id"], renamed["name"]) == (note["id"], "remark")
    wider = official("annotation_configs.update_continuous", annotation_config=mark["id"], maximum_score=5)
    assert (wider["minimum_score"], wider["maximum_score"], wider["name"]) == (0, 5, "mark")
    values = [make(VALUE, label=label) for label in ("a", "b", "c")]
    relabelled = official("annotation_configs.update_categorical", annotation_config=quality["id"], values=values)
    assert [value["label"] for value in relabelled["values"]] == ["a", "b", "c"]
    assert relabelled["optimization_direction"] == "MAXIMIZE"
    for changed in (renamed, wider, relabelled):
        agree(changed, ours.annotation_configs.get(annotation_config=changed["id"]))
    taken = official.refusal("annotation_configs.update_freeform", annotation_config=note["id"], name="mark")
    assert taken.name == "ConflictException"
    other = official.refusal("annotation_configs.update_freeform", annotation_config=mark["id"], name="x")
    assert other.name == "UnprocessableEntityException"


def test_delete(official: Any, ours: Any, space: Any, configs: list[dict[str, Any]]) -> None:
    """By name or id; the second time it is not found."""
    official("annotation_configs.delete", annotation_config="note", space=space.name)
    official("annotation_configs.delete", annotation_config=configs[1]["id"])
    assert [config.name for config in ours.annotation_configs.list(space=space.id)] == ["quality"]
    again = official.refusal("annotation_configs.delete", annotation_config=configs[1]["id"])
    assert again.name == "NotFoundException"

"""Spaces and annotation configs against the embedded server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from arize_async.errors import BadRequest, Conflict, NotFound
from arize_async.models.annotation_config import (
    CategoricalAnnotationConfig,
    ContinuousAnnotationConfig,
    FreeformAnnotationConfig,
    OptimizationDirection,
)
from arize_async.spaces.types import CustomSpaceRole, PredefinedSpaceRole, UserSpaceRole

if TYPE_CHECKING:
    from arize_async import ArizeClient

USER = "VXNlcjo0MjphQmNE"


async def test_spaces(client: ArizeClient) -> None:
    """A new server has one space; more are created, listed and got by name and by id."""
    assert [space.name async for space in await client.spaces.list()] == ["default"]
    created = await client.spaces.create(name="team", description="ours")
    assert (created.name, created.description) == ("team", "ours")
    assert await client.spaces.get(space="team") == created
    assert await client.spaces.get(space=created.id) == created
    assert [space.name for space in (await client.spaces.list(name="TEA")).spaces] == ["team"]
    with pytest.raises(Conflict):
        await client.spaces.create(name="team")
    with pytest.raises(NotFound, match="space 'tea' not found"):
        await client.spaces.get(space="tea")


async def test_users_of_spaces(client: ArizeClient) -> None:
    """A user has one role in a space, the last that was given; a space may be named."""
    added = await client.spaces.add_user(space="default", user_id=USER, role=PredefinedSpaceRole(name="MEMBER"))
    assert (added.user_id, str(added.role)) == (USER, "MEMBER")
    role = CustomSpaceRole(id="Um9sZToxOlY0S2E=", name="reviewer")
    changed = await client.spaces.add_user(space="default", user_id=USER, role=role)
    assert (changed.id, str(changed.role)) == (added.id, "Um9sZToxOlY0S2E=")
    await client.spaces.remove_user(space="default", user_id=USER)
    with pytest.raises(NotFound):
        await client.spaces.remove_user(space="default", user_id=USER)
    with pytest.raises(BadRequest, match="expected the id of a user"):
        await client.spaces.add_user(space="default", user_id="me@example.com", role=role)


def test_roles() -> None:
    """A role is checked when it is made, and says what it is called."""
    assert str(PredefinedSpaceRole(name=UserSpaceRole.READ_ONLY)) == "READ_ONLY"
    assert PredefinedSpaceRole(name="ADMIN") == PredefinedSpaceRole(name=UserSpaceRole.ADMIN)
    assert (str(CustomSpaceRole(id="r")), str(CustomSpaceRole(id="r", name="reviewer"))) == ("r", "reviewer")
    with pytest.raises(ValueError, match="ADMIN, MEMBER, READ_ONLY, ANNOTATOR, got 'OWNER'"):
        PredefinedSpaceRole(name="OWNER")
    with pytest.raises(ValueError, match="at least 1"):
        CustomSpaceRole(id="")


async def test_annotation_configs(client: ArizeClient) -> None:
    """Each kind comes back as its own type, from create, get and list."""
    configs = client.annotation_configs
    number = await configs.create_continuous(
        name="quality",
        space="default",
        minimum_score=0,
        maximum_score=1,
        optimization_direction=OptimizationDirection.MAXIMIZE,
    )
    label = await configs.create_categorical(name="accuracy", space="default", values=[{"label": "a", "score": 1}])
    text = await configs.create_freeform(name="notes", space="default")
    assert isinstance(number, ContinuousAnnotationConfig)
    assert number.optimization_direction is OptimizationDirection.MAXIMIZE
    assert isinstance(label, CategoricalAnnotationConfig)
    assert isinstance(text, FreeformAnnotationConfig)
    listed = [config async for config in await configs.list(space="default", limit=2)]
    assert {config.name: type(config) for config in listed} == {
        "quality": ContinuousAnnotationConfig,
        "accuracy": CategoricalAnnotationConfig,
        "notes": FreeformAnnotationConfig,
    }
    assert await configs.get(annotation_config="quality") == number
    with pytest.raises(Conflict):
        await configs.create_freeform(name="notes", space="default")
    await configs.delete(annotation_config=text.id)
    assert len((await configs.list()).annotation_configs) == 2

"""Portals that do not outlive their test, and a small package to translate."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from arize_sync._portal import Portal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.facade.manifest import Manifest

HERE = Path(__file__).parent
collect_ignore = ["sample"]

# The generator is no part of the wheel; what is installed keeps coming first.
sys.path.append(str(HERE.parents[1]))


async def _goodbye() -> None:
    pass


@pytest.fixture
def portal() -> Iterator[Portal]:
    """Run coroutines until the test ends."""
    portal = Portal(_goodbye)
    yield portal
    portal.close()


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """Return a folder with the sample package in it, and the hand-written module of its mirror."""
    (tmp_path / "ruff.toml").touch()  # settings of a folder around this one do not count
    shutil.copytree(HERE / "sample" / "house_async", tmp_path / "house_async")
    portal = tmp_path / "house_sync" / "_portal.py"
    portal.parent.mkdir()
    portal.write_text("from arize_sync._portal import Facade, Owner, Stream\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def manifest() -> Manifest:
    """Say how the sample is mirrored."""
    from tools.facade.manifest import Manifest, Role, Service

    house = Service(
        module="client",
        name="House",
        role=Role.OWNER,
        makes=("model",),
        services=("rooms",),
        values=("address", "colour", "floors", "open"),
    )
    rooms = Service(
        module="rooms",
        name="Rooms",
        calls=("clear", "furnish", "get", "measure", "paint"),
        pages=("list",),
        enters=("light",),
    )
    lights = Service(module="lights", name="Lights", role=Role.STREAM, values=("left",), hidden=("stop",))
    return Manifest(
        source="house_async",
        target="house_sync",
        services=(house, rooms, lights),
        exports=("", "colours"),
        shared=("colours.Painter",),
        titles={"": "Houses, blocking; see ``await house_async.House()``."},
    )

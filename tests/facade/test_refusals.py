"""What the generator refuses to translate: it names the file and the line, and writes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from attrs import frozen

from tools.facade.__main__ import main
from tools.facade.manifest import Role, Service

if TYPE_CHECKING:
    from pathlib import Path

    from tools.facade.manifest import Manifest


@frozen
class Edit:
    """A change of the sample that makes it untranslatable.

    Attributes:
        file: The changed file.
        old: What stands there.
        new: What stands there instead.
        at: A text in the line that the error names.
        message: What the error says.
    """

    file: str
    old: str
    new: str
    at: str
    message: str

    def apply(self, sample: Path) -> int:
        """Change the file and return the number of the line."""
        path = sample / "house_async" / self.file
        text = path.read_text(encoding="utf-8")
        assert text.count(self.old) == 1
        text = text.replace(self.old, self.new)
        path.write_text(text, encoding="utf-8")
        (line, *_) = [number for number, line in enumerate(text.splitlines(), start=1) if self.at in line]
        return line


CLEAR = "    async def clear(self) -> None:"
ROOMS = "class Rooms(Resource):"
INIT = "    def __init__(self, house: House) -> None:"
EXACT = "    async def measure(self, name: str, *, exact: Literal[True])"
ONE = "    @overload\n    async def burn(self) -> None: ...\n"

EDITS = [
    Edit("rooms.py", CLEAR, f"    @functools.cache\n{CLEAR}", "@functools", "the decorator functools.cache is not"),
    Edit("rooms.py", CLEAR, "    async def burn(self): ...\n" + CLEAR, "burn", "Rooms.burn is not in the manifest"),
    Edit("rooms.py", CLEAR, "    def clear(self) -> None:", "def clear", "Rooms.clear cannot be among the calls"),
    Edit("rooms.py", "    @asynccontextmanager\n", "", "def light", "Rooms.light cannot be among the enters"),
    Edit("rooms.py", "AsyncGenerator[Lights]:", "AsyncGenerator[Names]:", "def light", "Names is not a service"),
    Edit("rooms.py", "AsyncGenerator[Lights]:", "object:", "def light", "the service that light gives is not known"),
    Edit("rooms.py", CLEAR, "    async def clear(self):", "def clear", "clear has no return type"),
    Edit("rooms.py", '        """Clear them."""\n', "        pass\n", "def clear", "clear has no docstring"),
    Edit("rooms.py", "*colours: Colour", "*colours: Blue", "Blue", "Blue in a signature is not known"),
    Edit("rooms.py", ROOMS, "class Rooms(dict):", "Rooms(dict)", "the base class dict is not understood"),
    Edit("rooms.py", ROOMS, "class Rooms(Resource[int]):", "Rooms(Res", "the base class Resource[int] is not"),
    Edit("rooms.py", INIT, "    def __len__(self): ...\n" + INIT, "__len__", "the special method __len__ is not"),
    Edit("rooms.py", INIT, "    kind = 1\n" + INIT, "kind = 1", "'kind = 1' in a service is not understood"),
    Edit(
        "rooms.py",
        EXACT,
        EXACT.replace("async ", ""),
        "def measure(self, name: str, *, exact: Literal[True",
        "is unlike",
    ),
    Edit("rooms.py", f"{EXACT} -> float", EXACT, "exact: Literal[True]", "an overload of measure is unlike the method"),
    Edit("rooms.py", CLEAR, ONE + CLEAR, "def burn", "burn has overloads alone"),
    Edit("rooms.py", CLEAR, ONE.replace("@o", "@classmethod\n    @o") + CLEAR, "def burn", "with another decorator"),
    Edit("rooms.py", "await house.rooms", "asyncio.sleep", "asyncio.sleep", "cannot be made blocking"),
    Edit("rooms.py", "from house_async.pages", "from .pages", "from .pages", "relative imports are not understood"),
    Edit("rooms.py", "class Rooms(", "class Doors(", '"""The rooms."""', "the manifest names a class Rooms, and there"),
    Edit("base.py", "fallback: str", "fallback: _Text", "_Text", "_Text in a signature is not known"),
    Edit("client.py", "self.open: bool = False", "self.open = bool()", "bool()", "attribute open is not known"),
    Edit("client.py", "self.open: bool", "self.shut: bool", "self.shut", "docstring does not describe shut"),
    Edit("client.py", "self.open: bool = False", "self.open |= True", "|=", "how the public attribute open is set"),
    Edit("client.py", "async def aclose", "async def shut", "class House", "House has no aclose, which Owner demands"),
    Edit("client.py", "int = DEFAULT", "int = _x.DEFAULT", "_x.", "_x in a signature is not known"),
    Edit("client.py", "-> Rooms:", "-> object:", "-> object", "object is not a service of the manifest"),
    Edit("client.py", "-> Rooms:", "-> list[Rooms]:", "-> list", "the service that rooms gives is not known"),
    Edit("lights.py", "__anext__(self) -> int", "__anext__(self)", "__anext__", "__anext__ has no return type"),
    Edit("colours.py", '"""Values and errors."""', "", "", "the module has no docstring"),
    Edit("__init__.py", '"House",', '"House", "Garden",', "Garden", "Garden is not defined"),
    Edit("__init__.py", "__all__ = [", "__all__ = [*x, ", "__all__", "__all__ is not a literal"),
]


@pytest.mark.parametrize("edit", EDITS, ids=[edit.message for edit in EDITS])
def test_source_that_cannot_be_translated(
    sample: Path, manifest: Manifest, capsys: pytest.CaptureFixture[str], edit: Edit
) -> None:
    """Whatever is not understood is an error with its place, and nothing is written."""
    line = edit.apply(sample)
    assert main([], root=sample, manifest=manifest) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"house_async/{edit.file}:{line}: ")
    assert edit.message in error
    assert [path.name for path in (sample / "house_sync").iterdir()] == ["_portal.py"]


def test_private_name_in_a_signature(sample: Path, manifest: Manifest, capsys: pytest.CaptureFixture[str]) -> None:
    """A private name that the module defines cannot be imported elsewhere."""
    edit = Edit("client.py", "DEFAULT_FLOORS = 2", "DEFAULT_FLOORS = _FEW = 2", "_FEW", "")
    edit.apply(sample)
    line = Edit("client.py", "int = DEFAULT_FLOORS", "int = _FEW", "int = _FEW", "").apply(sample)
    assert main([], root=sample, manifest=manifest) == 1
    assert capsys.readouterr().err == f"house_async/client.py:{line}: _FEW in a public signature is private\n"


def test_name_that_means_two_things(sample: Path, manifest: Manifest, capsys: pytest.CaptureFixture[str]) -> None:
    """Members of one service come from several modules, in which a name may mean different things."""
    Edit("base.py", "import asyncio", "import asyncio\nfrom os import PathLike as Colour", "Colour", "").apply(sample)
    Edit("base.py", "fallback: str", "fallback: Colour", "Colour", "").apply(sample)
    assert main([], root=sample, manifest=manifest) == 1
    assert "Colour means os.PathLike and house_async.colours.Colour" in capsys.readouterr().err


MANIFESTS: list[tuple[dict[str, Any], str]] = [
    (
        {"calls": ("clear", "furnish", "get", "measure", "paint", "burn")},
        "the manifest names Rooms.burn, and there is none",
    ),
    ({"calls": ("clear", "clear", "furnish", "get", "measure", "paint")}, "the manifest names Rooms.clear twice"),
    ({"hidden": ("clear",)}, "the manifest names Rooms.clear twice"),
    ({"calls": ("clear", "furnish", "get", "measure")}, "Rooms.paint is not in the manifest"),
    ({"name": "Doors"}, "the manifest names a class Doors, and there is none"),
    ({"module": "doors"}, "house_async/doors:1: the manifest names this module, and it does not exist"),
]


@pytest.mark.parametrize(("change", "message"), MANIFESTS, ids=[message for _, message in MANIFESTS])
def test_service_of_the_manifest_that_does_not_fit(
    sample: Path, manifest: Manifest, capsys: pytest.CaptureFixture[str], change: dict[str, Any], message: str
) -> None:
    """An entry that is unused or missing is an error."""
    house, rooms, lights = manifest.services
    alone = replace(house, services=(), hidden=("rooms",))
    changed = replace(manifest, services=(alone, replace(rooms, **change), lights))
    assert main(["--check"], root=sample, manifest=changed) == 1
    assert message in capsys.readouterr().err


def test_stream_without_what_a_stream_needs(
    sample: Path, manifest: Manifest, capsys: pytest.CaptureFixture[str]
) -> None:
    """The role of a service says what its class must have."""
    house, rooms, lights = manifest.services
    changed = replace(manifest, services=(house, replace(rooms, role=Role.STREAM), lights))
    assert main([], root=sample, manifest=changed) == 1
    assert "Rooms has no __aiter__, which Stream demands" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"exports": ("", "colours", "colours")}, "the manifest names the module 'colours' twice"),
        ({"exports": ("", "colours", "rooms")}, "the manifest names the module 'rooms' twice"),
        ({"exports": ("colours",), "titles": {}}, "the package house_sync of this module is not mirrored"),
        (
            {"exports": ("", "colours", "pages"), "titles": {"base": "x"}},
            "has a title for 'base', which is not mirrored",
        ),
        ({"shared": ()}, "house_async.colours exports Painter, which has coroutines and is not in the manifest"),
        ({"shared": ("colours.Painter", "pages.Names")}, "the manifest shares house_async.pages.Names"),
    ],
)
def test_manifest_that_does_not_fit(
    sample: Path, manifest: Manifest, capsys: pytest.CaptureFixture[str], change: dict[str, Any], message: str
) -> None:
    """Modules, titles and shared classes are checked as well."""
    assert main([], root=sample, manifest=replace(manifest, **change)) == 1
    assert message in capsys.readouterr().err


def test_service_that_is_exported_and_forgotten(
    sample: Path, manifest: Manifest, capsys: pytest.CaptureFixture[str]
) -> None:
    """A class with coroutines cannot slip into the blocking package."""
    Edit("__init__.py", '"House",', '"House", "Rooms",', "Rooms", "").apply(sample)
    Edit("__init__.py", "\n__all__", "\nfrom house_async.rooms import Rooms\n__all__", "Rooms", "").apply(sample)
    house, _, _ = manifest.services
    changed = replace(manifest, services=(replace(house, services=(), hidden=("rooms",)),))
    assert main([], root=sample, manifest=changed) == 1
    assert "house_async exports Rooms, which has coroutines" in capsys.readouterr().err


def test_services_of_the_manifest_are_values() -> None:
    """Each member of a service has one way, which the manifest names."""
    service = Service(module="m", name="N", calls=("a",), values=("b",))
    assert {name: way.value for name, way in service.ways().items()} == {"a": "calls", "b": "values"}

"""The blocking package that the generator makes of a sample."""

from __future__ import annotations

import doctest
import importlib
import inspect
import subprocess
import sys
from typing import TYPE_CHECKING, get_overloads

import pytest

from tools.facade.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from tools.facade.manifest import Manifest


@pytest.fixture
def house_sync(sample: Path, manifest: Manifest, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Generate the mirror of the sample and import it."""
    assert main([], root=sample, manifest=manifest) == 0
    monkeypatch.syspath_prepend(str(sample))
    yield importlib.import_module("house_sync")
    for name in [name for name in sys.modules if name.partition(".")[0] in {"house_async", "house_sync"}]:
        del sys.modules[name]


def text(sample: Path, module: str) -> str:
    """Return what was generated for a module."""
    return (sample / "house_sync" / f"{module}.py").read_text(encoding="utf-8")


def test_calls(house_sync: ModuleType) -> None:
    """Coroutine methods, inherited ones too, block and return what they returned."""
    with house_sync.House("here") as house:
        assert house.rooms.get("bath") == "bath"
        assert house.rooms.furnish(1, i=10) == 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 10
        assert house.rooms.clear() is None
        with pytest.raises(LookupError):
            house.rooms.get("nowhere")


def test_all_kinds_of_parameters_are_handed_on(house_sync: ModuleType) -> None:
    """Positional-only, variable and keyword parameters arrive as they were given."""
    with house_sync.House("here") as house:
        painted = house.rooms.paint("bath", house_sync.Colour.RED, house_sync.Colour.BLUE, filter="some", matt=True)
    assert painted == "bath ['red', 'blue'] some {'matt': True}"


def test_pages_are_bound(house_sync: ModuleType) -> None:
    """A page fetches the next one through the portal."""
    with house_sync.House("here") as house:
        assert list(house.rooms.list()) == ["kitchen", "bath", "attic"]


def test_context_manager_gives_a_stream(house_sync: ModuleType) -> None:
    """What an asynchronous context manager yields gets its own facade, which iterates."""
    with house_sync.House("here") as house, house.rooms.light(flashes=2) as lights:
        assert lights.left == 2
        assert list(lights) == [1, 0]
        assert not hasattr(lights, "stop")


def test_owner_opens_and_closes(house_sync: ModuleType) -> None:
    """The ``with`` statement enters the asynchronous object and closes it."""
    house = house_sync.House("here", 3)
    assert repr(house) == "<House locked>"
    with house as entered:
        assert entered is house
        assert (house.open, house.floors, house.address, house.colour) == (True, 3, "here", house_sync.Colour.RED)
        assert house.rooms is house.rooms
    assert repr(house) == "<House locked>"
    house.close()


def test_class_method_makes_the_facade(house_sync: ModuleType) -> None:
    """An alternative constructor gives an instance of the facade."""
    house = house_sync.House.model(5)
    assert isinstance(house, house_sync.House)
    assert house.floors == 5
    house.close()


def test_values_are_shared(house_sync: ModuleType) -> None:
    """What is no service is the same object in both packages."""
    source = importlib.import_module("house_async")
    assert house_sync.Colour is source.Colour
    assert house_sync.__version__ == source.__version__
    assert sorted(house_sync.__all__) == sorted(source.__all__)
    assert house_sync.House is not source.House
    colours = importlib.import_module("house_sync.colours")
    assert colours.__all__ == ["Colour", "HouseError", "Painter", "brighter"]


def test_services_are_loaded_when_they_are_used(house_sync: ModuleType) -> None:
    """A facade that is not asked for is not imported."""
    house = house_sync.House("here")
    assert "house_sync.rooms" not in sys.modules
    assert house.rooms
    assert "house_sync.rooms" in sys.modules
    assert "house_sync.lights" not in sys.modules
    house.close()


def test_signatures_are_those_of_the_source(house_sync: ModuleType) -> None:
    """Names, kinds, defaults and types of parameters are copied."""
    assert house_sync
    source = importlib.import_module("house_async.rooms").Rooms
    facade = importlib.import_module("house_sync.rooms").Rooms
    for name in ("get", "furnish", "paint", "list"):
        assert inspect.signature(getattr(facade, name)) == inspect.signature(getattr(source, name))


def test_overloads_are_those_of_the_source(house_sync: ModuleType) -> None:
    """Type checkers see the same choice of signatures, with the results of the coroutines."""
    assert house_sync
    source = importlib.import_module("house_async.rooms").Rooms
    facade = importlib.import_module("house_sync.rooms").Rooms
    expected = [inspect.signature(signature) for signature in get_overloads(source.measure)]
    assert [inspect.signature(signature) for signature in get_overloads(facade.measure)] == expected
    assert [signature.return_annotation for signature in expected] == ["int", "float"]
    with house_sync.House("here") as house:
        assert (house.rooms.measure("bath"), house.rooms.measure("bath", exact=True)) == (4, 4.5)


def test_docstrings_are_translated(house_sync: ModuleType) -> None:
    """Examples and literals are blocking code; prose is as it was."""
    doc = inspect.getdoc(house_sync.House)
    assert doc is not None
    assert "Close it with ``close()``, or use ``with``." in doc
    assert "asyncio" not in doc
    rooms = importlib.import_module("house_sync.rooms").Rooms
    assert '    ...     return house.rooms.paint("bath")' in str(inspect.getdoc(rooms.paint))
    assert inspect.getdoc(house_sync.House.floors) == "How many floors it has, the cellar among them."
    assert house_sync.__doc__ == "Houses, blocking; see ``house_sync.House()``."


def test_translated_examples_run(house_sync: ModuleType) -> None:
    """The examples of the facade are blocking code that does what it says."""
    results = doctest.testmod(importlib.import_module("house_sync.client"))
    assert (results.failed, results.attempted) == (0, 2)
    assert house_sync


def test_header_names_the_source(sample: Path, house_sync: ModuleType) -> None:
    """Each file begins with two lines that say where it comes from."""
    assert house_sync
    first, second = text(sample, "rooms").splitlines()[:2]
    assert first == "# Generated by `python -m tools.facade` from house_async/rooms.py."
    assert second == "# Do not edit it: change that file or the manifest."


def test_output_is_clean(sample: Path, house_sync: ModuleType) -> None:
    """The generated files need neither a formatter nor an import sorter any more, and bring their own exceptions."""
    assert house_sync
    ruff = [sys.executable, "-m", "ruff"]
    rules = ["--select", "I,F,PLR0913,A002,RUF100,UP,TC", "--target-version", "py311"]
    files = [str(path) for path in (sample / "house_sync").rglob("*.py") if path.name != "_portal.py"]
    subprocess.run([*ruff, "format", "--check", *files], cwd=sample, check=True, capture_output=True)
    found = subprocess.run([*ruff, "check", *rules, *files], cwd=sample, check=False, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


def test_generating_twice_changes_nothing(sample: Path, manifest: Manifest, capsys: pytest.CaptureFixture[str]) -> None:
    """The first run names what it wrote; the second has nothing to write."""
    assert main([], root=sample, manifest=manifest) == 0
    assert capsys.readouterr().out.split() == [
        "house_sync/__init__.py",
        "house_sync/client.py",
        "house_sync/colours.py",
        "house_sync/lights.py",
        "house_sync/rooms.py",
    ]
    assert main([], root=sample, manifest=manifest) == 0
    assert capsys.readouterr().out == ""


def test_check_reports_missing_extra_and_different_files(
    sample: Path, manifest: Manifest, capsys: pytest.CaptureFixture[str]
) -> None:
    """The check fails, names each file with its problem, and writes nothing."""
    assert main([], root=sample, manifest=manifest) == 0
    assert main(["--check"], root=sample, manifest=manifest) == 0
    target = sample / "house_sync"
    (target / "rooms.py").unlink()
    with (target / "client.py").open("a", encoding="utf-8") as file:
        file.write("# edited\n")
    (target / "old.py").write_text("# Generated by `python -m tools.facade` from house_async/old.py.\n", "utf-8")
    (target / "new.py").write_text("x = 1\n", "utf-8")
    capsys.readouterr()
    assert main(["--check"], root=sample, manifest=manifest) == 1
    assert capsys.readouterr().err.splitlines() == [
        "house_sync/client.py: different",
        "house_sync/rooms.py: missing",
        "house_sync/new.py: extra",
        "house_sync/old.py: extra",
    ]
    assert not (target / "rooms.py").exists()


def test_writing_removes_what_was_generated_and_nothing_else(
    sample: Path, manifest: Manifest, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file without the header was written by somebody: it stays, and the command fails."""
    target = sample / "house_sync"
    (target / "old.py").write_text("# Generated by `python -m tools.facade` from house_async/old.py.\n", "utf-8")
    (target / "new.py").write_text("x = 1\n", "utf-8")
    assert main([], root=sample, manifest=manifest) == 1
    assert capsys.readouterr().err == "house_sync/new.py: extra\n"
    assert not (target / "old.py").exists()
    assert (target / "new.py").exists()

"""An experiment that a Python file describes."""

from __future__ import annotations

import importlib.util
import inspect
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from arize_async.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

DEFAULT = "experiment"


def load(place: str) -> object:
    """Execute a file and return one of its objects.

    Args:
        place: ``FILE`` or ``FILE:OBJECT``.

    Raises:
        InvalidInput: There is no such file or object, or the file raises; its traceback is on standard error then.
    """
    file, name = _split(place)
    if not file.is_file():
        raise InvalidInput(f"there is no file {str(file)!r}")
    module = _executed(file)
    found: object = module
    for part in name.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            raise InvalidInput(f"{file} has no {name!r}; name the object as {file.name}:OBJECT") from None
    return found


async def described(found: object, keywords: Mapping[str, inspect.Parameter]) -> dict[str, Any]:
    """Return the arguments of a run that an object stands for.

    Args:
        found: A mapping of arguments; a function without parameters, plain or a coroutine, that returns one; or a task.
        keywords: The arguments that there are.

    Raises:
        InvalidInput: It is something else, or an argument is not known.
    """
    if callable(found):
        if _is_task(found):
            return {"task": found}
        try:
            found = found()
            found = await found if inspect.isawaitable(found) else found
        except Exception as error:
            _print_traceback(error)
            raise InvalidInput(f"the function that describes the experiment raised {_told(error)}") from error
    if not isinstance(found, dict):
        raise InvalidInput(
            f"an experiment is a dict of the arguments of run, a function that returns one, or a task; got"
            f" {type(found).__name__}"
        )
    arguments = cast("dict[str, Any]", found)
    for name in arguments:
        if name not in keywords:
            raise InvalidInput(f"the experiment has an argument {name!r:.60}; those of run are: {', '.join(keywords)}")
    return dict(arguments)


def _split(place: str) -> tuple[Path, str]:
    file, colon, name = place.rpartition(":")
    if colon and all(part.isidentifier() for part in name.split(".")):
        return Path(file), name
    return Path(place), DEFAULT


def _executed(file: Path) -> ModuleType:
    """Import a file as ``python FILE`` finds its neighbours; what it defines crosses to worker processes by value."""
    import cloudpickle

    name = file.stem if file.stem not in sys.modules else f"{file.stem} of {file.parent}"
    spec = importlib.util.spec_from_file_location(name, file.resolve())
    if spec is None or spec.loader is None:
        raise InvalidInput(f"{file} is no Python file: its name has to end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(file.resolve().parent))
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        _print_traceback(error)
        raise InvalidInput(f"{file} cannot be executed: {_told(error)}") from error
    cloudpickle.register_pickle_by_value(module)
    return module


def _is_task(found: object) -> bool:
    try:
        parameters = inspect.signature(cast("Any", found)).parameters.values()
    except (TypeError, ValueError):  # some functions of extensions tell nothing of theirs
        return True
    return any(
        each.default is each.empty and each.kind not in {each.VAR_POSITIONAL, each.VAR_KEYWORD} for each in parameters
    )


def _print_traceback(error: BaseException) -> None:
    """Write where the user's code failed, without the frames of this package and of Python's import."""
    shown = error.__traceback__
    while shown is not None and (
        "importlib" in shown.tb_frame.f_code.co_filename or shown.tb_frame.f_code.co_filename == __file__
    ):
        shown = shown.tb_next
    traceback.print_exception(type(error), error, shown)


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__

"""Calls and their results, pickled for another process.

What can be imported crosses by its name. Functions and classes of ``__main__``, lambdas and closures cross by value:
so scripts without a guard and notebooks work, and no worker runs the user's script again.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import partial
from typing import NoReturn

from attrs import frozen

from arize_async.executors import worker_main


class CannotCross(Exception):
    """A function, an argument, a value or an error could not be sent from one process to another."""


class RemoteTraceback(Exception):
    """The traceback that an error had in its process."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


@frozen
class Request:
    """A call, pickled.

    Attributes:
        key: Names the function, which each process gets once.
        function: The pickled function.
        arguments: Its pickled arguments, by position and by keyword.
    """

    key: bytes
    function: bytes
    arguments: bytes


@frozen
class Reply:
    """How a call ended.

    Attributes:
        load: Gives its value or raises its error; this may run user code.
        started_ns: When the code began, nanoseconds since the epoch.
        seconds: How long it took.
    """

    load: Callable[[], object]
    started_ns: int
    seconds: float


class Requests:
    """Makes requests; pickles each function once."""

    def __init__(self) -> None:
        """Know no function yet."""
        self._functions: dict[int, tuple[object, bytes]] = {}  # keeps them alive: an id is not used twice

    def make(self, code: Callable[[], object]) -> Request:
        """Pickle a call.

        Raises:
            CannotCross: Something in it cannot be pickled.
        """
        call = code if isinstance(code, partial) else partial(code)
        function: object = call.func
        known = self._functions.get(id(function))
        if known is None:
            known = self._functions[id(function)] = function, _pickled(function)
        return Request(str(id(function)).encode(), known[1], _pickled((call.args, call.keywords)))


def _pickled(value: object) -> bytes:
    import cloudpickle

    try:
        return cloudpickle.dumps(value)
    except Exception as error:
        raise CannotCross(f"it cannot be pickled: {worker_main.shown(error)}") from error


def loader(kind: bytes, payload: bytes, text: str) -> Callable[[], object]:
    """Return what turns an answer into its value or error."""
    if kind == worker_main.VALUE:
        return partial(_load_value, payload, text)
    if kind in {worker_main.ERROR, worker_main.BARE_ERROR}:
        return partial(_load_error, payload, text)
    return partial(fail, CannotCross(text))


def fail(error: BaseException) -> NoReturn:
    """Raise an error."""
    raise error


def _load_value(payload: bytes, name: str) -> object:
    try:
        return pickle.loads(payload)  # noqa: S301 - the user's own code wrote it
    except BaseException as error:
        raise CannotCross(f"it returned a {name}, which cannot be read back: {worker_main.shown(error)}") from error


def _load_error(payload: bytes, text: str) -> NoReturn:
    try:
        error = pickle.loads(payload)  # noqa: S301 - the user's own code wrote it
        if not isinstance(error, BaseException):
            kind, args, attributes = error
            error = _rebuilt(kind, args, attributes)
        error.__cause__ = RemoteTraceback(text)
    except BaseException as problem:
        told = (text.strip().splitlines() or ["nothing"])[-1]
        raise CannotCross(f"it raised an error that cannot be read back: {told}") from problem
    raise error


def _rebuilt(kind: type[BaseException], args: tuple[object, ...], attributes: dict[str, object]) -> BaseException:
    """Make an error without its constructor, which may not take its own ``args``."""
    error = kind.__new__(kind, *args)
    error.args = args
    vars(error).update(attributes)
    return error

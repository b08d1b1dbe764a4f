"""Warnings of methods that the platform may still change (wire contract 9).

The first call of such a method in a process is warned of, where the user's code makes it; what this package calls for
its own ends is not. Both packages use it: the facade warns on the thread of its caller, before the call goes to the
event loop.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import sys
import warnings
from collections.abc import Callable
from enum import Enum
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from arize_async.config import Config

F = TypeVar("F", bound=Callable[..., object])

log = logging.getLogger(__name__)
log.addHandler(logging.NullHandler())  # without a log of the application the warning alone is shown


class PreReleaseWarning(FutureWarning):
    """A method was called that the platform may change without notice.

    It is given once per method and process. ``warnings.filterwarnings("ignore", category=PreReleaseWarning)`` silences
    it, and so does the variable ``ARIZE_PRE_RELEASE_WARNINGS=false``.
    """


class Stage(Enum):
    """How far a part of the platform's API has come."""

    ALPHA = "an alpha"
    BETA = "a beta"


STAGES: Final = {
    "experiments.list_runs": Stage.ALPHA,
    **dict.fromkeys(
        (
            "experiments.annotate_runs",
            "experiments.append_runs",
            "experiments.create",
            "experiments.delete",
            "experiments.get",
            "experiments.list",
            "experiments.run",
            "datasets.annotate_examples",
            "datasets.append_examples",
            "datasets.create",
            "datasets.delete",
            "datasets.delete_examples",
            "datasets.get",
            "datasets.list",
            "datasets.list_examples",
            "datasets.update",
            "datasets.update_examples",
            "spaces.add_user",
            "spaces.create",
            "spaces.delete",
            "spaces.get",
            "spaces.list",
            "spaces.remove_user",
            "spaces.update",
        ),
        Stage.BETA,
    ),
}
"""The methods that are not final, by the name that follows ``client``."""


class _Resource(Protocol):
    @property
    def _config(self) -> Config: ...


class Announcement:
    """The warning of one method, which is given once."""

    def __init__(self, key: str) -> None:
        """Take the name of a method in the table."""
        self._text = (
            f"client.{key} is {STAGES[key].value} API of the platform and may change without notice "
            "(ARIZE_PRE_RELEASE_WARNINGS=false silences this)"
        )
        self._is_made = False

    def make(self, resource: _Resource, *, stacklevel: int) -> None:
        """Warn, unless that was done or the client does not want it.

        Args:
            resource: Whose method is called.
            stacklevel: Which of the callers is shown; 1 is who calls this.

        Raises:
            PreReleaseWarning: A filter makes errors of warnings; the next call raises again.
        """
        if self._is_made or not resource._config.pre_release_warnings:  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001 - declared above
            return
        self._is_made = True
        try:
            warnings.warn(self._text, PreReleaseWarning, stacklevel=stacklevel + 1)
        except PreReleaseWarning:
            self._is_made = False
            raise
        if not (_is_ignored(self._text) or _is_logged_anyway()):
            log.warning(self._text)


def pre_release(key: str) -> Callable[[F], F]:
    """Warn of a coroutine method when it is called from outside of this package.

    Args:
        key: Its name in the table.
    """
    announcement = Announcement(key)

    def decorate(method: F) -> F:
        @wraps(method)
        def announced(self: _Resource, *args: Any, **kwargs: Any) -> object:
            if not _is_ours(_caller(2)):
                announcement.make(self, stacklevel=2)
            return method(self, *args, **kwargs)

        announced.__dict__["announcement"] = announcement
        return cast("F", _marked(announced))

    return decorate


def _caller(depth: int) -> object:
    frame = inspect.currentframe()
    for _ in range(depth):
        frame = frame and frame.f_back
    return frame and frame.f_globals.get("__name__")


def announce(method: Callable[..., object], *, stacklevel: int) -> None:
    """Warn of a bound method before another thread calls it, if there is something to warn of.

    Args:
        method: What will be called.
        stacklevel: Which of the callers is shown; 1 is who calls this.
    """
    announcement = getattr(method, "announcement", None)
    if isinstance(announcement, Announcement):
        announcement.make(cast("Any", method).__self__, stacklevel=stacklevel + 1)


def _is_ours(module: object) -> bool:
    return isinstance(module, str) and module.partition(".")[0] == __name__.partition(".")[0]


def _marked(function: Callable[..., object]) -> Callable[..., object]:
    """Let a function that returns a coroutine count as a coroutine function."""
    if sys.version_info >= (3, 12):
        return inspect.markcoroutinefunction(function)
    marked, marks = cast("Any", function), cast("Any", asyncio.coroutines)
    marked._is_coroutine = marks._is_coroutine  # noqa: SLF001 - what asyncio and mocks look for
    return function


def _is_ignored(text: str) -> bool:
    """Whether whoever silenced the warning wants no record of it either."""
    for action, message, category, module, line in warnings.filters:
        is_for_all = module is None and not line and (message is None or message.match(text))
        if is_for_all and issubclass(PreReleaseWarning, category):
            return action == "ignore"
    return False


def _is_logged_anyway() -> bool:
    """Whether warnings go to the log, as after ``logging.captureWarnings(True)``."""
    return getattr(warnings.showwarning, "__module__", None) == "logging"

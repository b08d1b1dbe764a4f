"""Find the user code that blocks the event loop, and name it."""

from __future__ import annotations

import asyncio
import logging
import sys
import sysconfig
import threading
from types import FrameType
from typing import TYPE_CHECKING

from attrs import frozen

from arize_async.executors.call import Call
from arize_async.executors.names import readable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

INTERVAL = 0.25
"""Seconds between two looks at the loop."""
BLOCKED = 0.5
"""Seconds without an answer of the loop that are worth a warning."""

_CALLS = (Call.perform.__code__, Call.follow.__code__)
_NEVER = {__name__.partition(".")[0], "bdb", "pdb", "_pydevd_bundle", "debugpy"}
"""Packages that are not blamed, nor those who called them: ours, and debuggers."""

_LIBRARIES = tuple(sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib"))

log = logging.getLogger("arize_async.executors")


@frozen(eq=False)
class _Culprit:
    """User code that an event loop is in.

    Attributes:
        step: The frame of ours that called it; the same one for as long as this call does not give way.
        frame: The outermost frame in it that is not a library's, such as that of a decorator.
    """

    step: FrameType
    frame: FrameType


class Watchdog:
    """Asks an event loop for an answer a few times a second, from a daemon thread.

    When none comes and the loop's thread has been in the same call of user code all the while, that function is named
    in a warning, once. Code that blocks the loop beside the calls of ``owner`` is not its business.
    """

    def __init__(self, owner: object) -> None:
        """Watch what ``owner`` calls; the thread starts with ``start``."""
        self._owner = owner
        self._told: set[CodeType] = set()
        self._ended = threading.Event()
        self._started = False
        self._asked = self._answered = 0

    def start(self) -> None:
        """Watch the running loop; does nothing when that is so."""
        if self._started:
            return
        self._started = True
        watched = asyncio.get_running_loop(), threading.get_ident()
        try:
            threading.Thread(target=self._watch, args=watched, name="arize-watchdog", daemon=True).start()
        except RuntimeError:
            log.debug("the system gives no thread to watch the event loop")

    def stop(self) -> None:
        """End the thread, without waiting for it."""
        self._ended.set()

    def _answer(self, question: int) -> None:
        self._answered = question

    def _watch(self, loop: asyncio.AbstractEventLoop, thread: int) -> None:
        silent, suspect = 0.0, None
        while not self._ended.wait(INTERVAL):
            if self._answered == self._asked:
                silent, suspect = 0.0, None
                self._asked += 1
                try:
                    loop.call_soon_threadsafe(self._answer, self._asked)
                except RuntimeError:  # the loop is closed
                    return
                continue
            silent += INTERVAL
            culprit = self._culprit(_innermost(thread))
            if culprit and suspect and culprit.step is suspect.step and silent >= BLOCKED:
                self._warn(culprit.frame, silent)
            suspect = culprit

    def _culprit(self, innermost: FrameType | None) -> _Culprit | None:
        """Return the user code of the owner that a thread is in, when it is not code of this package itself."""
        inside: list[FrameType] = []
        for frame in _outwards(innermost):
            if frame.f_code in _CALLS:
                caller = frame.f_back
                owned = caller is not None and caller.f_locals.get("self") is self._owner
                return _Culprit(frame, _outermost(inside)) if inside and owned else None
            if str(frame.f_globals.get("__name__")).partition(".")[0] in _NEVER:
                return None
            inside.append(frame)
        return None

    def _warn(self, frame: FrameType, seconds: float) -> None:
        code = frame.f_code
        if code in self._told:
            return
        self._told.add(code)
        log.warning(
            "%s has blocked the event loop for %g s (%s:%d): nothing else runs meanwhile. Call what blocks with"
            " `await asyncio.to_thread(...)`, or make the function a plain one, which runs in a thread",
            readable(code.co_qualname),
            seconds,
            code.co_filename,
            frame.f_lineno,
        )


def _innermost(thread: int) -> FrameType | None:
    frames = sys._current_frames()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - documented for this use
    return frames.get(thread)


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _outermost(frames: list[FrameType]) -> FrameType:
    """Return the outermost frame that is not a library's, if there is one."""
    own = [frame for frame in frames if not frame.f_code.co_filename.startswith(_LIBRARIES)]
    return (own or frames)[-1]

"""How long calls wait for their clients: who moves nothing for too long is cut off."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, TypeVar

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator

C = TypeVar("C")
_CHECKS = 8


@frozen
class Bounds:
    """What silent clients may take.

    Attributes:
        seconds: How long a call may wait for its client.
        calls: How many calls may be under way.
        hurried: How long a call may wait when that many are under way and one more comes.
    """

    seconds: float
    calls: int
    hurried: float = 5.0


class Call(Generic[C]):
    """A call under way.

    Attributes:
        client: Whom it waits for.
    """

    def __init__(self, client: C, clock: Callable[[], float]) -> None:
        """Begin to wait for the client."""
        self.client = client
        self._clock = clock
        self._since: float | None = clock()

    @property
    def silence(self) -> float:
        """Seconds for which the client has kept the call waiting; 0 while the server itself is at work."""
        since = self._since
        return 0.0 if since is None else self._clock() - since

    def wait(self) -> None:
        """Count the time from here on as the client's."""
        self._since = self._clock()

    def work(self) -> None:
        """Count the time from here on as the server's."""
        self._since = None

    @contextmanager
    def waiting(self) -> Generator[None]:
        """Count the time of a block as the client's."""
        self.wait()
        try:
            yield
        finally:
            self.work()


class Patience(Generic[C]):
    """Knows the calls under way and cuts off the silent ones, from a thread of its own."""

    def __init__(
        self,
        bounds: Bounds,
        cut_off: Callable[[Collection[C], Collection[C], float], int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin to watch.

        Args:
            bounds: What clients may take.
            cut_off: Gets the clients that are silent, those of all other calls and what is too long, in seconds; ends
                calls of silent ones and returns how many.
            clock: Returns seconds.
        """
        self._bounds = bounds
        self._cut_off = cut_off
        self._clock = clock
        self._calls: set[Call[C]] = set()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="arize-patience", daemon=True)
        self._thread.start()

    def __repr__(self) -> str:
        """Show how many calls are under way."""
        return f"<Patience with {len(self._calls)} calls>"

    def begin(self, client: C) -> Call[C] | None:
        """Return a call that waits for its client, or None: too many calls are under way, and none can be cut off."""
        if len(self._calls) >= self._bounds.calls and not self.check(self._bounds.hurried):
            return None
        call = Call(client, self._clock)
        with self._lock:
            self._calls.add(call)
        return call

    def end(self, call: Call[C]) -> None:
        """Forget a call that is over."""
        with self._lock:
            self._calls.discard(call)

    def check(self, seconds: float) -> int:
        """Cut off calls that have waited for so long, and return how many."""
        with self._lock:
            silent = {call for call in self._calls if call.silence >= seconds}
            others = self._calls - silent
        if not silent:
            return 0
        return self._cut_off([call.client for call in silent], [call.client for call in others], seconds)

    def close(self) -> None:
        """Watch no more."""
        self._closed.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._closed.wait(self._bounds.seconds / _CHECKS):
            self.check(self._bounds.seconds)

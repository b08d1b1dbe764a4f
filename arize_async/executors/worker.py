"""One worker: a process that is started by its first call."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from arize_async.executors import worker_main
from arize_async.executors.crossing import Reply, Request, fail, loader
from arize_async.executors.protocol import timed_out
from arize_async.executors.worker_process import READY, WorkerProcess

if TYPE_CHECKING:
    from arize_async.executors.clock import Clock

_LONGEST = 2_000_000.0  # seconds that a socket can wait


class WorkerDied(Exception):
    """The process in which the code ran ended before the code did."""


class Worker:
    """Performs one call at a time; all but ``kill`` and ``usable`` block and belong into a thread."""

    def __init__(self, timeout: float | None, clock: Clock) -> None:
        """Start nothing yet.

        Args:
            timeout: Seconds for the code of each call from the time when it is loaded; None for no bound.
            clock: Tells the time of code whose process no longer does.
        """
        self._timeout = None if timeout is None or timeout > _LONGEST else timeout
        self._clock = clock
        self._process: WorkerProcess | None = None
        self._known: set[bytes] = set()
        self._begun_ns, self._begun = 0, 0.0
        self._late: Exception = timed_out(timeout or 0)
        self._killed = False
        self._performing = False
        self._loaded = False
        self._lock = threading.Lock()  # guards the process, and whether it is killed or performing

    @property
    def usable(self) -> bool:
        """Whether another call can be given to it."""
        return not self._killed and (self._process is None or not self._process.ended.is_set())

    def kill(self) -> None:
        """End the process at once, also one that is just being started."""
        with self._lock:
            self._killed = True
            process, performing = self._process, self._performing
        if process is not None:
            process.kill()
            if not performing:
                process.close()

    def stop(self) -> None:
        """Let an idle process end, so that it does what user code has registered for its exit."""
        self._killed = True
        if self._process is not None:
            self._process.hang_up()

    def perform(self, request: Request) -> Reply | None:
        """Perform a call; a process that is late or broken is ended, and the worker is not usable any longer.

        Returns:
            How the call ended; None when the process had ended while it was idle, so that the call never began.
        """
        self._performing, self._loaded = True, False
        self._begin(WorkerDied(f"the worker process did not start and load the code within {READY:g} s"))
        try:
            return self._converse(self._started(), request)
        except TimeoutError:
            error = self._late
        except (EOFError, ConnectionError):
            if self._known and not self._loaded:
                self.kill()
                return None
            error = WorkerDied(f"the worker process {self._process.end() if self._process else 'was not started'}")
        except Exception as raised:  # noqa: BLE001 - the system is short of something; the next call may have it
            error = WorkerDied(f"the worker process cannot be used: {worker_main.shown(raised)}")
        finally:
            self._done()
        self.kill()
        return Reply(partial(fail, error), self._begun_ns, self._clock.monotonic() - self._begun)

    def _done(self) -> None:
        with self._lock:
            self._performing = False
            unused = self._process if self._killed else None
        if unused is not None:
            unused.close()

    def _begin(self, late: Exception) -> None:
        """Note the time, and what it means to be late from now on."""
        self._late = late
        self._begun_ns, self._begun = self._clock.now_ns(), self._clock.monotonic()

    def _started(self) -> WorkerProcess:
        if self._killed:
            raise EOFError
        if self._process is None:
            process = WorkerProcess()
            with self._lock:
                self._process = process
                killed = self._killed
            if killed:
                process.kill()
            process.greet()
        return self._process

    def _converse(self, process: WorkerProcess, request: Request) -> Reply:
        process.socket.settimeout(READY)
        process.send(request.key, b"" if request.key in self._known else request.function, request.arguments)
        head = _head(process)
        if head[0] == worker_main.LOADED:
            self._known.add(request.key)
            self._loaded = True
            self._begin(timed_out(self._timeout or 0.0))
            process.socket.settimeout(self._timeout)
            head = _head(process)
        self._late = WorkerDied(f"the worker process did not deliver its result within {READY:g} s")
        process.socket.settimeout(READY)
        kind, started_ns, seconds = head
        payload, text = worker_main.read_frame(process.stream), worker_main.read_frame(process.stream)
        return Reply(loader(kind, payload, text.decode()), started_ns, seconds)


def _head(process: WorkerProcess) -> tuple[bytes, int, float]:
    kind, started_ns, seconds = worker_main.HEAD.unpack(worker_main.read_exactly(process.stream, worker_main.HEAD.size))
    return kind, started_ns, seconds

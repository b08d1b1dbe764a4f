"""A process that performs calls: its start, its connection, its end."""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from arize_async.executors import worker_main

READY = 60.0
"""Seconds that a process has to start, and to load a function, its modules and its arguments."""
GRACE = 5.0
"""Seconds that a process has to end by itself."""


class WorkerProcess:
    """A running process, and the socket to it.

    It is a fresh interpreter: forking a process that has threads and an event loop is not safe.
    """

    def __init__(self) -> None:
        """Start the process; this blocks for some milliseconds.

        Raises:
            OSError: The system gives no more processes or descriptors.
        """
        self.ended = threading.Event()
        self.socket, theirs = socket.socketpair()
        self.stream = self.socket.makefile("rb")
        lifeline, self._lifeline = os.pipe()
        try:
            self._process = _start(theirs.fileno(), lifeline)
        except BaseException:
            self.close()
            os.close(self._lifeline)
            raise
        finally:
            theirs.close()
            os.close(lifeline)
        self._watch()

    def greet(self) -> None:
        """Tell the process what it has to know before its first call."""
        self.socket.settimeout(READY)
        self.send(pickle.dumps((sys.path, sys.argv)))

    def send(self, *frames: bytes) -> None:
        """Send frames."""
        for frame in frames:
            self.socket.sendall(worker_main.LENGTH.pack(len(frame)))
            self.socket.sendall(frame)

    def kill(self) -> None:
        """End the process, and what it started, at once."""
        if self._process.poll() is None:
            with suppress(ProcessLookupError, PermissionError):  # it has just ended
                os.killpg(self._process.pid, signal.SIGKILL)

    def hang_up(self) -> None:
        """Let the process end by itself when its call is done; kill it when it does not."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        if not self.ended.wait(GRACE):
            self.kill()
        self.close()

    def close(self) -> None:
        """Close the socket."""
        self.stream.close()
        self.socket.close()

    def end(self) -> str:
        """Wait for the end of a process whose connection has ended, and say how it came."""
        if not self.ended.wait(GRACE):
            self.kill()
            return "closed its connection"
        status = self._process.returncode
        if status >= 0:
            return f"exited with code {status}"
        name = signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"
        return f"was killed by {name}" + (": perhaps it ran out of memory" if -status == signal.SIGKILL else "")

    def _watch(self) -> None:
        try:
            threading.Thread(target=self._reap, name="arize-worker", daemon=True).start()
        except BaseException:  # the system gives no more threads
            self._process.kill()
            self._reap()
            self.close()
            raise

    def _reap(self) -> None:
        """In a thread: wait for the end, then let go whoever waits for an answer.

        The connection alone does not tell of it: processes that the user's code forked may hold its other end.
        """
        self._process.wait()
        self.ended.set()
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        os.close(self._lifeline)


def _start(connection: int, lifeline: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - this interpreter and a module of this package
        [sys.executable, "-P", str(Path(worker_main.__file__)), str(connection), str(lifeline)],
        stdin=subprocess.DEVNULL,
        pass_fds=(connection, lifeline),
        start_new_session=True,  # Ctrl-C is for the parent; and what user code starts can be killed with the process
    )

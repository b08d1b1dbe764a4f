"""Runs code that a model wrote: a script for an interpreter of its own, which imports nothing of this package.

It limits itself before it runs the code, and writes the token that it was given when the tests are through: code that
ends the process before has not passed.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import sys

_NEW_USER, _NEW_PROCESSES, _NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000
_DIE_WITH_PARENT = 1
SPARE_SECONDS = 2


def limit(seconds: float, memory: int, files: int) -> None:
    """Bound processor time, memory and the size of files, where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    bounds = {"RLIMIT_AS": memory, "RLIMIT_CPU": int(seconds) + SPARE_SECONDS, "RLIMIT_FSIZE": files, "RLIMIT_CORE": 0}
    for name, most in bounds.items():
        with contextlib.suppress(AttributeError, ValueError, OSError):  # macOS refuses some
            kind = getattr(resource, name)
            hard = resource.getrlimit(kind)[1]
            least = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (least, least))


def separate() -> bool:
    """Leave the network and the processes of the machine behind, where Linux lets us; tell whether it did."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if libc.unshare(_NEW_USER | _NEW_NETWORK | _NEW_PROCESSES):
            return False
    except (OSError, AttributeError):
        return False
    child = os.fork()  # the first process of its own world: when it ends, so does everything that it started
    if child:
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os._exit(status if status >= 0 else 128 - status)
    libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    return True


def main() -> None:
    """Read what to run from standard input, run it, and say that it is through."""
    task = json.loads(sys.stdin.buffer.read())
    sys.stdin.close()
    sys.stdin = open(os.devnull)  # noqa: PTH123, SIM115 - open for as long as the code runs
    result = os.open(task["result"], os.O_WRONLY)
    apart = separate()
    os.write(result, b"apart\n" if apart else b"here\n")
    limit(task["timeout"], task["memory"], task["files"])
    namespace = {"__name__": "__main__", "__builtins__": __builtins__}
    for name in ("code", "tests"):
        exec(compile(task[name], f"<{name}>", "exec"), namespace)  # noqa: S102 - the purpose of this process
    sys.stdout.flush()
    os.write(result, task["token"].encode())


if __name__ == "__main__":
    main()

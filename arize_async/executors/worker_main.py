"""What a worker process runs: one call after the other, until its connection ends.

It is started by its path and imports next to nothing, so that it is there at once; everything else, this package
included, is loaded when user code asks for it.

What is sent are frames: eight bytes of length and that many bytes. First come the parent's ``sys.path`` and
``sys.argv``; then, for each call, the key of a function, the pickled function (empty when it came before) and its
pickled arguments. The answer is a head that says that all of it was loaded, and one that says how the call ended,
followed by the pickled value or error and by text about it.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, BinaryIO

LENGTH = struct.Struct(">Q")
HEAD = struct.Struct(">cqd")
"""How a call ended, its start in nanoseconds since the epoch, and its seconds."""

LOADED, VALUE, ERROR, BARE_ERROR, NOTHING = b"L", b"V", b"E", b"B", b"N"
_FRAMES = 16  # of a traceback


def write_frames(stream: BinaryIO, *frames: bytes) -> None:
    """Write frames."""
    for frame in frames:
        stream.write(LENGTH.pack(len(frame)))
        stream.write(frame)


def read_frame(stream: BinaryIO) -> bytes:
    """Read one frame.

    Raises:
        EOFError: The other side is gone.
    """
    (size,) = LENGTH.unpack(read_exactly(stream, LENGTH.size))
    return read_exactly(stream, size)


def read_exactly(stream: BinaryIO, size: int) -> bytes:
    """Read so many bytes.

    Raises:
        EOFError: The other side is gone.
    """
    data = stream.read(size)
    if len(data) != size:
        raise EOFError
    return data


class Worker:
    """Performs calls, with the functions that it was sent."""

    def __init__(self, requests: BinaryIO, replies: BinaryIO) -> None:
        """Take both directions of the connection."""
        self._requests, self._replies = requests, replies
        self._functions: dict[bytes, Callable[..., object]] = {}

    def serve(self) -> None:
        """Perform calls until the connection ends."""
        pid = os.getpid()
        with suppress(EOFError, ConnectionError):
            sys.path[:], sys.argv[:] = pickle.loads(read_frame(self._requests))  # noqa: S301 - from the parent
            while True:
                self._serve_one([read_frame(self._requests) for _ in range(3)], pid)

    def _serve_one(self, request: list[bytes], pid: int) -> None:
        started_ns, seconds = time.time_ns(), 0.0
        try:
            function, args, keywords = self._load(*request)
        except BaseException as error:  # noqa: BLE001 - loading runs the user's modules
            text = f"the worker process could not load the function or its arguments: {shown(error)}"
            answer = NOTHING, b"", text
        else:
            request.clear()
            self._replies.write(HEAD.pack(LOADED, 0, 0))
            self._replies.flush()
            started_ns, started = time.time_ns(), time.perf_counter()
            try:
                value = function(*args, **keywords)
            except BaseException as error:  # noqa: BLE001 - what user code raises is data
                seconds = time.perf_counter() - started
                answer = _answer_of_error(error)
            else:
                seconds = time.perf_counter() - started
                answer = _answer_of_value(value)
        if os.getpid() != pid:  # user code forked, and the child came back here
            os._exit(0)
        _flush()
        kind, payload, text = answer
        self._replies.write(HEAD.pack(kind, started_ns, seconds))
        write_frames(self._replies, payload, text.encode(errors="backslashreplace"))
        self._replies.flush()

    def _load(
        self, key: bytes, function: bytes, arguments: bytes
    ) -> tuple[Callable[..., object], tuple[object, ...], dict[str, object]]:
        if function:
            self._functions[key] = pickle.loads(function)  # noqa: S301 - from the parent
        args, keywords = pickle.loads(arguments)  # noqa: S301 - from the parent
        return self._functions[key], args, keywords


def _answer_of_value(value: object) -> tuple[bytes, bytes, str]:
    name = type(value).__name__
    if hasattr(type(value), "__await__"):
        with suppress(Exception):
            value.close()  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
        hint = "make the function `async def`, or use isolation='thread'"
        return NOTHING, b"", f"it returned an awaitable ({name}), which cannot leave a worker process; {hint}"
    try:
        return VALUE, _dumps(value), name
    except BaseException as error:  # noqa: BLE001 - a user's class may do anything
        return NOTHING, b"", f"it returned a {name}, which cannot leave a worker process: {shown(error)}"


def _answer_of_error(error: BaseException) -> tuple[bytes, bytes, str]:
    """Pickle an error faithfully, or else its class, arguments and attributes, as far as these can be pickled.

    Many exceptions of well-known libraries pickle and cannot be unpickled, as their constructors take more than the
    message.
    """
    text = _traceback(error)
    with suppress(BaseException):
        payload = _dumps(error)
        copy = pickle.loads(payload)  # noqa: S301 - written here
        if type(copy) is type(error) and repr(copy) == repr(error):
            return ERROR, payload, text
    with suppress(BaseException):
        args = tuple(value if _crosses(value) else shown(value) for value in error.args)
        attributes = {name: value for name, value in vars(error).items() if _crosses(value)}
        return BARE_ERROR, _dumps_leniently((type(error), args, attributes)), text
    return NOTHING, b"", f"it raised an error that cannot leave a worker process: {shown(error)}"


def _crosses(value: object) -> bool:
    try:
        pickle.loads(_dumps_leniently(value))  # noqa: S301 - written here
    except BaseException:  # noqa: BLE001 - a user's class may do anything
        return False
    return True


def _dumps(value: object) -> bytes:
    try:
        return pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    except Exception:  # noqa: BLE001 - cloudpickle knows how, or says what is wrong
        import cloudpickle

        return cloudpickle.dumps(value)


def _dumps_leniently(value: object) -> bytes:
    """Pickle a value; what cannot be pickled in it becomes a copy, for a view of a mapping, or its ``repr``."""
    import io
    from collections.abc import MutableMapping
    from types import FunctionType

    import cloudpickle

    class Pickler(cloudpickle.Pickler):
        def reducer_override(self, obj: Any) -> Any:
            if isinstance(obj, (type, FunctionType)) or type(obj) in self.dispatch_table:
                return super().reducer_override(obj)
            try:
                obj.__reduce_ex__(pickle.HIGHEST_PROTOCOL)
            except Exception:  # noqa: BLE001 - a user's class may do anything
                copy = obj.copy() if hasattr(obj, "copy") else None
                return (type(copy), (list(copy.items()),)) if isinstance(copy, MutableMapping) else (str, (shown(obj),))
            return NotImplemented

    stream = io.BytesIO()
    Pickler(stream).dump(value)
    return stream.getvalue()


def shown(value: object) -> str:
    """Return ``repr``, or the name of the type when ``__repr__`` fails."""
    try:
        return repr(value)
    except BaseException:  # noqa: BLE001 - a user's class may do anything
        return f"<{type(value).__name__}>"


def _traceback(error: BaseException) -> str:
    import traceback

    try:
        own = error.__traceback__.tb_next if error.__traceback__ else None  # without the frame of this module
        return "".join(traceback.format_exception(type(error), error, own, limit=-_FRAMES))
    except BaseException:  # noqa: BLE001 - a user's class may do anything
        return type(error).__name__


def _flush() -> None:
    """Let nothing that was printed wait for the next call, which may be killed."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()


def die_with_parent(lifeline: int) -> None:
    """End this process, and all that it started in its group, when nobody holds the other end of a pipe any longer.

    Where the kernel can do so it sends the signal itself: then not even C code that never gives the interpreter back
    outlives the parent.
    """
    import fcntl

    try:
        fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
        fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    except (AttributeError, OSError):  # not Linux
        import threading

        threading.Thread(target=_watch, args=(lifeline,), daemon=True).start()


def _watch(lifeline: int) -> None:
    os.read(lifeline, 1)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def main() -> None:
    """Serve the connection and the lifeline whose descriptors are on the command line."""
    connection, lifeline = (int(each) for each in sys.argv[1:])
    for descriptor in (connection, lifeline):
        os.set_inheritable(descriptor, False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what ends
    die_with_parent(lifeline)
    requests = cast("BinaryIO", open(connection, "rb", closefd=False))  # noqa: SIM115 - kept open to the end
    replies = cast("BinaryIO", open(connection, "wb", closefd=False))  # noqa: SIM115 - kept open to the end
    Worker(requests, replies).serve()


if __name__ == "__main__":
    main()

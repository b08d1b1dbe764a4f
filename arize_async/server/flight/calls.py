"""Log records of Flight calls."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pyarrow import flight

from arize_async.models.problem import Problem
from arize_async.server.calls import Call, is_logging, log
from arize_async.wire.codec import decode, parse_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KEY = "calls"
_NAMES = {
    flight.FlightMethod.DO_ACTION: "DoAction",
    flight.FlightMethod.DO_GET: "DoGet",
    flight.FlightMethod.DO_PUT: "DoPut",
}


class CallLog(flight.ServerMiddleware):
    """Logs one call when it is over.

    Attributes:
        name: What was asked for, once it is known.
        size: Bytes of the batches so far.
    """

    def __init__(self, method: flight.FlightMethod) -> None:
        """Begin to measure."""
        super().__init__()
        self.name = ""
        self.size = 0
        self._method = _NAMES.get(method, str(method).rpartition(".")[2])
        self._started = time.perf_counter()

    def call_completed(self, exception: Exception | None) -> None:
        """Log the call."""
        path = f"{self._method}/{self.name}" if self.name else self._method
        log(Call("Flight", path, _status(exception), (time.perf_counter() - self._started) * 1000, self.size))


class CallLogs(flight.ServerMiddlewareFactory):
    """Begins the log record of each call."""

    def start_call(self, info: flight.CallInfo, headers: Mapping[str, Sequence[str | bytes]]) -> CallLog | None:
        """Begin with the call, if anyone wants to hear of it."""
        del headers
        return CallLog(info.method) if is_logging() else None


def note(context: flight.ServerCallContext, name: str = "", size: int = 0) -> None:
    """Remember for the log what a call asks for, or that so many bytes more were moved."""
    call = context.get_middleware(KEY)
    if isinstance(call, CallLog):
        call.name = name or call.name
        call.size += size


def _status(exception: Exception | None) -> int:
    if exception is None:
        return 200
    try:
        return decode(Problem, parse_json(getattr(exception, "extra_info", b""))).status
    except ValueError:
        return 401 if isinstance(exception, flight.FlightUnauthenticatedError) else 500

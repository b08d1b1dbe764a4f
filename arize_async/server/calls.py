"""One log record for each call, whatever its transport; never the key, a query or a body.

The records have level DEBUG, so that an application that logs at INFO does not hear of each request to its own server.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from aiohttp.abc import AbstractAccessLogger
from attrs import field, frozen

if TYPE_CHECKING:
    from aiohttp.web import BaseRequest, StreamResponse

logger = logging.getLogger("arize_async.server.calls")


def _on_one_line(text: str) -> str:
    return text if text.isascii() and text.isprintable() else ascii(text)


@frozen
class Call:
    """A call that is over; as text it is one line.

    Attributes:
        method: The HTTP method, or the transport.
        path: Percent-encoded and without the query; for gRPC the name of the call.
        status: The HTTP status, or the one of the same meaning.
        milliseconds: From its head to its end.
        size: Bytes of the answer's body; of the data for Flight, and of the spans for OTLP over gRPC.
    """

    method: str
    path: str = field(converter=_on_one_line)
    status: int
    milliseconds: float
    size: int

    def __str__(self) -> str:
        """Show everything."""
        return f"{self.method} {self.path} {self.status} {self.milliseconds:.1f} ms {self.size} bytes"


def is_logging() -> bool:
    """Whether anyone wants to hear of calls."""
    return logger.isEnabledFor(logging.DEBUG)


def log(call: Call) -> None:
    """Say that a call is over."""
    logger.debug("%s", call)


class HttpCalls(AbstractAccessLogger):
    """Logs HTTP requests."""

    @property
    def enabled(self) -> bool:
        """Whether anyone wants to hear of requests."""
        return is_logging()

    def log(self, request: BaseRequest, response: StreamResponse, time: float) -> None:
        """Log a request that took so many seconds."""
        log(Call(request.method, request.rel_url.raw_path, response.status, time * 1000, response.body_length))

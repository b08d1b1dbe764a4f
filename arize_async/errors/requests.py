"""Requests that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.errors.root import ArizeError

if TYPE_CHECKING:
    from collections.abc import Sequence


class RequestFailed(ArizeError):
    """A request failed; what is known of it stands in the attributes, and never a key or a password.

    Attributes:
        detail: What was wrong.
        status: HTTP status of the answer, for Flight the one of the same meaning; None when no answer came.
        title: Short name of the class of problem (RFC 9457).
        request: What was asked: method and path, or the Flight call.
        request_id: The server's id of the request, when it sent one.
        attempts: How often the request was made.
        advice: What can be done about it; empty when the detail says it all.
    """

    advice: str = ""

    def __init__(
        self,
        detail: str,
        *,
        status: int | None = None,
        title: str = "",
        request: str = "",
        request_id: str | None = None,
        attempts: int = 1,
    ) -> None:
        """Keep the parts of the problem; ``request`` names method and path."""
        self.status = status
        self.title = title
        self.detail = detail
        self.request = request
        self.request_id = request_id
        self.attempts = attempts
        super().__init__(detail)

    def __str__(self) -> str:
        """Say what went wrong, what to do, and how to find it in the server's logs."""
        notes = [self.request] if self.request else []
        if self.request_id:
            notes.append(f"request id {self.request_id}")
        if self.attempts > 1:
            notes.append(f"{self.attempts} attempts")
        tail = f" [{', '.join(notes)}]" if notes else ""
        told = f"{self._told().rstrip('.')}. {self.advice}" if self.advice else self._told()
        return _on_one_line(told + tail)

    def _told(self) -> str:
        return self.detail

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by class and state: the constructor takes keywords."""
        return _revived, (type(self), self.args), self.__dict__


def _on_one_line(text: str) -> str:
    r"""Escape what a server's text could do to terminals and logs: control characters and ends of lines.

    >>> _on_one_line("bad\x1b[2J\nname: café")
    'bad\\x1b[2J\\nname: café'
    """
    return text if text.isprintable() else "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def _revived(kind: type[RequestFailed], args: tuple[object, ...]) -> RequestFailed:
    error = kind.__new__(kind, *args)
    error.args = args  # an OSError leaves them to the constructor, which is not called
    return error


class ConnectionFailed(RequestFailed, ConnectionError):
    """The server did not answer.

    Attributes:
        nothing_sent: The server knows nothing of the request, so any request may be made again. Without it a create
            may have been carried out.
        is_final: The next attempt would end in the same way: a setting has to change.
    """

    nothing_sent: bool = False
    is_final: bool = False


class RequestTimeout(ConnectionFailed, TimeoutError):
    """The server did not answer in time."""


class InvalidResponse(RequestFailed, ValueError):
    """The server's answer does not follow the protocol; the message names the path in it."""


class IncompleteWrite(ArizeError):
    """A write of many rows failed after the first of its requests had succeeded; the failure is the ``__cause__``.

    Whether the rows of the request that failed were written is not known when no answer came.

    Attributes:
        acknowledged: How many rows the server has acknowledged, from the first on.
        ids: The ids that it gave for them, in order.
    """

    def __init__(self, acknowledged: int, ids: Sequence[str] = ()) -> None:
        """Keep what was written."""
        self.acknowledged = acknowledged
        self.ids = tuple(ids)
        super().__init__(acknowledged, self.ids)

    def __str__(self) -> str:
        """Say where to go on."""
        cause = f": {self.__cause__}" if self.__cause__ else ""
        return f"the first {self.acknowledged} rows were written, then a request failed{cause}"

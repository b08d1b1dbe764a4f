"""Every error that this package raises, in one tree.

::

    ArizeError
    ├── ConfigurationError (ValueError)          the client was set up wrongly
    │   ├── MissingAPIKeyError
    │   ├── MultipleEndpointOverridesError
    │   └── InvalidDefaultHeadersError
    ├── InvalidInput (ValueError)                an argument cannot be used; nothing was sent
    │   ├── InvalidTask
    │   ├── InvalidEvaluator
    │   ├── InvalidRows
    │   └── EmptyDataset
    ├── AmbiguousName (LookupError)              a name fits more than one resource
    ├── RequestFailed                            a request failed; carries status, detail, request id, attempts
    │   ├── ConnectionFailed (ConnectionError)   no answer came
    │   │   └── RequestTimeout (TimeoutError)
    │   ├── InvalidResponse (ValueError)         an answer came that is not the protocol
    │   └── ApiError                             the server refused
    │       ├── BadRequest (ValueError)          400
    │       ├── Unauthorized (PermissionError)   401
    │       ├── Forbidden (PermissionError)      403
    │       ├── NotFound (LookupError)           404, and a name that fits nothing
    │       ├── Conflict                         409
    │       ├── UnprocessableEntity (ValueError) 422
    │       ├── RateLimited                      429
    │       └── ServerError                      5xx
    ├── IncompleteWrite                          a part of many rows was written; carries how many
    ├── ClientClosed (RuntimeError)              the client was used after close()
    ├── WouldDeadlock (RuntimeError)             a blocking call on its own event loop
    ├── ServerFailed (RuntimeError)              the embedded server could not start
    ├── MissingLibrary (ImportError)             a library of an extra is not installed
    ├── CheckFailed (AssertionError)             a comparison did not pass a check; carries it
    ├── JournalError                             the journal of a run cannot be used
    │   ├── JournalInUse                         another run has it
    │   ├── UnfinishedRun                        one of this name was interrupted; resume or delete it
    │   └── ResumeRefused (ValueError)           what is asked for is not the rest of that run
    └── RunError                                 a run ended early; carries what finished
        ├── RunAborted
        ├── BudgetExceeded
        ├── JournalFailed                        what finished cannot be written down any longer
        └── UploadFailed

What a task or an evaluator does wrong is not an error of this tree: it is data in the result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "AmbiguousName",
    "ApiError",
    "ArizeError",
    "BadRequest",
    "BudgetExceeded",
    "CheckFailed",
    "ClientClosed",
    "ConfigurationError",
    "Conflict",
    "ConnectionFailed",
    "EmptyDataset",
    "Forbidden",
    "IncompleteWrite",
    "InvalidDefaultHeadersError",
    "InvalidEvaluator",
    "InvalidInput",
    "InvalidResponse",
    "InvalidRows",
    "InvalidTask",
    "JournalError",
    "JournalFailed",
    "JournalInUse",
    "MissingAPIKeyError",
    "MissingLibrary",
    "MultipleEndpointOverridesError",
    "NotFound",
    "RateLimited",
    "RequestFailed",
    "RequestTimeout",
    "ResumeRefused",
    "RunAborted",
    "RunError",
    "ServerError",
    "ServerFailed",
    "Unauthorized",
    "UnfinishedRun",
    "UnprocessableEntity",
    "UploadFailed",
    "WouldDeadlock",
]


class ArizeError(Exception):
    """Root of every error that this package raises."""


class ConfigurationError(ArizeError, ValueError):
    """The client cannot be built from these arguments and environment variables."""


class MissingAPIKeyError(ConfigurationError):
    """No API key was given."""


class MultipleEndpointOverridesError(ConfigurationError):
    """More than one of region, single host or port, and base domain was given."""


class InvalidDefaultHeadersError(ConfigurationError):
    """A header in ``default_headers`` cannot be sent."""


class InvalidInput(ArizeError, ValueError):
    """An argument cannot be used; nothing of it was sent to the server.

    Attributes:
        path: Where the value is, such as ``examples[3].question``; empty when the message says it.
    """

    def __init__(self, message: str, *, path: str = "") -> None:
        """Keep the place of the value beside the message."""
        self.path = path
        super().__init__(message)

    def __str__(self) -> str:
        """Begin with the place of the value."""
        return f"{self.path}: {self.args[0]}" if self.path else str(self.args[0])


class InvalidTask(InvalidInput):
    """The task cannot be called with an example."""


class InvalidEvaluator(InvalidInput):
    """An evaluator cannot be called, or two have the same name."""


class InvalidRows(InvalidInput):
    """Rows or a data frame cannot be stored as given."""


class EmptyDataset(InvalidInput):
    """There is no example to run."""


class AmbiguousName(ArizeError, LookupError):
    """A name fits more than one resource.

    Attributes:
        matching_ids: The ids that the name could mean.
    """

    def __init__(self, resource_type: str, name: str, matching_ids: Sequence[str]) -> None:
        """Name the resource type, the name and the ids that it fits."""
        self.resource_type = resource_type
        self.resource_name = name
        self.matching_ids = tuple(matching_ids)
        ids = ", ".join(self.matching_ids[:20]) + (", ..." if len(self.matching_ids) > 20 else "")  # noqa: PLR2004
        super().__init__(
            f"Multiple {resource_type}s named {name!r} found. Use an id instead of the name; it is one of: {ids}"
        )

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by the constructor's arguments."""
        return type(self), (self.resource_type, self.resource_name, self.matching_ids), self.__dict__


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


class ApiError(RequestFailed):
    """The server refused a request.

    Attributes:
        reason: What HTTP calls the status; empty when the answer did not come over HTTP.
        body: Text of the answer, at most its first 64 KiB.
    """

    reason: str = ""
    body: str = ""

    def _told(self) -> str:
        head = f"{self.status or ''} {self.title}".strip()
        return f"{head}: {self.detail}" if head else self.detail


class BadRequest(ApiError, ValueError):
    """400: the request is malformed."""


class Unauthorized(ApiError, PermissionError):
    """401: the API key is missing or not known."""

    advice = "Check api_key or ARIZE_API_KEY, and that region or host is where the key belongs"


class Forbidden(ApiError, PermissionError):
    """403: the API key may not do this."""

    advice = "Use a key that may do this, or have this one allowed to"


class NotFound(ApiError, LookupError):
    """404, or a name that fits no resource.

    Attributes:
        resource_type: What was looked up by name, such as ``dataset``; else empty.
        resource_name: The name.
        available_names: Names that exist.
    """

    resource_type: str = ""
    resource_name: str = ""
    available_names: Sequence[str] = ()

    @classmethod
    def by_name(cls, resource_type: str, name: str, available: Sequence[str] = (), hint: str = "") -> NotFound:
        """Build the error for a name that fits no resource."""
        shown = ", ".join(available[:20]) + (", ..." if len(available) > 20 else "")  # noqa: PLR2004
        candidates = f"Available {resource_type}s: {shown}." if available else ""
        parts = [f"{resource_type} {name!r} not found.", candidates, hint]
        error = cls(" ".join(part for part in parts if part), status=404, title="Resource not found")
        error.resource_type, error.resource_name, error.available_names = resource_type, name, tuple(available)
        return error


class Conflict(ApiError):
    """409: a resource of this name exists already."""


class UnprocessableEntity(ApiError, ValueError):
    """422: the request is well formed and cannot be carried out."""


class RateLimited(ApiError):
    """429: too many requests.

    Attributes:
        retry_after: Seconds that the server asked to wait, when it did.
    """

    advice = "Send fewer requests at a time, or wait for error.retry_after seconds where the server names them"
    retry_after: float | None = None


class ServerError(ApiError):
    """5xx: the server failed.

    Attributes:
        retry_after: Seconds that the server asked to wait, when it did.
    """

    retry_after: float | None = None


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


class ClientClosed(ArizeError, RuntimeError):
    """The client was used after it was closed."""


class WouldDeadlock(ArizeError, RuntimeError):
    """A blocking client was called on the thread that has to answer the call."""


class ServerFailed(ArizeError, RuntimeError):
    """The embedded server could not start."""


class MissingLibrary(ArizeError, ImportError):
    """A library is not installed that only a part of this package needs; the message names the extra that has it."""


class CheckFailed(ArizeError, AssertionError):
    """A comparison did not pass a check.

    Attributes:
        check: The ``Check``.
    """

    def __init__(self, message: str, check: object = None) -> None:
        """Keep the check beside what it says."""
        self.check = check
        super().__init__(message, check)

    def __str__(self) -> str:
        """Return what the check says."""
        return str(self.args[0])


class JournalError(ArizeError):
    """The journal of a run cannot be kept or read: the disk is full, the file is damaged or not ours."""


class JournalInUse(JournalError):
    """Another run, in this process or in another one, has the journal."""


class UnfinishedRun(JournalError):
    """There is a journal of an interrupted run of this name on this dataset."""


class ResumeRefused(JournalError, ValueError):
    """The run that is asked for is not the rest of the one in the journal; the message names the difference."""


class RunError(ArizeError):
    """A run ended before its results were on the server.

    Attributes:
        result: Everything that finished: an ``ExperimentResult`` without an experiment.
    """

    def __init__(self, message: str, result: object = None) -> None:
        """Keep what finished beside the message."""
        self.result = result
        super().__init__(message)


class RunAborted(RunError):
    """A run was stopped by ``exit_on_error``."""


class BudgetExceeded(RunError):
    """A run used up its budget; what was under way was finished, and nothing was uploaded."""


class JournalFailed(RunError):
    """A run was stopped because what finished could not be written to its journal any longer."""


class UploadFailed(RunError):
    """Every run finished and the upload did not."""


_BY_STATUS: dict[int, type[ApiError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    422: UnprocessableEntity,
    429: RateLimited,
}


def error_class(status: int) -> type[ApiError]:
    """Return the class for an HTTP status.

    >>> error_class(404).__name__, error_class(503).__name__, error_class(418).__name__
    ('NotFound', 'ServerError', 'ApiError')
    """
    return _BY_STATUS.get(status, ServerError if status >= 500 else ApiError)  # noqa: PLR2004

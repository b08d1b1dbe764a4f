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

from arize_async.errors.arguments import (
    AmbiguousName,
    EmptyDataset,
    InvalidEvaluator,
    InvalidInput,
    InvalidRows,
    InvalidTask,
)
from arize_async.errors.refusals import (
    ApiError,
    BadRequest,
    Conflict,
    Forbidden,
    NotFound,
    RateLimited,
    ServerError,
    Unauthorized,
    UnprocessableEntity,
)
from arize_async.errors.refusals import error_class as error_class  # for the transport, not for users
from arize_async.errors.requests import (
    ConnectionFailed,
    IncompleteWrite,
    InvalidResponse,
    RequestFailed,
    RequestTimeout,
)
from arize_async.errors.root import ArizeError
from arize_async.errors.runs import (
    BudgetExceeded,
    JournalError,
    JournalFailed,
    JournalInUse,
    ResumeRefused,
    RunAborted,
    RunError,
    UnfinishedRun,
    UploadFailed,
)
from arize_async.errors.setup import (
    ConfigurationError,
    InvalidDefaultHeadersError,
    MissingAPIKeyError,
    MultipleEndpointOverridesError,
)
from arize_async.errors.usage import CheckFailed, ClientClosed, MissingLibrary, ServerFailed, WouldDeadlock

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

for _name in __all__:  # what a traceback names is what a program imports
    globals()[_name].__module__ = __name__

"""What is wrong with where or how this package is used, and checks that did not pass."""

from __future__ import annotations

from arize_async.errors.root import ArizeError


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

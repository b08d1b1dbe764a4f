"""Runs that ended early, and their journals."""

from __future__ import annotations

from arize_async.errors.root import ArizeError


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

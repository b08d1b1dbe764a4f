"""How the program ends: the exit statuses of all commands."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """What an exit status means; 2, for wrong arguments, is given by the parser itself."""

    DONE = 0
    FAILED = 1
    """It could not be done; one line on standard error says why."""
    CONDITION = 3
    """It was done, and what was asked to hold does not."""
    UNCLEAR = 4
    """It was done, and whether it holds cannot be told."""
    INTERRUPTED = 130
    """Ctrl-C, as shells count it."""
    UNREAD = 141
    """Whoever read the output went away, as ``head`` does; as shells count SIGPIPE."""

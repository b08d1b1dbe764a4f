"""What the parsers of all commands have in common."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, Protocol

from arize_async.cli.connection import add_connection

if TYPE_CHECKING:
    from collections.abc import Callable


class Actions(Protocol):
    """What ``add_subparsers`` returns; argparse has no public name for it."""

    def add_parser(self, name: str, **keywords: Any) -> argparse.ArgumentParser:
        """Add a parser for an action."""
        ...


def describe(parser: argparse.ArgumentParser, description: str, *examples: tuple[str, str]) -> None:
    """Give a parser a description, and examples with what they do."""
    shown = (f"  %(prog)s {arguments}\n      {does}" for arguments, does in examples)
    parser.description = description
    parser.epilog = "\n".join([f"{'examples' if len(examples) > 1 else 'example'}:", *shown]) if examples else None
    parser.formatter_class = argparse.RawDescriptionHelpFormatter


def add_action(
    actions: Actions, name: str, run: Callable[[argparse.Namespace], Any], does: str, *examples: tuple[str, str]
) -> argparse.ArgumentParser:
    """Add an action that works on a server.

    Args:
        actions: Where to add it.
        name: Its name.
        run: What is called with the options.
        does: One line about it.
        examples: Arguments, and what they do.
    """
    parser = actions.add_parser(name, help=does)
    describe(parser, f"{does[0].upper()}{does[1:]}.", *examples)
    parser.set_defaults(run=run)
    add_connection(parser)
    return parser


def add_json(parser: argparse.ArgumentParser) -> None:
    """Let a parser read ``--json``."""
    parser.add_argument("--json", action="store_true", help="write one JSON document instead of a table")


def add_limit(parser: argparse.ArgumentParser, default: int = 50) -> None:
    """Let a parser read ``--limit``."""
    parser.add_argument("--limit", type=positive, default=default, metavar="N", help="at most (default: %(default)s)")


def positive(text: str) -> int:
    """Read a number above 0.

    Raises:
        ArgumentTypeError: It is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text)):  # noqa: PLR2004 - more is a mistake
        raise argparse.ArgumentTypeError(f"expected a whole number above 0, got {text!r:.40}")
    return int(text)

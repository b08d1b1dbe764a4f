"""The command line: what is asked for, and how the program ends."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from arize_async._version import __version__
from arize_async.cli import compare, journals, serve
from arize_async.errors import ArizeError

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME = "arize-async"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    Args:
        arguments: The command line without the program's name; None means this process's.

    Returns:
        The exit status: 0 when it did what was asked, also when that ended by Ctrl-C or SIGTERM; 1 when it could not;
        ``compare`` has more.

    Raises:
        SystemExit: The arguments are wrong (status 2), or ``--help`` or ``--version`` was asked for (status 0).
    """
    options = _parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except ArizeError as error:
        print(f"{_NAME}: error: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # where a loop cannot be told of signals
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(_NAME, description="Experiments on the Arize AX protocol.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    serve.configure(commands.add_parser("serve", help="run the embedded server"))
    compare.configure(commands.add_parser("compare", help="tell whether an experiment is better than another"))
    journals.configure(commands.add_parser("journals", help="show, send or remove what interrupted runs have left"))
    return parser

"""The command line: what is asked for, and how the program ends."""

from __future__ import annotations

import argparse
import io
import os
import sys
import warnings
from typing import TYPE_CHECKING

from arize_async._version import __version__
from arize_async.cli import compare, datasets, experiments, journals, run, serve
from arize_async.cli.statuses import Status
from arize_async.cli.tables import print_note
from arize_async.errors import ArizeError
from arize_async.pre_releases import PreReleaseWarning

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME = "arize-async"
_EPILOG = """\
exit status:
  0    it was done
  1    it could not be done; one line on standard error says why
  2    the arguments are wrong
  3    it was done, and what was asked to hold does not (--fail-if,
       --fail-on-error)
  4    whether it holds cannot be told (compare)
  130  Ctrl-C
  141  whoever read the output went away, as "head" does
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    Args:
        arguments: The command line without the program's name; None means this process's.

    Returns:
        The exit status, one of ``Status``; ``serve`` has done what was asked when Ctrl-C or SIGTERM end it.

    Raises:
        SystemExit: The arguments are wrong (status 2), or ``--help`` or ``--version`` was asked for (status 0).
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # names may have letters that its encoding lacks
        sys.stdout.reconfigure(errors="backslashreplace")
    parser = build_parser()
    _complete(parser)
    try:
        options = _parsed(parser, arguments)
        with warnings.catch_warnings():
            # who types a command has no code that a change of the platform could break
            warnings.simplefilter("ignore", PreReleaseWarning)
            status = options.run(options) or Status.DONE
        print(end="", flush=True)
    except BrokenPipeError:
        _drop_output()
        return Status.UNREAD
    except ArizeError as error:
        print_note(f"{_NAME}: error: {error}")
        return Status.FAILED
    except OSError as error:  # a full disk below standard output, a folder that is not ours
        print_note(f"{_NAME}: error: {error}")
        _drop_output()
        return Status.FAILED
    except KeyboardInterrupt:
        return Status.INTERRUPTED
    return status


def _parsed(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> argparse.Namespace:
    try:
        return parser.parse_args(arguments)
    except SystemExit:
        print(end="", flush=True)  # the help, which whoever asked for it need not read to its end
        raise


def _drop_output() -> None:
    """Drop what cannot be written: Python would try again at its exit, and complain."""
    try:
        print(end="", flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complete(parser: argparse.ArgumentParser) -> None:
    """Answer a shell that asks what the words of a command line could be."""
    if "_ARGCOMPLETE" in os.environ:
        import argcomplete

        argcomplete.autocomplete(parser)


def build_parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    parser = argparse.ArgumentParser(
        _NAME,
        description="Experiments on the Arize AX protocol.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    run.configure(commands.add_parser("run", help="run an experiment that a Python file describes"))
    experiments.configure(commands.add_parser("experiments", help="list, show, export, annotate, delete experiments"))
    datasets.configure(commands.add_parser("datasets", help="list, create, export and delete datasets"))
    compare.configure(commands.add_parser("compare", help="tell whether an experiment is better than another"))
    journals.configure(commands.add_parser("journals", help="show, send or remove what interrupted runs have left"))
    serve.configure(commands.add_parser("serve", help="run the embedded server"))
    return parser

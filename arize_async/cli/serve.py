"""``arize-async serve``: the embedded server as a program of its own."""

from __future__ import annotations

import argparse
import asyncio
import faulthandler
import logging
import signal
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import anyio

from arize_async.cli.announcement import announce
from arize_async.cli.logs import logging_to
from arize_async.server import LocalServer
from arize_async.server.embedded import data_directory

if TYPE_CHECKING:
    from collections.abc import Callable

_logger = logging.getLogger(__name__)
_LAST_PORT = 65535
_PATIENCE = 30.0
"""Seconds from a signal until the process ends whatever is under way; what was answered is in the database by then."""

_DESCRIPTION = """\
Serve spaces, datasets, experiments, annotation configs and traces over REST,
Arrow Flight and OTLP, with all data in one directory.

The address, the key and how to point an SDK here are written to standard
output, one line for each call to standard error. Ctrl-C and SIGTERM stop it.
"""
_EPILOG = """\
examples:
  %(prog)s --port 8080
      a server for the clients on this machine, its data in ~/.arize/local
  %(prog)s --path :memory: > server.env
      a server that keeps nothing; the file has the variables of its clients
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Let a parser read the command's arguments."""
    parser.description, parser.epilog = _DESCRIPTION, _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--path",
        metavar="DIR",
        help="directory of the data, made if it is missing, or :memory: to keep nothing"
        " (default: $ARIZE_DIRECTORY/local, which is ~/.arize/local)",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    ports = parser.add_argument_group("ports", "0, the default, picks a free one at each start")
    ports.add_argument("--port", type=_port, default=0, metavar="N", help="of REST and OTLP/HTTP")
    ports.add_argument("--flight-port", type=_port, default=0, metavar="N", help="of Arrow Flight")
    ports.add_argument("--otlp-port", type=_port, default=0, metavar="N", help="of OTLP/gRPC")
    parser.add_argument(
        "--api-key",
        metavar="KEY",
        help="key that clients send (default: one that is made once and kept beside the data);"
        " other users of this machine can see it in the list of processes",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Serve until a signal comes.

    Raises:
        ServerFailed: The server cannot start.
    """
    from rich.console import Console

    directory = data_directory(options.path)
    server = LocalServer(
        options.path,
        host=options.host,
        port=options.port,
        flight_port=options.flight_port,
        otlp_port=options.otlp_port,
        api_key=options.api_key,
    )
    with logging_to(Console(stderr=True, highlight=False)):
        announcement = partial(announce, server, directory, Console(highlight=False))
        with suppress(KeyboardInterrupt):  # where a loop cannot be told of signals
            asyncio.run(_serve(server, announcement))


async def _serve(server: LocalServer, announcement: Callable[[], None]) -> None:
    try:
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            async with server:
                announcement()
                async for _ in signals:
                    break
                _logger.info("stopping: calls under way have some seconds to end")
                faulthandler.dump_traceback_later(_PATIENCE, exit=True)
    except NotImplementedError:  # a platform without signal handlers on loops; there Ctrl-C cancels this
        async with server:
            announcement()
            await anyio.sleep_forever()


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= _LAST_PORT):
        raise argparse.ArgumentTypeError(f"expected a number from 0 to {_LAST_PORT}, got {text!r:.40}")
    return int(text)

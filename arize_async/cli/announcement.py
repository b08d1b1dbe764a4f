"""What a server that has started says on standard output: where it is, its key, and how to point an SDK there.

This is the only place that shows the key. A terminal gets a text for people. Anything else, a file or a pipe, gets the
environment variables below two comments, as lines that a shell, ``docker --env-file`` and the readers of ``.env`` files
understand.
"""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

from rich.text import Text

from arize_async._version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from arize_async.server import LocalServer

_TRANSPORTS = ("api", "flight", "otlp")


def announce(server: LocalServer, directory: Path | None, console: Console) -> None:
    """Write how to reach a running server, and which directory its data is in."""
    lines = _for_people(server, directory) if console.is_terminal else _for_programs(server)
    # never wrapped: lines are copied from here, and read by programs
    console.print(Text("\n").join(lines), soft_wrap=True)


def variables(server: LocalServer) -> dict[str, str]:
    """Return the environment variables that point either SDK at a server."""
    return {f"ARIZE_{name.upper()}": shlex.quote(str(value)) for name, value in server.client_options.items()}


def _for_programs(server: LocalServer) -> list[Text]:
    head = [f"# arize-async {__version__} at {server.url}", f"# web page: {server.page}"]
    return [*map(Text, head), *(Text(f"{name}={value}") for name, value in variables(server).items())]


def _for_people(server: LocalServer, directory: Path | None) -> list[Text]:
    options = server.client_options
    facts = {
        "Web page": server.page,
        "URL": server.url,
        "API key": server.api_key,
        "Data": str(directory or "in memory, gone when the server stops"),
        "Flight": f"{options['flight_scheme']}://{options['flight_host']}:{options['flight_port']}",
        "OTLP": f"{options['otlp_scheme']}://{options['otlp_host']}:{options['otlp_port']}",
        "OpenAPI": f"{server.url}/openapi.json",
    }
    return [
        Text.assemble("\n", (f"arize-async {__version__}", "bold"), " is serving; Ctrl-C stops it\n"),
        *(Text.assemble(("  " + name.ljust(10), "dim"), (value, "cyan")) for name, value in facts.items()),
        Text("\nPoint an SDK here, this one or the official one, by its environment:\n", "bold"),
        *_exports(server),
        Text("\nor by the arguments of its client:\n", "bold"),
        *_arguments(server),
        Text(""),
    ]


def _exports(server: LocalServer) -> list[Text]:
    found = {name: f"{name}={value}" for name, value in variables(server).items()}
    groups = [[found.pop("ARIZE_API_KEY")]]
    groups += [[text for name, text in found.items() if f"_{part.upper()}_" in name] for part in _TRANSPORTS]
    return [Text(f"  export {' '.join(group)}") for group in groups]


def _arguments(server: LocalServer) -> list[Text]:
    found = {name: f"{name}={json.dumps(value)}," for name, value in server.client_options.items()}
    groups = [[found.pop("api_key")]]
    groups += [[text for name, text in found.items() if name.startswith(part)] for part in _TRANSPORTS]
    return [Text("  ArizeClient("), *(Text(f"      {' '.join(group)}") for group in groups), Text("  )")]

"""Starts a server and stands before its three ports; at the end of its input it prints all that came through."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from calls import recorded_flight
from exports import recorded_otlp
from journal import Journal
from requests_seen import recorded_rest

from arize_sync.server import LocalServer

if TYPE_CHECKING:
    from arize_async.server.options import ClientOptions


def main() -> None:
    """Print the options of a client as a line, then everything that was recorded as another."""
    journal = Journal()
    with (
        LocalServer(":memory:", api_key="key") as server,
        recorded_rest(journal, server.client_options["api_port"]) as api_port,
        recorded_flight(journal, server.client_options["flight_port"]) as flight_port,
        recorded_otlp(journal, server.client_options["otlp_port"]) as otlp_port,
    ):
        ports = {"api_port": api_port, "flight_port": flight_port, "otlp_port": otlp_port}
        options: ClientOptions = {**server.client_options, **ports}  # pyright: ignore[reportAssignmentType] - its keys
        print(json.dumps(options), flush=True)  # noqa: T201 - the starter reads it
        sys.stdin.read()
    print(json.dumps(journal.entries))  # noqa: T201 - the starter reads it


if __name__ == "__main__":
    main()

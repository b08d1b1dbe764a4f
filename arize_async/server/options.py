"""What a client needs to know to reach an embedded server."""

from __future__ import annotations

from typing import TypedDict


class ClientOptions(TypedDict):
    """Arguments for an ``ArizeClient``, ours or the official one: ``ArizeClient(**server.client_options)``."""

    api_key: str
    api_scheme: str
    api_host: str
    api_port: int
    otlp_scheme: str
    otlp_host: str
    otlp_port: int
    flight_scheme: str
    flight_host: str
    flight_port: int

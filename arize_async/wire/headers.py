"""Headers of the three transports (wire contract 1.5)."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from arize_async._version import __version__

if TYPE_CHECKING:
    from arize_async.config import Config

SDK_HEADERS = {
    "sdk-language": "python",
    "language-version": platform.python_version(),
    "sdk-version": __version__,
    "sdk-package-name": "arize-async",
}
USER_AGENT = f"arize-async/{__version__}"
ORIGIN = "arize-logging-client"


def rest_headers(config: Config) -> dict[str, str]:
    """Headers of every REST request."""
    return {
        "Accept": "application/json, application/problem+json",
        "User-Agent": USER_AGENT,
        **config.default_headers,
        **SDK_HEADERS,
        "Authorization": f"Bearer {config.api_key}",
    }


def flight_headers(config: Config) -> list[tuple[bytes, bytes]]:
    """Metadata of every Flight call; gRPC wants lower-case keys."""
    headers = {"origin": ORIGIN, **SDK_HEADERS, **{key.lower(): value for key, value in config.default_headers.items()}}
    pairs = [(key.encode("latin-1"), value.encode("latin-1")) for key, value in headers.items() if key != "user-agent"]
    return [*pairs, (b"auth-token-bin", config.api_key.encode())]


def otlp_headers(config: Config, space_id: str) -> dict[str, str]:
    """Metadata of every span export: the key is sent raw, without ``Bearer``."""
    return {"authorization": config.api_key, "arize-space-id": space_id, "arize-interface": "otel"}

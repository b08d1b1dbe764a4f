"""Headers of the three transports (wire contract 1.5)."""

from __future__ import annotations

import platform
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from arize_async._version import __version__
from arize_async.errors import InvalidDefaultHeadersError

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
_GRPC_KEY = re.compile(r"[a-z0-9_.-]+")
_GRPC_VALUE = re.compile(r"[ -~]*")


def rest_headers(config: Config, *, with_body: bool = False) -> dict[str, str]:
    """Headers of a REST request; a default header takes the place of one of the same name in any case."""
    own = {"Accept": "application/json, application/problem+json", "User-Agent": USER_AGENT}
    body = {"Content-Type": "application/json"} if with_body else {}
    given = {
        key: value for key, value in config.default_headers.items() if not (body and key.lower() == "content-type")
    }
    named = {key.lower() for key in given}
    return {
        **{key: value for key, value in own.items() if key.lower() not in named},
        **given,
        **body,
        **SDK_HEADERS,
        "Authorization": f"Bearer {config.api_key}",
    }


def flight_headers(config: Config) -> list[tuple[bytes, bytes]]:
    """Metadata of every Flight call; gRPC wants lower-case keys.

    Raises:
        InvalidDefaultHeadersError: A default header goes over REST and not over gRPC.
    """
    given = {key.lower(): value for key, value in config.default_headers.items() if key.lower() != "user-agent"}
    for key, value in given.items():
        if not _GRPC_KEY.fullmatch(key) or not (key.endswith("-bin") or _GRPC_VALUE.fullmatch(value)):
            raise InvalidDefaultHeadersError(
                f"default_headers[{key!r}] cannot be sent over Flight: gRPC takes keys of letters, digits and '-_.',"
                " and values of printable ASCII"
            )
    headers = {"origin": ORIGIN, **SDK_HEADERS, **given}
    pairs = [(key.encode("latin-1"), value.encode("latin-1")) for key, value in headers.items()]
    return [*pairs, (b"auth-token-bin", config.api_key.encode())]


def otlp_headers(config: Config, space_id: str) -> dict[str, str]:
    """Metadata of every span export: the key is sent raw, without ``Bearer``."""
    return {"authorization": config.api_key, "arize-space-id": space_id, "arize-interface": "otel"}


def retry_after(value: str | None, *, now: datetime | None = None) -> float | None:
    """Read a ``Retry-After`` field: seconds, or an HTTP date (RFC 9110, 10.2.3).

    >>> retry_after("120"), retry_after("soon"), retry_after(None)
    (120.0, None, None)
    """
    if value is None:
        return None
    if re.fullmatch(r"\s*\d+(\.\d+)?\s*", value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # a zone or a year may be any number
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())

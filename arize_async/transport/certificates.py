"""The authorities that a client trusts (wire contract 1.7)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from arize_async.errors import ConfigurationError

if TYPE_CHECKING:
    from arize_async.config import Config, Endpoint


def root_certificates(config: Config, endpoint: Endpoint) -> bytes | None:
    """Return what is in the CA file; None without one, and where nothing is encrypted.

    Raises:
        ConfigurationError: The file cannot be read.
    """
    if not config.ssl_ca_cert or not endpoint.encrypted:
        return None
    try:
        return Path(config.ssl_ca_cert).read_bytes()
    except OSError as error:
        raise unreadable(config, error) from None


def unreadable(config: Config, error: OSError) -> ConfigurationError:
    """Say which file it is and where the setting may come from."""
    return ConfigurationError(
        f"ssl_ca_cert={config.ssl_ca_cert!r} is no readable CA file: {error}. It comes from the argument or from"
        " ARIZE_SSL_CA_CERT, REQUESTS_CA_BUNDLE or SSL_CERT_FILE"
    )

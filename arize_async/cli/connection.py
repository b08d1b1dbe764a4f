"""Which server a command works on, and with which key."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from arize_async.cli import profiles
from arize_async.errors import ConfigurationError

if TYPE_CHECKING:
    from arize_async.client import ArizeClient


_NO_KEY = "no API key: set ARIZE_API_KEY, name a --profile, or take the embedded server with --local"


def add_connection(parser: argparse.ArgumentParser) -> None:
    """Let a parser read where the server is."""
    group = parser.add_argument_group(
        "server",
        "by default the one of the ARIZE_* variables, and without ARIZE_API_KEY\nthat of the active profile",
    )
    parser.set_defaults(refuse=parser.error)
    place = group.add_mutually_exclusive_group()
    place.add_argument(
        "--local",
        nargs="?",
        const="",
        metavar="DIR",
        help="the embedded server with this directory, started for this command"
        " (default: the one of ArizeClient.local()); put it last, or write --local=DIR",
    )
    place.add_argument("--profile", metavar="NAME", help="a profile in ~/.arize/profiles, instead of the variables")
    place.add_argument("--url", type=_url, metavar="URL", help="address of REST, such as http://127.0.0.1:8080")
    group.add_argument(
        "--api-key",
        metavar="KEY",
        help="better in ARIZE_API_KEY: other users of this machine can see it in the list of processes",
    )


def open_client(options: argparse.Namespace, **arguments: Any) -> ArizeClient:
    """Return a client of the server that was asked for.

    Args:
        options: What ``add_connection`` had read.
        arguments: Further arguments of either kind of client.

    Raises:
        ConfigurationError: A setting is missing or wrong.
    """
    from arize_async.client import ArizeClient

    if options.local is not None:
        if options.api_key:
            options.refuse("--local needs no --api-key: the embedded server is started for this command alone")
        return ArizeClient.local(options.local or None, **arguments)
    found: dict[str, Any] = {}
    name = options.profile
    if name is None and not (options.url or options.api_key or os.environ.get("ARIZE_API_KEY", "").strip()):
        name = profiles.active()
    if name is not None:
        found = profiles.load(name)
    elif options.url:
        found = _settings(options.url)
    if options.api_key:
        found["api_key"] = options.api_key
    if not found.get("api_key") and not os.environ.get("ARIZE_API_KEY", "").strip():
        raise ConfigurationError(_NO_KEY)
    return ArizeClient(**found, **arguments)


def _settings(url: SplitResult) -> dict[str, Any]:
    """Return settings that send nothing to another host than that of the address."""
    host = url.hostname or ""
    host = f"[{host}]" if ":" in host else host
    is_safe = url.scheme == "https"
    schemes = {"otlp_scheme": "https" if is_safe else "http", "flight_scheme": "grpc+tls" if is_safe else "grpc"}
    given = {name: os.environ.get(f"ARIZE_{name.upper()}") or default for name, default in schemes.items()}
    apart = {"region": profiles.elsewhere()["region"], "single_host": "", "single_port": 0, "base_domain": ""}
    hosts = {"api_host": host, "otlp_host": host, "flight_host": host}
    return {**apart, **hosts, **given, "api_scheme": url.scheme, "api_port": url.port or 0}


def _url(text: str) -> SplitResult:
    try:
        url = urlsplit(text)
        is_usable = url.scheme in {"http", "https"} and bool(url.hostname) and (url.port is None or url.port > 0)
    except ValueError:
        is_usable = False
    else:
        is_usable = is_usable and url.path in {"", "/"} and not (url.query or url.fragment or "@" in url.netloc)
    if not is_usable:
        raise argparse.ArgumentTypeError("expected an address such as http://127.0.0.1:8080, without path and password")
    return urlsplit(text)

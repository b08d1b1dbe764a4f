"""Profiles: the settings of a client under a name, as Arize's own program ``ax`` keeps them.

A profile is a TOML file in ``profiles`` below the directory of this package's files; the name of the active one is in
``.active_profile`` there. ``${VARIABLE}`` and ``${VARIABLE:default}`` in a value stand for a variable.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import attrs

from arize_async.config import Config, Region
from arize_async.errors import ConfigurationError

_HOSTS = ("api_host", "api_scheme", "otlp_host", "otlp_scheme", "flight_host", "flight_port", "flight_scheme")
_ROUTING = ("region", "single_host", "single_port", "base_domain", *_HOSTS)
_TRANSPORT = ("stream_max_workers", "stream_max_queue_bound", "pyarrow_max_chunksize", "max_http_payload_size_mb")
_SECTIONS = {"auth": ("api_key",), "routing": _ROUTING, "transport": _TRANSPORT, "security": ("request_verify",)}
_REGIONS = {"US": Region.US_EAST_1B, "CA": Region.CA_CENTRAL_1A, "EU": Region.EU_WEST_1A}
_REFERENCE = re.compile(r"\$\{([^}:]+)(?::([^}]*))?\}")


def directory() -> Path:
    """Return where the files of this package are."""
    return Path(os.environ.get("ARIZE_DIRECTORY") or "~/.arize").expanduser()


def active() -> str | None:
    """Return the name of the active profile, None without one."""
    try:
        return (directory() / ".active_profile").read_text("utf-8").strip() or None
    except (OSError, UnicodeError):
        return None


def elsewhere() -> dict[str, Any]:
    """Return the defaults of all settings that say where the platform is, so that no variable of another one counts."""
    fields = attrs.fields_dict(Config)
    return {name: fields[name].default for name in (*_ROUTING, "api_port", "otlp_port")}


def load(name: str) -> dict[str, Any]:
    """Return the arguments of a client that a profile stands for.

    Raises:
        ConfigurationError: There is no such profile, or something in it cannot be used; values are not repeated.
    """
    file = _file(name)
    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(each.stem for each in file.parent.glob("*.toml"))) or "none"
        raise ConfigurationError(f"there is no profile {name!r} in {file.parent}; there are: {known}") from None
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"the profile {file} cannot be read: {error}") from None
    found: dict[str, Any] = {}
    for section, settings in _SECTIONS.items():
        values = content.get(section, {})
        if not isinstance(values, dict):
            raise ConfigurationError(f"the profile {file}: {section!r} is no table")
        found |= {each: _value(file, each, values[each]) for each in settings if values.get(each) not in (None, "")}
    if "api_key" not in found:
        raise ConfigurationError(f"the profile {file} has no api_key; those that sign in with a browser cannot be used")
    return elsewhere() | found


def _file(name: str) -> Path:
    if not name or Path(name).name != name:
        raise ConfigurationError(f"{name!r} is no name of a profile")
    return directory() / "profiles" / f"{name}.toml"


def _value(file: Path, setting: str, value: object) -> object:
    text = _REFERENCE.sub(lambda found: _variable(file, found), str(value)).strip()
    text = _REGIONS.get(text.upper(), text) if setting == "region" else text
    parse = attrs.fields_dict(Config)[setting].metadata.get("parse", str)
    try:
        return parse(text)
    except ValueError as error:
        raise ConfigurationError(f"the profile {file}: {setting}: {error}") from None


def _variable(file: Path, found: re.Match[str]) -> str:
    default: str | None = found[2]
    value = os.environ.get(found[1], default)
    if value is None:
        raise ConfigurationError(f"the profile {file} needs the variable {found[1]}, which is not set")
    return value

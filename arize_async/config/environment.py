"""Read settings from arguments, the environment and defaults, in this order (wire contract 1.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import attrs

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})


def from_environment(attribute: attrs.Attribute[object], environ: Mapping[str, str]) -> object | None:
    """Return the parsed value of the first variable of a setting that is not blank, or None.

    Raises:
        ConfigurationError: The variable's text does not parse; the message names the variable.
    """
    names: tuple[str, ...] = attribute.metadata.get("environment", ())
    parse: Callable[[str], object] = attribute.metadata.get("parse", str)
    for name in names:
        text = environ.get(name, "").strip()
        if text:
            try:
                return parse(text)
            except ValueError as error:
                raise ConfigurationError(f"Environment variable {name}={text!r}: {error}") from None
    return None


def boolean(text: str) -> bool:
    """Read a switch.

    >>> boolean("Yes"), boolean("0"), boolean("enabled")
    (True, False, False)
    """
    return text.lower() in TRUE_WORDS


def lower(text: str) -> str:
    """Read a word whose case does not matter."""
    return text.lower()

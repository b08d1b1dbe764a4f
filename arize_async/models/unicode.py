"""Text that every encoder accepts, and text that people can be shown."""

from __future__ import annotations


def valid_text(text: str) -> str:
    r"""Replace lone surrogates, which neither UTF-8, Arrow nor protobuf can hold.

    >>> valid_text("a\ud800b") == "a\ufffdb", valid_text("\U0001f600") == "\U0001f600"
    (True, True)
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def visible(value: object) -> str:
    r"""Return text on one line in which nothing moves a cursor, changes colours or turns the direction of writing.

    >>> visible("red: \x1b[31m\n\u202egnp")
    'red: \\x1b[31m \\u202egnp'
    """
    line = " ".join(str(value).split())
    if line.isprintable():
        return line
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in line)


def short(value: object, most: int = 60) -> str:
    """Return the beginning of a value as visible text."""
    text = "" if value is None else visible(str(value)[: 4 * most])
    return text if len(text) <= most else f"{text[: most - 1]}…"

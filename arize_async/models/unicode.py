"""Text that every encoder accepts."""

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

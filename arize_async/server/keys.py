"""The API key of a local server."""

from __future__ import annotations

import logging
import os
import secrets
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from arize_async.errors import ServerFailed

if TYPE_CHECKING:
    from pathlib import Path

_FILE = "api_key"
_logger = logging.getLogger("arize_async.server")


def new_key() -> str:
    """Make a key."""
    return secrets.token_urlsafe(32)


def load_key(directory: Path) -> str:
    """Return the key in a directory; it is made once and readable by its owner only.

    Raises:
        ServerFailed: The file cannot be read or written, or holds no key.
    """
    file = directory / _FILE
    try:
        _make(file)
        file.chmod(0o600)
        key = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ServerFailed(f"the API key in {file} cannot be used: {type(error).__name__}") from error
    if not is_key(key):
        raise ServerFailed(f"{file} holds no API key; remove the file to get a new one")
    return key


def is_key(key: str) -> bool:
    """Whether a text can be sent as a key."""
    return bool(key) and key.isascii() and key.isprintable() and not any(character.isspace() for character in key)


def prepare_directory(directory: Path) -> None:
    """Make a directory that only its owner may enter; one that is there keeps its mode.

    Raises:
        ServerFailed: It cannot be made or is no directory.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = directory.stat().st_mode
    except OSError as error:
        raise ServerFailed(f"{directory} cannot be used for data: {error.strerror}") from error
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        _logger.warning(
            "other users of this machine can enter %s and read the data in it, though not the key; chmod 700 bars them",
            directory,
        )


def _make(file: Path) -> None:
    if file.exists():
        return
    # Complete under another name first: a crash between creating and writing would leave an empty key. A link, unlike
    # a renaming, does not replace what another server has put there meanwhile.
    draft = file.with_suffix(f".{secrets.token_hex(8)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(new_key())
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileExistsError):
            file.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)

"""The watch over keys: what is planted is found."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from leaks import CANARY, Watch

from arize_async.errors import ApiError

if TYPE_CHECKING:
    from pathlib import Path


def test_every_place_is_looked_at(tmp_path: Path, leaks: Watch) -> None:
    """Logs, errors with what caused them, and files, but not the file that holds the key."""
    with pytest.MonkeyPatch.context() as patch:
        watch = Watch()
        watch.install(patch)
        logging.getLogger("x").error("%s", CANARY)
        cause: Any = ApiError("fine")
        cause.body = CANARY
        error = ApiError("fine")
        error.__cause__ = cause
        watch.look_at_objects()
        (tmp_path / "api_key").write_text(CANARY)
        (tmp_path / "other").write_bytes(b"\x00" + CANARY.encode())
        watch.look_at_files(tmp_path)
    logging.getLogger().removeHandler(watch)
    for name in ("api_key", "other"):
        (tmp_path / name).unlink()
    leaks.forget()
    places = {place.partition(":")[0] for place in watch.found}
    assert places == {"a log record of x", "an error", str(tmp_path / "other")}

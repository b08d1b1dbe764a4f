"""Rows from a file of the user: Parquet and Arrow, CSV, and JSON."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import orjson

from arize_async.errors import InvalidInput

if TYPE_CHECKING:
    from arize_async.resources.rows import Rows

_ARROW, _TEXT = (".parquet", ".arrow", ".feather"), (".csv", ".json", ".jsonl", ".ndjson")
ENDINGS = (*_ARROW, *_TEXT)


def source(text: str) -> Path:
    """Read the name of a file with rows.

    Raises:
        ArgumentTypeError: Its ending names no form.
    """
    if Path(text).suffix.lower() not in ENDINGS:
        raise argparse.ArgumentTypeError(f"its name has to end in one of {', '.join(ENDINGS)}, got {text!r:.40}")
    return Path(text)


def open_rows(file: Path) -> Rows:
    """Return the rows of a file; Parquet, Arrow and CSV are read as they are sent.

    Raises:
        InvalidInput: It does not exist, or cannot be read.
    """
    ending = file.suffix.lower()
    if not file.is_file():
        raise InvalidInput(f"there is no file {str(file)!r}")
    if ending in _ARROW:
        return file
    if ending != ".csv":
        return read_rows(file)
    import polars as pl

    try:
        return pl.read_csv(file, infer_schema_length=None)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InvalidInput(f"{file} cannot be read as CSV: {error}") from error


def read_rows(file: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON array, or of JSON lines.

    Raises:
        InvalidInput: The file cannot be read, or has something else than objects; the message names the line.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror or error}") from error
    if file.suffix.lower() == ".json":
        rows = _parsed(content, str(file))
        if not isinstance(rows, list):
            raise InvalidInput(f"{file} holds no JSON array of objects; one object a line is for files named .jsonl")
        places = [f"{file}, item {place}" for place in range(1, len(cast("list[object]", rows)) + 1)]
        return [_object(row, place) for row, place in zip(cast("list[object]", rows), places, strict=True)]
    lines = ((f"{file}, line {place}", line) for place, line in enumerate(content.split(b"\n"), 1) if line.strip())
    return [_object(_parsed(line, place), place) for place, line in lines]


def _parsed(text: bytes, place: str) -> object:
    try:
        return orjson.loads(text)
    except ValueError as error:
        raise InvalidInput(f"{place}: {error}") from None


def _object(row: object, place: str) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise InvalidInput(f"{place}: expected an object, got {type(row).__name__}")
    return cast("dict[str, Any]", row)

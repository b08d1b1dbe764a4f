"""Rows given as dicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from arize_async.errors import InvalidRows
from arize_async.models.rules import MAX_ROWS
from arize_async.resources.columns import present

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa

    from arize_async.resources.rows import Conversion


class RowList:
    """A list of dicts; nothing is copied before it is sent."""

    in_files: bool = False

    def __init__(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Look at all keys.

        Raises:
            InvalidRows: A key is no text.
        """
        self._rows = rows
        self.names = _names(rows)

    @property
    def fits_rest(self) -> bool:
        """Whether REST takes so many rows in one request."""
        return len(self._rows) <= MAX_ROWS

    @property
    def size(self) -> str:
        """How many rows, in words."""
        return str(len(self._rows))

    def parts(self, conversion: Conversion | None = None) -> Iterator[list[dict[str, Any]]]:
        """Yield the converted rows, 1,000 at a time.

        Raises:
            InvalidRows: A cell holds bytes.
        """
        for start in range(0, len(self._rows), MAX_ROWS):
            rows = [_checked(row, start + place) for place, row in enumerate(self._rows[start : start + MAX_ROWS])]
            yield conversion.rows(rows) if conversion else rows

    def reader(self, conversion: Conversion) -> pa.RecordBatchReader:
        """Return the converted rows as Arrow data."""
        return conversion.row_reader(self._rows, self.names)


def _names(rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Return the keys in the order of their first appearance."""
    names = dict.fromkeys(rows[0] if rows else ())
    for row in rows:
        if row.keys() != names.keys():
            names.update(dict.fromkeys(row))
    wrong = [name for name in names if not isinstance(name, str)]  # pyright: ignore[reportUnnecessaryIsInstance] - users' data
    if wrong:
        raise InvalidRows(f"the names of columns are text, got {', '.join(repr(name) for name in wrong[:5])}")
    return list(names)


def _checked(row: Mapping[str, object], place: int) -> dict[str, Any]:
    for name, cell in row.items():
        if isinstance(cell, (bytes, bytearray, memoryview)):
            raise InvalidRows("bytes cannot be stored; decode them to text first", path=f"[{place}].{name}")
    return {name: present(cell) for name, cell in row.items()}

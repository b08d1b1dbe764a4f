"""Data frames of any library, and files, as Arrow data with types that every server reads."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
import pyarrow.dataset as ds

from arize_async.errors import InvalidRows

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from arize_async.resources.rows import ArrowStream

_SUFFIXES = (".parquet", ".arrow", ".feather")


def table_of_frame(frame: ArrowStream) -> pa.Table:
    """Return any frame with the Arrow PyCapsule interface as a table; an index of pandas is left out.

    Raises:
        InvalidRows: A column has no Arrow type; the message names it.
    """
    try:
        table = _table_of_pandas(frame) if _is_pandas(frame) else pa.table(cast("Any", frame))
        return _decoded(table).cast(portable_schema(table.schema))
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise InvalidRows(f"the frame cannot be read as Arrow data: {error}") from error


def rows_of_pandas(frame: object) -> list[dict[str, object]] | None:
    """Return the rows of a pandas frame one object per cell, or None for a frame of another library.

    It is the way for columns of mixed types, which have no Arrow type.
    """
    return cast("Any", frame).to_dict("records") if _is_pandas(frame) else None


def _is_pandas(frame: object) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(frame, pandas.DataFrame)


def _table_of_pandas(frame: object) -> pa.Table:
    return pa.Table.from_pandas(cast("Any", frame), preserve_index=False).replace_schema_metadata(None)


def _decoded(table: pa.Table) -> pa.Table:
    """Write out columns of categories whose values are views: pyarrow has no cast for them."""
    for index, kind in enumerate(table.schema.types):
        if isinstance(kind, pa.DictionaryType) and kind.value_type != portable(kind.value_type):
            plain = portable(kind.value_type)
            chunks = cast("list[pa.DictionaryArray[Any, Any]]", table.column(index).chunks)
            values = [chunk.dictionary.cast(plain).take(chunk.indices) for chunk in chunks]
            table = table.set_column(
                index, table.schema.names[index], pa.chunked_array(cast("Any", values), cast("Any", plain))
            )
    return table


def portable_schema(schema: pa.Schema) -> pa.Schema:
    """Return a schema without the types that only few readers know: views, dictionaries, maps stay out of uploads."""
    return pa.schema([field.with_type(portable(field.type)) for field in schema])


def portable(kind: pa.DataType) -> pa.DataType:
    """Return the plain type for a view or a dictionary, also inside lists and structs."""
    if pa.types.is_string_view(kind) or pa.types.is_large_string(kind):
        return pa.string()
    if pa.types.is_binary_view(kind):
        return pa.binary()
    if isinstance(kind, pa.DictionaryType):
        return portable(kind.value_type)
    if isinstance(kind, pa.StructType):
        return pa.struct([field.with_type(portable(field.type)) for field in kind.fields])
    if isinstance(kind, (pa.ListType, pa.LargeListType, pa.FixedSizeListType)):
        return pa.list_(portable(kind.value_type))
    return kind


def dataset_of_files(paths: Sequence[str | os.PathLike[str]]) -> ds.Dataset:
    """Open Parquet, Arrow and Feather files as one; directories are searched through, in the order of the names.

    Raises:
        InvalidRows: No file, a file of another kind, or columns that do not fit together.
        FileNotFoundError: A path does not exist.
    """
    files = [file for path in paths for file in _files(Path(path))]
    if not files:
        raise InvalidRows(f"no Parquet or Arrow files under {', '.join(str(path) for path in paths)}")
    try:
        parts = [_open(file) for file in files]
        schema = pa.unify_schemas([portable_schema(part.schema) for part in parts], promote_options="permissive")
    except (pa.ArrowException, OSError) as error:
        raise InvalidRows(f"the files cannot be read together: {error}") from error
    return ds.dataset(cast("Any", parts), schema=schema)


def _open(file: Path) -> ds.Dataset:
    if file.suffix.lower() == ".parquet":
        return ds.dataset(str(file), format="parquet")
    return ds.dataset(str(file), format="ipc")


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.is_file() and file.suffix.lower() in _SUFFIXES)
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist")
    if path.suffix.lower() not in _SUFFIXES:
        raise InvalidRows(f"{path} is no {', '.join(_SUFFIXES)} file")
    return [path]

"""Pages as polars frames (wire contract 8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import polars as pl
from attrs import field, frozen

from arize_async.errors import InvalidInput
from arize_async.models.unicode import valid_text
from arize_async.responses.cells import table_cell
from arize_async.wire.arrow import is_json_text_column, rows_from_batch
from arize_async.wire.text import json_text, parse_nested

if TYPE_CHECKING:
    import pyarrow as pa

    from arize_async.models.annotation import Annotation
    from arize_async.models.base import Model

_BATCH_ROWS = 1000
_ALWAYS_TEXT = frozenset({"output", "result"})


def _check_exclude_none(_options: object, _attribute: object, value: object) -> None:
    if value not in (True, False, "all", "any"):
        raise InvalidInput(f"exclude_none is True, False, 'all' or 'any', got {value!r:.80}")


@frozen(kw_only=True)
class FrameOptions:
    """How a page becomes a frame; see ``Page.to_df``."""

    exclude_none: bool | str = field(validator=_check_exclude_none)
    json_normalize: bool
    expand_field: str
    expand_prefix: str


def frame_of_items(items: Iterable[Model], options: FrameOptions) -> pl.DataFrame:
    """Build a frame with one row per item."""
    rows = [_row(item, options) for item in items]
    names = list(dict.fromkeys(name for row in rows for name in row))
    # by name: polars gives a column whose name is empty a name of its own otherwise
    columns = {name: _series(name, [row.get(name) for row in rows]) for name in names}
    return _without_nulls(pl.DataFrame(columns), options)


def frame_of_table(table: pa.Table, options: FrameOptions, *, fixed: Sequence[str]) -> pl.DataFrame:
    """Build a frame from the rows of a table; ``fixed`` are the columns that come first and get no prefix."""
    if not table.num_rows:
        return pl.DataFrame()
    frame = cast("pl.DataFrame", pl.from_arrow(table))
    others = [name for name in frame.columns if name not in fixed]
    taken = {options.expand_prefix + name for name in others}
    own = [name for name in fixed if name in frame.columns and name not in taken]
    frame = frame.select(*map(_moment, frame.select(own)), pl.col(others).name.prefix(options.expand_prefix))
    while options.json_normalize and (nested := [n for n, kind in frame.schema.items() if isinstance(kind, pl.Struct)]):
        for name in nested:
            fields = [f"{name}.{part.name}" for part in cast("pl.Struct", frame.schema[name]).fields]
            apart = frame.drop(fields, strict=False).with_columns(pl.col(name).name.prefix_fields(f"{name}."))
            frame = apart.unnest(name)
    return _without_nulls(frame, options)


def _moment(column: pl.Series) -> pl.Series:
    """Return the dates of an example, which Flight gives in milliseconds, as pages give them."""
    if column.name in {"created_at", "updated_at"} and column.dtype.is_integer():
        return column.cast(pl.Datetime("ms", "UTC")).cast(pl.Datetime("us", "UTC"))
    return column


def rows_of_table(table: pa.Table) -> Iterator[list[dict[str, object]]]:
    """Yield the rows of a table batch by batch, with the objects and lists in JSON-text columns.

    ``output`` and ``result`` stay text: what a model said is not to be interpreted (wire contract 12, 11).
    """
    nested = [name for name in table.column_names if is_json_text_column(name) and name not in _ALWAYS_TEXT]
    for batch in table.to_batches(max_chunksize=_BATCH_ROWS):
        rows = rows_from_batch(batch)
        for row in rows:
            row.update({name: parse_nested(row[name]) for name in nested})
        yield rows


def _row(item: Model, options: FrameOptions) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(item, name) for name in type(item).model_fields}
    extras = row.pop("additional_properties")
    if options.expand_field != "additional_properties":
        row["additional_properties"] = extras or None
    expanded = extras if options.expand_field == "additional_properties" else row.pop(options.expand_field, None)
    if isinstance(expanded, Mapping):
        entries = cast("Mapping[str, object]", expanded)
        row |= {options.expand_prefix + name: value for name, value in entries.items()}
    elif expanded is not None:
        row[options.expand_field] = expanded
    if "annotations" in row:
        row |= _annotation_columns(cast("list[Annotation] | None", row.pop("annotations")))
    cells = {valid_text(str(name)): table_cell(value) for name, value in row.items()}
    return _normalized(cells) if options.json_normalize else cells


def _annotation_columns(annotations: list[Annotation] | None) -> dict[str, object]:
    columns: dict[str, object] = {}
    for annotation in annotations or []:
        values = {name: getattr(annotation, name) for name in ("score", "label", "text", "updated_at")}
        if annotation.annotator is not None:
            values |= {"annotator_email": annotation.annotator.email, "annotator_id": annotation.annotator.id}
        columns |= {f"annotation.{annotation.name}.{part}": v for part, v in values.items() if v is not None}
    return columns


def _normalized(row: dict[str, object], prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in row.items():
        flat |= (
            _normalized(cast("dict[str, object]", value), f"{prefix}{name}.")
            if isinstance(value, dict) and value
            else {prefix + name: value}
        )
    return flat


def _series(name: str, cells: list[object]) -> pl.Series:
    """Build a column; values of types that no column holds together become text, JSON where they are not text."""
    # polars takes the fields of an object column from its first object and drops those of the others
    is_nested = any(isinstance(cell, (dict, list)) for cell in cells)
    for build in (_as_arrow_does,) if is_nested else (_strictly, _as_arrow_does):
        try:
            return build(name, cells)
        except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
            continue
    texts = [cell if cell is None or isinstance(cell, str) else json_text(cell) for cell in cells]
    return pl.Series(name, texts, pl.String)


def _strictly(name: str, cells: list[object]) -> pl.Series:
    return pl.Series(name, cells, strict=True)


def _as_arrow_does(name: str, cells: list[Any]) -> pl.Series:
    """Build a column of numbers that are partly whole, also inside objects and lists."""
    import pyarrow as pa

    return pl.Series(name, pa.array(cells))


def _without_nulls(frame: pl.DataFrame, options: FrameOptions) -> pl.DataFrame:
    if options.exclude_none is False:
        return frame
    bound = 1 if options.exclude_none == "any" else max(frame.height, 1)
    return frame.drop([column.name for column in frame.get_columns() if column.null_count() >= bound])

"""The pages of runs and examples: from JSON, or from Arrow without an object per row until somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Self, TypeVar, cast

from arize_async.models.base import Model
from arize_async.models.example import DatasetExample
from arize_async.models.run import ExperimentRun
from arize_async.responses.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl
    import pyarrow as pa

T = TypeVar("T", bound=Model)


class TablePage(Page[T], Generic[T]):
    """A page whose items may be the rows of an Arrow table."""

    _table: pa.Table | None = None

    @classmethod
    def from_table(cls, table: pa.Table) -> Self:
        """Build the page of all rows; nothing follows it."""
        page = cls([])
        page._table = table
        return page

    def iter_items(self) -> Iterator[T]:
        """Yield the items of this page alone; rows of a table become objects one batch at a time."""
        if self._table is None or self._items:
            yield from self._items
            return
        from arize_async.responses.frames import rows_of_table

        for rows in rows_of_table(self._table):
            yield from cast("list[T]", self.decode_items(rows))

    def count_items(self) -> int:
        """Return how many items this page has."""
        return len(self._items) if self._table is None else self._table.num_rows

    def to_df(
        self,
        *,
        exclude_none: bool | str = True,
        json_normalize: bool = False,
        expand_field: str = "additional_properties",
        expand_prefix: str = "",
    ) -> pl.DataFrame:
        """Return the items of this page as a frame, one row each; rows of a table never become objects.

        Args:
            exclude_none: True or "all" drops the columns that hold only nulls, "any" those that hold a null,
                False keeps all columns.
            json_normalize: Whether nested objects become columns of their own, their names joined by a dot.
            expand_field: The field whose entries become columns; "" keeps it as it is.
            expand_prefix: Put before the names of the columns that ``expand_field`` gives.

        Returns:
            A polars frame; without items it has no columns.
        """
        from arize_async.responses.frames import FrameOptions, frame_of_items, frame_of_table

        options = FrameOptions(
            exclude_none=exclude_none,
            json_normalize=json_normalize,
            expand_field=expand_field,
            expand_prefix=expand_prefix,
        )
        if self._table is None or expand_field != "additional_properties":
            return frame_of_items(self.iter_items(), options)
        return frame_of_table(self._table, options, fixed=list(self.item_type.model_fields))

    def _loaded(self) -> list[T]:
        if self._table is not None and not self._items:
            self._items = list(self.iter_items())
        return self._items


class ListExperimentRunsResponse(TablePage[ExperimentRun]):
    """A page of runs."""

    items_name = "experiment_runs"
    item_type = ExperimentRun

    @property
    def experiment_runs(self) -> list[ExperimentRun]:
        """The runs of this page."""
        return self._loaded()


class ListDatasetExamplesResponse(TablePage[DatasetExample]):
    """A page of examples."""

    items_name = "examples"
    item_type = DatasetExample

    @property
    def examples(self) -> list[DatasetExample]:
        """The examples of this page."""
        return self._loaded()

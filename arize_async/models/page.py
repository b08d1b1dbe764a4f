"""Where a page stands in a list."""

from __future__ import annotations

from attrs import frozen

from arize_async.models.base import Model


@frozen(kw_only=True, repr=False)
class PaginationMetadata(Model):
    """Whether more follows, and the cursor that leads there (wire contract 2.0).

    Attributes:
        has_more: Whether another page follows.
        next_cursor: Opaque; present exactly when another page follows.
    """

    has_more: bool
    next_cursor: str | None = None

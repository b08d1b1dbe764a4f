"""Problem details of an HTTP error."""

from __future__ import annotations

from attrs import frozen

from arize_async.models.base import Model


@frozen(kw_only=True, repr=False)
class Problem(Model):
    """RFC 9457 problem details as the platform uses them (wire contract 2.0)."""

    status: int
    title: str
    type: str | None = None
    detail: str | None = None
    instance: str | None = None
    error_code: str | None = None
    request_id: str | None = None

"""Async user code runs on the event loop itself."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from arize_async.executors.protocol import UserCode

T = TypeVar("T")


class InlineExecutor:
    """Calls code on the running event loop and awaits what it returns."""

    async def call(self, code: UserCode[T]) -> T:
        """Run the code here and now."""
        result = code()
        return await cast("Awaitable[T]", result) if inspect.isawaitable(result) else cast("T", result)

    async def aclose(self) -> None:
        """Do nothing: an inline executor holds nothing."""

"""What all nouns have in common."""

from __future__ import annotations

import asyncio


class Resource:
    """Operations on one noun."""

    async def get(self, name: str, fallback: str | None = None) -> str:
        """Return a room, or raise ``LookupError``."""
        await asyncio.sleep(0)
        if name == "nowhere" and fallback is None:
            raise LookupError(name)
        return fallback or name

"""A provider that allows so many requests a minute, and tells of all that it took and refused.

It fills a bucket, of one second, and answers 429 with ``Retry-After`` in whole seconds when that is empty. It allows
more once it has taken a number of requests. ``GET /calls`` tells of all of them. It prints its port and serves until
stdin ends.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import random
import sys
import time
from typing import Any

from aiohttp import web
from attrs import define, field


@define
class Provider:
    """What it allows, and what has happened.

    Attributes:
        rate: Requests a second.
        raised: The rate after ``after`` requests.
        service: Seconds that a request takes, half of them more or less.
        taken: When requests were taken, in seconds from the first one.
        refused: When requests were refused.
        services: Seconds that requests took.
        raised_at: When more was allowed.
    """

    rate: float
    raised: float
    after: int
    service: float
    taken: list[float] = field(factory=list)
    refused: list[float] = field(factory=list)
    services: list[float] = field(factory=list)
    raised_at: float | None = None
    _tokens: float = 0.0
    _begin: float | None = None
    _filled: float = 0.0
    _chance: random.Random = field(factory=lambda: random.Random(1))  # noqa: S311 - always the same

    async def complete(self, request: web.Request) -> web.Response:
        """Answer a chat, or refuse it."""
        began = time.monotonic()
        if self._begin is None:
            self._begin, self._tokens, self._filled = began, self.rate, began
        await request.read()
        self._tokens = min(self.rate, self._tokens + (began - self._filled) * self.rate)
        self._filled = began
        if self._tokens < 1:
            self.refused.append(began - self._begin)
            wait = math.ceil((1 - self._tokens) / self.rate)
            return web.json_response({"error": "slow down"}, status=429, headers={"Retry-After": str(wait)})
        self._tokens -= 1
        self.taken.append(began - self._begin)
        if len(self.taken) == self.after:
            self.rate, self.raised_at = self.raised, began - self._begin
        await asyncio.sleep(self.service * self._chance.uniform(0.5, 1.5))
        self.services.append(time.monotonic() - began)
        return web.json_response({"choices": [{"message": {"role": "assistant", "content": "4"}}]})

    async def calls(self, _: web.Request) -> web.Response:
        """Tell of all requests."""
        told: dict[str, Any] = {name: getattr(self, name) for name in ("taken", "refused", "services", "raised_at")}
        return web.json_response(told)


async def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser(description="Serve chats at a limited rate.")
    parser.add_argument("rate", type=float, help="requests a minute")
    parser.add_argument("raised", type=float, help="requests a minute later on")
    parser.add_argument("after", type=int, help="the number of requests until then")
    parser.add_argument("--service", type=float, default=0.2, help="seconds of a request (default: %(default)s)")
    options = parser.parse_args()
    provider = Provider(options.rate / 60, options.raised / 60, options.after, options.service)
    app = web.Application()
    app.add_routes([web.post("/v1/chat/completions", provider.complete), web.get("/calls", provider.calls)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())

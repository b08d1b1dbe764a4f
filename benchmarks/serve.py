"""The server of a benchmark, in a process of its own: prints the arguments of its clients, serves until stdin ends."""

from __future__ import annotations

import asyncio
import json
import sys

from arize_async.server import LocalServer


async def main() -> None:
    """Serve from a folder, or from memory."""
    async with LocalServer(sys.argv[1]) as server:
        print(json.dumps(server.client_options), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())

"""Transports in forked children: what the parent opened stays the parent's."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

PRELUDE = """
import asyncio, gc, os, sys
from aiohttp import web
from aiohttp.test_utils import TestServer
from arize_async.config import Config
from arize_async.transport.http import HttpTransport

opened = set()

async def answer(request):
    opened.add(request.transport.get_extra_info("peername"))
    return web.json_response({"n": len(opened)})

async def served():
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    server = TestServer(app)
    await server.start_server()
    return server, Config.load(environ={}, api_key="k", api_scheme="http", api_host="127.0.0.1", api_port=server.port)
"""


def run(script: str) -> list[str]:
    """Return the lines that a script prints; it says nothing else and ends well."""
    command = [
        sys.executable,
        "-W",
        "error",
        "-W",
        "ignore::DeprecationWarning",
        "-c",
        PRELUDE + textwrap.dedent(script),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout.splitlines()


def test_a_child_opens_its_own_connections_and_the_parent_keeps_its() -> None:
    """The child asks on a loop of its own, closes and collects; the parent goes on over the connection that it had."""
    lines = run(
        """
        async def main():
            server, config = await served()
            transport = HttpTransport(config)
            print(await transport.request("GET", "/parent"))

            async def in_child():
                print(await transport.request("GET", "/child"))
                print(transport)
                await transport.aclose()

            child = os.fork()
            if child == 0:
                asyncio.run(in_child())
                gc.collect()
                sys.stdout.flush()
                os._exit(0)
            status = await asyncio.to_thread(os.waitpid, child, 0)
            print(status[1], await transport.request("GET", "/parent"))
            await transport.aclose()
            await server.close()

        asyncio.run(main())
        """
    )
    port = lines[2].partition("127.0.0.1:")[2].partition(" ")[0]
    assert lines == [
        "{'n': 1}",
        "{'n': 2}",
        f"<HttpTransport http://127.0.0.1:{port} [1 sessions]>",
        "0 {'n': 2}",
    ]

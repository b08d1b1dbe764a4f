"""Sessions and event loops."""

from __future__ import annotations

import asyncio
import gc
import threading
import warnings
import weakref
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from arize_async.config import Config
from arize_async.errors import ClientClosed
from arize_async.transport.http import HttpTransport

if TYPE_CHECKING:
    from collections.abc import Iterator


async def answer(request: web.Request) -> web.Response:
    """Say hello."""
    return web.json_response({"hello": request.path})


@pytest.fixture
def config() -> Iterator[Config]:
    """Settings that lead to a server on a thread of its own."""
    loop = asyncio.new_event_loop()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    server = TestServer(app)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.start_server(), loop).result(10)
    yield Config.load(environ={}, api_key="k", api_scheme="http", api_host=server.host, api_port=server.port)
    asyncio.run_coroutine_threadsafe(server.close(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


def ask(transport: HttpTransport) -> Any:
    """Send a request on an event loop of its own, and never close."""
    return asyncio.run(transport.request("GET", "/v2/spaces"))


def test_one_transport_serves_several_loops_one_after_the_other(config: Config) -> None:
    """Each ``asyncio.run`` gets its own session, and nothing stays open or warns when nobody closes."""
    transport = HttpTransport(config)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [ask(transport) for _ in range(3)] == [{"hello": "/v2/spaces"}] * 3
        del transport
        gc.collect()


def test_a_session_ends_with_its_loop(config: Config) -> None:
    """When the loop is closed, so is the session."""
    transport = HttpTransport(config)
    ask(transport)
    assert repr(transport).endswith("[0 sessions]>")


def test_a_loop_that_was_closed_roughly_leaves_nothing_behind(config: Config) -> None:
    """Loops closed without shutting their generators down do not pile up with their sessions and sockets."""
    transport = HttpTransport(config)
    loops: list[weakref.ref[asyncio.AbstractEventLoop]] = []
    for _ in range(3):
        loop = asyncio.new_event_loop()
        assert loop.run_until_complete(transport.request("GET", "/v2")) == {"hello": "/v2"}
        loop.close()
        loops.append(weakref.ref(loop))
        del loop
    assert repr(transport).endswith("[1 sessions]>")
    asyncio.run(transport.aclose())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # Python warns of the sockets of such a loop, and closes them
        gc.collect()
    assert [loop() for loop in loops] == [None, None, None]


def test_a_closed_transport_says_so_on_every_loop(config: Config) -> None:
    """Closing on one loop is closing on all."""
    transport = HttpTransport(config)
    ask(transport)
    asyncio.run(transport.aclose())
    with pytest.raises(ClientClosed):
        ask(transport)


def test_many_tasks_use_a_fresh_transport_at_once(config: Config) -> None:
    """All of them share the one session that the first opens."""
    transport = HttpTransport(config)

    async def many() -> None:
        answers = await asyncio.gather(*(transport.request("GET", f"/{n}") for n in range(200)))
        assert answers == [{"hello": f"/{n}"} for n in range(200)]
        assert repr(transport).endswith("[1 sessions]>")

    asyncio.run(many())


def test_several_loops_at_once_do_not_disturb_each_other(config: Config) -> None:
    """Threads with loops of their own share one transport."""
    transport = HttpTransport(config)
    answers: list[Any] = []
    barrier = threading.Barrier(4)

    async def many() -> None:
        await transport.request("GET", "/first")
        await asyncio.to_thread(barrier.wait, 10)
        answers.extend(await asyncio.gather(*(transport.request("GET", "/v2") for _ in range(20))))

    threads = [threading.Thread(target=lambda: asyncio.run(many())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [{"hello": "/v2"}] * 80


def test_closing_reaches_the_sessions_of_other_loops(config: Config) -> None:
    """aclose() on one loop closes what another loop that still runs has open."""
    transport = HttpTransport(config)
    ready, leave = threading.Event(), threading.Event()

    async def hold() -> None:
        await transport.request("GET", "/v2")
        ready.set()
        await asyncio.to_thread(leave.wait, 10)

    thread = threading.Thread(target=lambda: asyncio.run(hold()))
    thread.start()
    assert ready.wait(10)

    async def close() -> None:
        await transport.request("GET", "/v2")
        assert "[2 sessions]" in repr(transport)
        await transport.aclose()

    asyncio.run(close())
    leave.set()
    thread.join(10)
    assert repr(transport).endswith("[closed]>")

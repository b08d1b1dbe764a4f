"""One aiohttp session per event loop, closed with the loop if nobody closes it before."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import aiohttp
from attrs import frozen

from arize_async.transport.certificates import unreadable

if TYPE_CHECKING:
    from arize_async.config import Config


@frozen
class _Lifetime:
    """A session and the generator that closes it.

    ``asyncio.run`` closes the asynchronous generators of its loop before it closes the loop: so a session that its
    owner forgot, or cannot reach any more because its loop is gone, leaves no open socket.
    """

    session: aiohttp.ClientSession
    generator: AsyncGenerator[aiohttp.ClientSession, None]


class Sessions:
    """The open sessions of one client."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self._lifetimes: WeakKeyDictionary[asyncio.AbstractEventLoop, _Lifetime] = WeakKeyDictionary()
        self._process = os.getpid()
        self._inherited: list[object] = []

    async def get(self, config: Config) -> aiohttp.ClientSession:
        """Return the session of the running loop, opening it at first."""
        self._leave_to_parent()
        loop = asyncio.get_running_loop()
        lifetime = self._lifetimes.get(loop)
        if lifetime is None or lifetime.session.closed:
            self._drop_orphans()
            generator = _opened(config)
            lifetime = _Lifetime(await anext(generator), generator)
            self._lifetimes[loop] = lifetime
        return lifetime.session

    @property
    def open(self) -> int:
        """How many sessions are open."""
        return sum(not lifetime.session.closed for lifetime in self._lifetimes.values())

    async def aclose(self) -> None:
        """Close the session of the running loop, and hand the others to their own loops."""
        self._leave_to_parent()
        self._drop_orphans()
        lifetimes = dict(self._lifetimes)
        self._lifetimes.clear()
        running = asyncio.get_running_loop()
        for loop, lifetime in lifetimes.items():
            if loop is running:
                await lifetime.generator.aclose()
            elif loop.is_running():
                asyncio.run_coroutine_threadsafe(lifetime.generator.aclose(), loop)

    def _drop_orphans(self) -> None:
        """Give up the sessions of loops that were closed without ending their asynchronous generators."""
        for loop, lifetime in list(self._lifetimes.items()):
            if loop.is_closed():
                del self._lifetimes[loop]
                closing = lifetime.session.close()
                with suppress(StopIteration):  # nothing to wait for without a loop: it ends with the first step
                    closing.send(None)
                closing.close()

    def _leave_to_parent(self) -> None:
        """Forget in a forked child what its parent opened, without closing it.

        Loops are kept with their sessions: to finalize either would take sockets out of the epoll set, which the
        child shares with its parent.
        """
        if self._process != os.getpid():
            self._inherited.extend(self._lifetimes.items())
            self._lifetimes.clear()
            self._process = os.getpid()


async def _opened(config: Config) -> AsyncGenerator[aiohttp.ClientSession, None]:
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=config.connection_pool_maxsize, ssl=_tls(config)),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=config.timeouts.connect, sock_read=config.timeouts.read),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=True,
    )
    # aiohttp would repeat a GET by itself, behind the back of the policy
    session._retry_connection = False  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001 - there is no option
    try:
        yield session
    finally:
        await session.close()


def _tls(config: Config) -> ssl.SSLContext | bool:
    if not config.request_verify:
        return False
    if not config.ssl_ca_cert or not config.endpoints.api.encrypted:
        return True
    try:
        return ssl.create_default_context(cafile=config.ssl_ca_cert)
    except OSError as error:
        raise unreadable(config, error) from None

"""A server in memory with a few experiments, and a browser of plain HTTP."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import aiohttp
import pytest

from arize_async.server import LocalServer

from .visits import HOSTILE, Filled, Visitor, fill

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, ConsoleMessage, Page

QUIET = [
    "--no-sandbox",  # the tests of CI run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
async def server() -> AsyncIterator[LocalServer]:
    """A server that keeps nothing."""
    async with LocalServer(":memory:") as running:
        yield running


@pytest.fixture
async def stranger(server: LocalServer) -> AsyncIterator[Visitor]:
    """Somebody who is not signed in."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(server.url, cookie_jar=jar, timeout=aiohttp.ClientTimeout(30)) as session:
        yield Visitor(session)


@pytest.fixture
async def visitor(server: LocalServer, stranger: Visitor) -> Visitor:
    """Somebody who followed the link of the server."""
    assert (await stranger.get(server.page)).status == 200
    return stranger


@pytest.fixture
async def filled(server: LocalServer) -> Filled:
    """Two experiments of three examples: the second one is worse at the first example and better at the last."""
    assert server._running is not None
    return await fill(server._running.store, "plain")


@pytest.fixture
async def hostile(server: LocalServer) -> Filled:
    """The same with markup in every name and text."""
    assert server._running is not None
    return await fill(server._running.store, HOSTILE)


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """A browser without a window, for all tests of a process."""
    from playwright.async_api import async_playwright

    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None:
        pytest.fail("Chromium is not installed; Debian's package is called chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=QUIET)
        yield browser
        await browser.close()


@pytest.fixture
async def page(server: LocalServer, chromium: Browser) -> AsyncIterator[Page]:
    """A page that is signed in; it fails the test when it asks another server, shows a dialog or logs an error."""
    context = await chromium.new_context(base_url=server.url, viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    wrong: list[str] = []
    page.on("request", lambda request: None if request.url.startswith(server.url) else wrong.append(request.url))
    page.on("dialog", lambda dialog: wrong.append(f"dialog {dialog.message}"))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if _is_wrong(message) else None)
    await page.goto(server.page)
    await page.wait_for_url("**/ui/")
    yield page
    await context.close()
    assert wrong == []


def _is_wrong(message: ConsoleMessage) -> bool:
    # a page with status 404 is one of those that are looked at
    return message.type == "error" and not message.text.startswith("Failed to load resource")

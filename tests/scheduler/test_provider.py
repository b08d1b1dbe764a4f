"""The limiter against a provider that limits rates, in virtual time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from arize_async.scheduler.limiter import Limiter
from tests.scheduler.conftest import Provider

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.scheduler.virtual import VirtualLoop

    Virtually = Callable[[Callable[[VirtualLoop], Any]], None]


@pytest.mark.parametrize("retry_after", ["1", "0.2", None])
@pytest.mark.parametrize(
    ("rate", "burst", "latency", "callers"),
    [
        (100, 10, 0.05, 10),
        (100, 10, 0.05, 200),
        (100, 300, 0.5, 200),
        (100, 10, 0.5, 200),
        (8, 8, 10, 200),
        (1, 5, 0.5, 20),
    ],
)
def test_nearly_all_that_a_provider_allows_is_used(
    virtually: Virtually, retry_after: str | None, rate: float, burst: float, latency: float, callers: int
) -> None:
    """Once the limit is found, nine tenths of the rate at least, and few calls are refused."""

    async def main(loop: VirtualLoop) -> None:
        provider = Provider(loop, rate, burst, latency, retry_after)
        start, half = loop.time(), 15.0 if rate == 100 else 100.0
        calling = asyncio.ensure_future(provider.be_called(Limiter(loop), callers, 2 * half))
        await asyncio.sleep(half)
        before = provider.refused
        await calling
        assert provider.taken(start + half, start + 2 * half) >= 0.9 * rate
        assert provider.refused - before <= (0.1 if rate == 100 else 0.4) * half * rate

    virtually(main)


@pytest.mark.parametrize("latency", [0.05, 0.5])
def test_the_rate_follows_a_provider_that_allows_more(virtually: Virtually, latency: float) -> None:
    """Within ten seconds twice as many calls are made."""

    async def main(loop: VirtualLoop) -> None:
        provider = Provider(loop, 100, 10, latency)
        start = loop.time()
        calling = asyncio.ensure_future(provider.be_called(Limiter(loop), 200, 50))
        await asyncio.sleep(30)
        provider.rate = 200
        await calling
        assert 90 <= provider.taken(start + 20, start + 30) <= 101
        assert provider.taken(start + 40, start + 50) >= 180

    virtually(main)


@pytest.mark.parametrize("callers", [10, 500])
def test_a_given_rate_is_kept(virtually: Virtually, callers: int) -> None:
    """Within two percent, however many wait; nothing is refused."""

    async def main(loop: VirtualLoop) -> None:
        provider = Provider(loop, 101, 2, 0.05)
        start = loop.time()
        await provider.be_called(Limiter(loop, requests_per_minute=6000), callers, 30)
        assert provider.taken(start, start + 30) == pytest.approx(100, rel=0.02)
        assert provider.refused == 0

    virtually(main)


def test_a_closed_provider_is_asked_rarely_and_used_when_it_opens(virtually: Virtually) -> None:
    """A minute without an answer does not make the limit so low that it has to grow for a minute."""

    async def main(loop: VirtualLoop) -> None:
        provider = Provider(loop, 50, 50, 0.2)
        start = loop.time()
        calling = asyncio.ensure_future(provider.be_called(Limiter(loop), 100, 140))
        await asyncio.sleep(20)
        provider.rate, before = 0.0, provider.refused
        await asyncio.sleep(60)
        assert provider.refused - before <= 60 * 50 / 2
        provider.rate = 50
        await calling
        assert provider.taken(start + 90, start + 140) >= 0.9 * 50

    virtually(main)

"""The client: laziness, closing, embedded servers."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import warnings
from typing import TYPE_CHECKING

import pytest

from arize_async import ArizeClient, ClientClosed, ConfigurationError, MissingAPIKeyError, ServerFailed

if TYPE_CHECKING:
    from pathlib import Path


def test_a_client_opens_nothing_until_it_is_used() -> None:
    """It is made without a loop, resources are made once, and the repr shows neither key nor password."""
    client = ArizeClient(api_key="top-secret", proxy_url="http://u:pass-word@p", default_headers={"X": "hidden"})
    assert repr(client) == "<ArizeClient https://api.arize.com open>"
    assert client.experiments is client.experiments
    assert not any(secret in repr(client.config) for secret in ("top-secret", "pass-word", "hidden"))


def test_a_client_needs_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment is asked too."""
    monkeypatch.delenv("ARIZE_API_KEY", raising=False)
    with pytest.raises(MissingAPIKeyError):
        ArizeClient()
    monkeypatch.setenv("ARIZE_API_KEY", "k")
    assert ArizeClient().config.api_key == "k"
    assert ArizeClient().sdk_config.api_key == "k"


async def test_a_closed_client_refuses() -> None:
    """Also when nothing was opened before, and for resources that were got before; closing twice is fine."""
    used, unused = ArizeClient.local(":memory:"), ArizeClient(api_key="k")
    spaces = used.spaces
    async with used:
        await spaces.list()
    async with unused:
        pass
    await used.aclose()
    assert repr(used).endswith("closed>")
    with pytest.raises(ClientClosed):
        await spaces.list()
    with pytest.raises(ClientClosed):
        await unused.spaces.list()
    with pytest.raises(ClientClosed):
        await used.__aenter__()


async def test_a_local_client_starts_at_first_use() -> None:
    """Without ``async with``, and once for many calls at the same time."""
    client = ArizeClient.local(":memory:")
    assert repr(client) == "<ArizeClient local ':memory:' open>"
    pages = await asyncio.gather(*(client.spaces.list() for _ in range(10)))
    assert len({page.spaces[0].id for page in pages}) == 1
    await client.aclose()


async def test_local_data_stays(tmp_path: Path) -> None:
    """A second client on the same directory sees what the first one wrote."""
    for expected in ([], ["d"]):
        async with ArizeClient.local(tmp_path / "data") as client:
            assert [dataset.name async for dataset in await client.datasets.list()] == expected
            if not expected:
                await client.datasets.create(name="d", space="default", examples=[{"q": "x"}])


async def test_the_default_directory_is_below_the_users(tmp_path: Path) -> None:
    """``arize_directory`` wins over ``ARIZE_DIRECTORY``."""
    async with ArizeClient.local(arize_directory=str(tmp_path / "mine")):
        assert (tmp_path / "mine" / "local").is_dir()
    async with ArizeClient.local():
        assert (tmp_path / "arize" / "local").is_dir()


async def test_a_local_client_does_not_mind_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables that lead to the cloud do not lead away from the embedded server."""
    for name, value in {
        "ARIZE_REGION": "eu-west-1a",
        "ARIZE_API_KEY": "cloud",
        "ARIZE_API_HOST": "api.invalid",
        "ARIZE_PROXY_URL": "http://proxy.invalid",
        "ARIZE_SINGLE_PORT": "1",
    }.items():
        monkeypatch.setenv(name, value)
    async with ArizeClient.local(":memory:") as client:
        assert (await client.spaces.get(space="default")).name == "default"
        assert client.config.endpoints.api.host == "127.0.0.1"


async def test_two_local_clients_on_one_directory(tmp_path: Path) -> None:
    """The second is told that the data is in use."""
    async with ArizeClient.local(tmp_path / "data"):
        with pytest.raises(ServerFailed):
            async with ArizeClient.local(tmp_path / "data"):
                pass


def test_a_local_client_that_nobody_closes_ends_with_its_loop(tmp_path: Path) -> None:
    """Its server stops, nothing warns, and the next loop starts it again on the same data, over both transports."""
    client = ArizeClient.local(tmp_path / "data")
    examples = [{"q": str(number)} for number in range(1001)]

    async def fill() -> None:
        await client.datasets.create(name="d", space="default", examples=examples)

    async def count() -> int:
        return len((await client.datasets.list_examples(dataset="d", all=True)).examples)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        asyncio.run(fill())
        assert asyncio.run(count()) == 1001


def test_an_embedded_server_in_memory_is_gone_with_its_loop() -> None:
    """Starting an empty one instead would lose the data silently."""
    client = ArizeClient.local(":memory:")

    async def use() -> None:
        await client.spaces.list()

    asyncio.run(use())
    with pytest.raises(ServerFailed, match="another event loop"):
        asyncio.run(use())


def test_a_wrong_bound_is_refused() -> None:
    """The error names the argument."""
    with pytest.raises(ConfigurationError, match="pyarrow_max_chunksize"):
        ArizeClient.local(":memory:", pyarrow_max_chunksize=0)


def test_a_program_that_closes_nothing_ends_silently() -> None:
    """No warning, no error, no hanging thread at the end of the interpreter."""
    program = """
import asyncio
from arize_async import ArizeClient
client = ArizeClient.local(":memory:")
async def main():
    await client.datasets.create(name="d", space="default", examples=[{"q": "x"}] * 1001)
    print((await client.datasets.list()).datasets[0].name)
asyncio.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert (done.stdout, [line for line in done.stderr.splitlines() if "Executing <" not in line]) == ("d\n", [])


def test_importing_is_light() -> None:
    """The package and a client load no heavy library, and all exported names are there."""
    program = """
import sys
import arize_async
arize_async.ArizeClient(api_key="k")
arize_async.ArizeClient.local(":memory:")
heavy = ("aiohttp", "cattrs", "polars", "pyarrow", "duckdb", "grpc", "opentelemetry", "google.protobuf", "pandas")
print([name for name in heavy if name in sys.modules])
assert arize_async.__all__ == sorted(arize_async.__all__)
print([name for name in arize_async.__all__ if not hasattr(arize_async, name)])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n[]\n"

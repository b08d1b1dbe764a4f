"""Addresses to listen on other than the default one."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

from arize_async import ArizeClient
from arize_async.errors import ServerFailed
from arize_async.server import LocalServer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

WARNING = "other machines can reach this server"


def has_ipv6() -> bool:
    """Whether this machine has an IPv6 loopback interface."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


IPV6 = pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")
HOSTS = [
    pytest.param("::1", "[::1]", False, marks=IPV6),
    pytest.param("::", "[::1]", True, marks=IPV6),
    ("0.0.0.0", "127.0.0.1", True),  # noqa: S104 - listening everywhere is the case under test
    ("localhost", "localhost", False),
]


@pytest.mark.parametrize(("host", "reached", "warned"), HOSTS)
async def test_a_client_reaches_every_transport(
    host: str, reached: str, warned: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """A run goes over REST, Flight and OTLP by the options; who else can come in is said."""
    async with LocalServer(":memory:", host=host) as server:
        options = server.client_options
        assert server.url == f"http://{reached}:{options['api_port']}"
        assert {options["api_host"], options["flight_host"], options["otlp_host"]} == {reached}
        async with ArizeClient(**options) as client:
            dataset = await client.datasets.create(name="d", space="default", examples=[{"a": 1}])
            _, frame = await client.experiments.run(name="e", dataset=dataset.id, task=lambda row: "done")
        assert frame["output"].to_list() == ["done"]
        assert server._running
        assert server._running.store.read_here(lambda read: read.scalar("SELECT count(*) FROM spans")) == 1
    assert (WARNING in caplog.text) == warned
    assert server._key not in caplog.text


@pytest.mark.parametrize(("host", "reached", "warned"), HOSTS)
async def test_the_host_header_is_checked_everywhere(
    host: str, reached: str, warned: bool, connect: Callable[[LocalServer], Awaitable[Any]]
) -> None:
    """Loopback passes, names do not; addresses pass where the server listens on all of them."""
    async with LocalServer(":memory:", host=host) as server:
        rest = await connect(server)
        for header, passes in (
            (f"{reached}:1", True),
            ("[::1]", True),
            ("evil.example", False),
            ("192.0.2.7:80", warned),
            ("[2001:db8::7]:80", warned),
        ):
            answer = await rest("GET", "/v2/spaces", headers={"Host": header})
            assert (answer.status == 200) == passes, header


@IPV6
async def test_a_port_in_use_is_named_as_in_a_url() -> None:
    """The address can be read off the error."""
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as other:
        port = other.getsockname()[1]
        with pytest.raises(ServerFailed, match=rf"\[::1\]:{port}"):
            await LocalServer(":memory:", host="::1", port=port).start()


@pytest.mark.parametrize("host", ["", " ", "no.such.host.invalid", "192.0.2.1", "::g", "a..b", "127.0.0.1:80", "[::1]"])
@pytest.mark.parametrize("port", [0, 45_454])
async def test_a_host_that_is_none_of_this_machine_is_refused(host: str, port: int) -> None:
    """An empty one as well, which elsewhere means all addresses."""
    with pytest.raises(ServerFailed):
        await LocalServer(":memory:", host=host, port=port).start()

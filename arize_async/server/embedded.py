"""The embedded server as users see it."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from arize_async.errors import ServerFailed
from arize_async.server.address import from_here, in_url, is_loopback
from arize_async.server.keys import is_key, load_key, new_key, prepare_directory

if TYPE_CHECKING:
    from types import ModuleType, TracebackType
    from typing import Self

    from arize_async.server.app import Running
    from arize_async.server.options import ClientOptions

MEMORY = ":memory:"
_logger = logging.getLogger("arize_async.server")


class LocalServer:
    """A server on this machine that speaks the platform's protocol and keeps its data in a directory.

    Args:
        path: The directory of the data; None means ``$ARIZE_DIRECTORY/local``, ``":memory:"`` keeps nothing.
        host: The address to listen on. On one that other machines reach, whoever can read along on the network gets the
            key and the data: nothing is encrypted.
        port: Port of REST and OTLP/HTTP; 0 picks a free one.
        flight_port: Port of Flight; 0 picks a free one.
        otlp_port: Port of OTLP/gRPC; 0 picks a free one.
        api_key: The key that clients must send; None means the one in the directory, which is made once.

    Example:
        >>> import asyncio
        >>> async def main() -> str:
        ...     async with LocalServer(":memory:") as server:
        ...         return server.url.rpartition(":")[0]
        >>> asyncio.run(main())
        'http://127.0.0.1'
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        flight_port: int = 0,
        otlp_port: int = 0,
        api_key: str | None = None,
    ) -> None:
        """Open nothing yet."""
        self._directory = data_directory(path)
        self._host = host
        self._wanted = (port, flight_port, otlp_port)
        self._given_key = api_key
        self._key = ""
        self._ports = self._wanted
        self._running: Running | None = None
        self._changing = asyncio.Lock()

    def __repr__(self) -> str:
        """Show where it listens and keeps its data, never the key."""
        state = f"at {self.url}" if self._running else "stopped"
        return f"<LocalServer {state}, data in {self._directory or 'memory'}>"

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        await self.aclose()

    @property
    def url(self) -> str:
        """The address of REST and of the web page, which asks for the key there; see ``page``.

        Raises:
            ServerFailed: The server is not running.
        """
        self._require_running()
        return f"http://{in_url(from_here(self._host))}:{self._ports[0]}"

    @property
    def api_key(self) -> str:
        """The key that clients must send.

        Raises:
            ServerFailed: The server is not running.
        """
        self._require_running()
        return self._key

    @property
    def page(self) -> str:
        """An address that opens the web page in a browser and signs it in; each works once.

        Raises:
            ServerFailed: The server is not running.
        """
        self._require_running()
        assert self._running is not None
        return f"{self.url}{self._running.page}"

    @property
    def client_options(self) -> ClientOptions:
        """Arguments for an ``ArizeClient``, ours or the official one.

        Raises:
            ServerFailed: The server is not running.
        """
        self._require_running()
        rest, flight, otlp = self._ports
        host = in_url(from_here(self._host))
        return {
            "api_key": self._key,
            "api_scheme": "http",
            "api_host": host,
            "api_port": rest,
            "otlp_scheme": "http",
            "otlp_host": host,
            "otlp_port": otlp,
            "flight_scheme": "grpc+tcp",
            "flight_host": host,
            "flight_port": flight,
        }

    async def start(self) -> None:
        """Start listening; does nothing when it runs already.

        Raises:
            ServerFailed: A port or the data is in use, the data was written by a newer version, or the packages
                of the ``local`` extra are missing.
        """
        async with self._changing:
            if self._running is None:
                await self._start()

    async def aclose(self) -> None:
        """Stop listening and close the data; does nothing when it is stopped."""
        async with self._changing:
            running, self._running = self._running, None
            if running is not None:
                with anyio.CancelScope(shield=True):
                    await running.close()

    async def _start(self) -> None:
        if self._given_key is not None and not is_key(self._given_key):
            raise ServerFailed("api_key is not text that fits an HTTP header")
        if not self._host.strip():
            raise ServerFailed("host is empty; name the address to listen on, such as 127.0.0.1")
        app = await asyncio.to_thread(_load_app)
        key = await asyncio.to_thread(_prepare, self._directory, self._given_key)
        running = app.Running(app.Place(self._directory, self._host, app.Ports(*self._wanted)), key)
        ports = await running.open()
        self._key = key
        self._ports = (ports.rest, ports.flight, ports.otlp)
        self._running = running
        if not is_loopback(self._host):
            _logger.warning("other machines can reach this server: it listens on %s, without encryption", self._host)

    def _require_running(self) -> None:
        if self._running is None:
            raise ServerFailed("the server is not running; use it in 'async with', or await start()")


def data_directory(path: str | os.PathLike[str] | None) -> Path | None:
    """Return the directory that a path stands for; None keeps nothing."""
    if path == MEMORY:
        return None
    if path is None:
        return Path(os.environ.get("ARIZE_DIRECTORY", "").strip() or "~/.arize").expanduser() / "local"
    return Path(path).expanduser()


def _prepare(directory: Path | None, given: str | None) -> str:
    if directory is None:
        return given or new_key()
    prepare_directory(directory)
    return given or load_key(directory)


def _load_app() -> ModuleType:
    try:
        from arize_async.server import app
    except ModuleNotFoundError as error:
        raise ServerFailed(
            f"the embedded server needs the package {error.name!r}: pip install 'arize-async[local]'"
        ) from error
    return app

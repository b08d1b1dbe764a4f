"""The client: it opens transports once and owns the resources."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Self

from arize_async.config import Config
from arize_async.errors import ClientClosed
from arize_async.local import Embedded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from arize_async.cache.examples import ExampleReader
    from arize_async.config import Region, RetryPolicy, Timeouts
    from arize_async.experiments.client import ExperimentsClient
    from arize_async.resources.annotation_configs import AnnotationConfigsClient
    from arize_async.resources.datasets import DatasetsClient
    from arize_async.resources.names import Names
    from arize_async.resources.spaces import SpacesClient
    from arize_async.transport.flight import FlightTransport
    from arize_async.transport.http import HttpTransport


class ArizeClient:
    """A client of the platform, or of an embedded server.

    It opens nothing until it is used. Use it as a context manager, or close it with ``aclose()``. One client serves
    any number of concurrent calls.

    Example:
        >>> async def newest_experiment():
        ...     async with ArizeClient(api_key="...") as client:
        ...         page = await client.experiments.list(dataset="inventions", limit=1)
        ...         return page.experiments[0]
    """

    def __init__(  # noqa: PLR0913 - the arguments of the official SDK
        self,
        *,
        api_key: str | None = None,
        region: Region | None = None,
        api_host: str | None = None,
        api_scheme: str | None = None,
        api_port: int | None = None,
        otlp_host: str | None = None,
        otlp_scheme: str | None = None,
        otlp_port: int | None = None,
        flight_host: str | None = None,
        flight_port: int | None = None,
        flight_scheme: str | None = None,
        pyarrow_max_chunksize: int | None = None,
        request_verify: bool | None = None,
        ssl_ca_cert: str | None = None,
        proxy_url: str | None = None,
        stream_max_workers: int | None = None,
        stream_max_queue_bound: int | None = None,
        max_http_payload_size_mb: float | None = None,
        arize_directory: str | None = None,
        enable_caching: bool | None = None,
        single_host: str | None = None,
        single_port: int | None = None,
        base_domain: str | None = None,
        max_past_years: int | None = None,
        default_headers: Mapping[str, str] | None = None,
        connection_pool_maxsize: int | None = None,
        timeouts: Timeouts | None = None,
        retry: RetryPolicy | None = None,
    ) -> None:
        """Read the settings; an argument that is None comes from its environment variable, else from its default.

        Args:
            api_key: The key; ``ARIZE_API_KEY``.
            region: Decides all hosts; ``ARIZE_REGION``.
            api_host: Host of REST; ``ARIZE_API_HOST``, default ``api.arize.com``.
            api_scheme: ``http`` or ``https``; ``ARIZE_API_SCHEME``, default ``https``.
            api_port: Port of REST, 0 for the scheme's own; ``ARIZE_API_PORT``, default 0.
            otlp_host: Host that spans go to; ``ARIZE_OTLP_HOST``, default ``otlp.arize.com``.
            otlp_scheme: ``http`` or ``https``; ``ARIZE_OTLP_SCHEME``, default ``https``.
            otlp_port: Port that spans go to, 0 for the scheme's own; ``ARIZE_OTLP_PORT``, default 0.
            flight_host: Host of Arrow Flight; ``ARIZE_FLIGHT_HOST``, default ``flight.arize.com``.
            flight_port: Port of Arrow Flight; ``ARIZE_FLIGHT_PORT``, default 443.
            flight_scheme: ``grpc+tls``, ``grpc`` or ``grpc+tcp``; ``ARIZE_FLIGHT_SCHEME``, default ``grpc+tls``.
            pyarrow_max_chunksize: Rows a record batch, 1 to 100,000; ``ARIZE_MAX_CHUNKSIZE``, default 10,000.
            request_verify: Whether certificates are checked; ``ARIZE_REQUEST_VERIFY``, default true.
            ssl_ca_cert: CA file; ``ARIZE_SSL_CA_CERT``, ``REQUESTS_CA_BUNDLE`` or ``SSL_CERT_FILE``.
            proxy_url: HTTP proxy of REST; ``ARIZE_PROXY_URL``, ``HTTPS_PROXY`` or ``HTTP_PROXY``.
            stream_max_workers: Taken for compatibility; ``ARIZE_STREAM_MAX_WORKERS``.
            stream_max_queue_bound: Taken for compatibility; ``ARIZE_STREAM_MAX_QUEUE_BOUND``.
            max_http_payload_size_mb: Rows whose JSON is larger, in MiB, travel over Flight;
                ``ARIZE_MAX_HTTP_PAYLOAD_SIZE_MB``, default 8.
            arize_directory: Where files are kept; ``ARIZE_DIRECTORY``, default ``~/.arize``.
            enable_caching: Whether the examples of datasets are kept on disk; ``ARIZE_ENABLE_CACHING``, default true.
            single_host: One host for all three transports; ``ARIZE_SINGLE_HOST``.
            single_port: One port for all three transports; ``ARIZE_SINGLE_PORT``.
            base_domain: Hosts are ``api.``, ``otlp.`` and ``flight.`` before it; ``ARIZE_BASE_DOMAIN``.
            max_past_years: Taken for compatibility; ``ARIZE_MAX_PAST_YEARS``.
            default_headers: Sent with every request beside the SDK's own.
            connection_pool_maxsize: REST connections at the same time, default 100.
            timeouts: Bounds on what crosses a socket.
            retry: How often requests are repeated that may be repeated.

        Raises:
            MissingAPIKeyError: No key in the argument or the environment.
            MultipleEndpointOverridesError: More than one of region, single host or port, and base domain.
            InvalidDefaultHeadersError: A header cannot be sent.
            ConfigurationError: Another value is out of bounds; the message names it.
        """
        config = Config.load(
            api_key=api_key,
            region=region,
            api_host=api_host,
            api_scheme=api_scheme,
            api_port=api_port,
            otlp_host=otlp_host,
            otlp_scheme=otlp_scheme,
            otlp_port=otlp_port,
            flight_host=flight_host,
            flight_port=flight_port,
            flight_scheme=flight_scheme,
            pyarrow_max_chunksize=pyarrow_max_chunksize,
            request_verify=request_verify,
            ssl_ca_cert=ssl_ca_cert,
            proxy_url=proxy_url,
            stream_max_workers=stream_max_workers,
            stream_max_queue_bound=stream_max_queue_bound,
            max_http_payload_size_mb=max_http_payload_size_mb,
            arize_directory=arize_directory,
            enable_caching=enable_caching,
            single_host=single_host,
            single_port=single_port,
            base_domain=base_domain,
            max_past_years=max_past_years,
            default_headers=default_headers,
            connection_pool_maxsize=connection_pool_maxsize,
            timeouts=timeouts,
            retry=retry,
        )
        self._prepare(config, None)

    @classmethod
    def local(
        cls,
        path: str | os.PathLike[str] | None = None,
        *,
        arize_directory: str | None = None,
        pyarrow_max_chunksize: int | None = None,
        max_http_payload_size_mb: float | None = None,
        default_headers: Mapping[str, str] | None = None,
        connection_pool_maxsize: int | None = None,
        timeouts: Timeouts | None = None,
        retry: RetryPolicy | None = None,
    ) -> Self:
        """Return a client of an embedded server that lives as long as the client.

        The server starts when the client is entered or first used, on the event loop that does so, and needs neither a
        key nor a network. A new one holds one space, ``default``.

        Args:
            path: Directory of the data; by default ``local`` in ``arize_directory``, and ``":memory:"`` keeps nothing.
            arize_directory: Where files are kept; ``ARIZE_DIRECTORY``, default ``~/.arize``.
            pyarrow_max_chunksize: Rows a record batch, 1 to 100,000.
            max_http_payload_size_mb: Rows whose JSON is larger, in MiB, travel over Flight.
            default_headers: Sent with every request beside the SDK's own.
            connection_pool_maxsize: REST connections at the same time.
            timeouts: Bounds on what crosses a socket.
            retry: How often requests are repeated that may be repeated.

        Raises:
            ConfigurationError: A value is out of bounds; the message names it.
        """
        config = Config.load(
            environ={name: value for name, value in os.environ.items() if name in _LOCAL_VARIABLES},
            api_key="unused",
            enable_caching=False,  # the data are on this machine
            pre_release_warnings=False,  # the embedded server does not change under its user
            arize_directory=arize_directory,
            pyarrow_max_chunksize=pyarrow_max_chunksize,
            max_http_payload_size_mb=max_http_payload_size_mb,
            default_headers=default_headers,
            connection_pool_maxsize=connection_pool_maxsize,
            timeouts=timeouts,
            retry=retry,
        )
        client = cls.__new__(cls)
        client._prepare(  # noqa: SLF001 - a constructor
            config, Embedded(config.directory / "local" if path is None else path, config)
        )
        return client

    def _prepare(self, config: Config, embedded: Embedded | None) -> None:
        self._config = config
        self._embedded = embedded
        self._closed = False

    @property
    def config(self) -> Config:
        """The settings; the key is never shown. Those of an embedded server are complete once it runs."""
        return self._embedded.config if self._embedded else self._config

    @property
    def sdk_config(self) -> Config:
        """The official SDK's name for ``config``."""
        return self.config

    @cached_property
    def experiments(self) -> ExperimentsClient:
        """Run, record, list and annotate experiments."""
        from arize_async.experiments.client import ExperimentsClient

        return ExperimentsClient(
            self._http,
            self._flight,
            self._names,
            datasets=self.datasets,
            examples=self._examples,
            settings=self._settings,
        )

    @cached_property
    def datasets(self) -> DatasetsClient:
        """Datasets and their examples."""
        from arize_async.resources.datasets import DatasetsClient

        return DatasetsClient(self._http, self._flight, self._names, examples=self._examples)

    @cached_property
    def spaces(self) -> SpacesClient:
        """Spaces, which datasets and experiments belong to."""
        from arize_async.resources.spaces import SpacesClient

        return SpacesClient(self._http, self._flight, self._names)

    @cached_property
    def annotation_configs(self) -> AnnotationConfigsClient:
        """Annotation configs, which say what annotations a space knows."""
        from arize_async.resources.annotation_configs import AnnotationConfigsClient

        return AnnotationConfigsClient(self._http, self._flight, self._names)

    async def clear_cache(self) -> None:
        """Remove the cached examples of all datasets, of all hosts and accounts, from ``arize_directory``.

        Does nothing when there are none.

        Raises:
            OSError: A file cannot be removed.
        """
        from arize_async.cache.examples import clear

        self._check_open()
        await clear(self._config)

    async def aclose(self) -> None:
        """Close all connections, and stop the embedded server; doing it again does nothing.

        Each of them gets ``timeouts.close`` seconds.
        """
        if self._closed:
            return
        self._closed = True
        parts = [self.__dict__.get("_http"), self.__dict__.get("_flight"), self._embedded]
        for part in parts:
            if part is not None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._config.timeouts.close):
                        await part.aclose()

    async def __aenter__(self) -> Self:
        """Return the client; its embedded server, if it has one, runs."""
        self._check_open()
        if self._embedded is not None:
            await self._embedded.settings()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the client."""
        await self.aclose()

    def __repr__(self) -> str:
        """Show where the client connects to and whether it is open."""
        where = repr(self._embedded) if self._embedded else self._config.endpoints.api.url
        return f"<ArizeClient {where} {'closed' if self._closed else 'open'}>"

    @cached_property
    def _http(self) -> HttpTransport:
        from arize_async.transport.http import HttpTransport

        self._check_open()
        return HttpTransport(self._config, settings=self._settings)

    @cached_property
    def _flight(self) -> FlightTransport:
        from arize_async.transport.flight import FlightTransport

        self._check_open()
        return FlightTransport(self._config, settings=self._settings)

    @cached_property
    def _names(self) -> Names:
        from arize_async.resources.names import Names

        return Names(self._http)

    @cached_property
    def _examples(self) -> ExampleReader:
        from arize_async.cache.examples import ExampleReader

        return ExampleReader(self._flight, self._settings)

    async def _settings(self) -> Config:
        return await self._embedded.settings() if self._embedded else self._config

    def _check_open(self) -> None:
        if self._closed:
            raise ClientClosed("the client is closed; make a new one")


_LOCAL_VARIABLES = frozenset({"ARIZE_DIRECTORY", "ARIZE_MAX_CHUNKSIZE", "ARIZE_MAX_HTTP_PAYLOAD_SIZE_MB"})
"""What counts for an embedded server; where the platform is and which key it wants does not."""

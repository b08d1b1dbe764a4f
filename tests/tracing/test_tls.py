"""TLS of the export of spans (wire contract 1.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from arize_async import ArizeClient
from arize_async.config import Timeouts
from arize_async.errors import ConfigurationError
from arize_async.server import LocalServer

if TYPE_CHECKING:
    from pathlib import Path

    import trustme
    from tracing.parts.collector import Collector

QUICK = Timeouts(export=1, close=5)


async def run(options: dict[str, Any]) -> list[str]:
    """Run one example and give its outputs."""
    async with ArizeClient(**options) as client:
        dataset = await client.datasets.create(name="d", space="default", examples=[{"number": 0}])
        _, frame = await client.experiments.run(name="e", dataset=dataset.id, task=lambda row: "a")
    return frame["output"].to_list()


async def test_spans_trust_the_authority_of_the_settings(
    authority: trustme.CA, secure_collector: Collector, tmp_path: Path
) -> None:
    """``ssl_ca_cert`` counts for spans as it does for REST and Flight."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    spans = {"otlp_scheme": "https", "otlp_port": secure_collector.port, "ssl_ca_cert": path}
    async with LocalServer(":memory:") as server:
        assert await run({**server.client_options, **spans}) == ["a"]
    assert len(secure_collector.spans) == 1


async def test_an_unknown_authority_costs_spans_and_nothing_else(
    secure_collector: Collector, caplog: pytest.LogCaptureFixture
) -> None:
    """The run is complete, nothing reaches the collector, and the log says so."""
    spans = {"otlp_scheme": "https", "otlp_port": secure_collector.port, "timeouts": QUICK}
    async with LocalServer(":memory:") as server:
        assert await run({**server.client_options, **spans}) == ["a"]
    assert secure_collector.spans == []
    assert "could not be delivered" in caplog.text


async def test_an_unreadable_ca_file_is_an_error_before_anything_is_created() -> None:
    """No experiment is left behind, though nothing but the export of spans needs the file."""
    async with LocalServer(":memory:") as server:
        options: dict[str, Any] = {**server.client_options, "otlp_scheme": "https", "ssl_ca_cert": "/no/such.pem"}
        with pytest.raises(ConfigurationError, match=r"/no/such\.pem"):
            await run(options)
        async with ArizeClient(**server.client_options) as client:
            assert (await client.experiments.list()).experiments == []

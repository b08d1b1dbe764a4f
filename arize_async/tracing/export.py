"""The exporter of a run's spans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc

from arize_async.wire.headers import otlp_headers

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

    from arize_async.config import Config, Tracing
    from arize_async.tracing.health import Health

TRACES = "/v1/traces"


def span_exporter(
    config: Config, tracing: Tracing, space_id: str, trusted: bytes | None, health: Health
) -> SpanExporter:
    """Return the exporter to the platform (wire contract 1.5 and 5.1).

    Args:
        config: Where spans go, and the key.
        tracing: By which protocol.
        space_id: The space of the project.
        trusted: Certificates of the authorities that gRPC trusts; None for those that it comes with.
        health: Is told what requests meet.
    """
    endpoint, headers = config.endpoints.otlp, otlp_headers(config, space_id)
    if tracing.protocol == "http":
        from arize_async.tracing.http_exporter import http_exporter

        return http_exporter(
            health,
            config.proxy_url,
            endpoint=endpoint.url + TRACES,
            certificate_file=config.ssl_ca_cert or None,
            headers=headers,
            timeout=config.timeouts.export,
        )
    from arize_async.tracing.grpc_exporter import GrpcExporter

    return GrpcExporter(
        health,
        endpoint=endpoint.url,
        insecure=not endpoint.encrypted,
        credentials=grpc.ssl_channel_credentials(trusted) if trusted else None,
        headers=headers,
        timeout=config.timeouts.export,
    )

"""OTLP by HTTP, with an eye on what the collector answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests
from google.protobuf.message import DecodeError
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

if TYPE_CHECKING:
    from arize_async.tracing.health import Answer, Health

_ANSWERS: dict[int, Answer] = {**dict.fromkeys((408, 429, 502, 503, 504), "busy"), 413: "large"}
_OK = range(200, 300)


class _WatchedSession(requests.Session):
    def __init__(self, health: Health, proxy: str) -> None:
        super().__init__()
        self._health = health
        self.trust_env = False  # a .netrc would take the place of the key
        self.proxies = {"http": proxy, "https": proxy} if proxy else {}

    def request(self, *arguments: Any, **options: Any) -> requests.Response:
        self._health.begin()
        try:
            response = super().request(*arguments, **options)
        except requests.RequestException as error:
            is_absent = isinstance(error, requests.ConnectionError) and not isinstance(error, requests.Timeout)
            self._health.met("absent" if is_absent else "silence")
            raise
        if response.status_code in _OK:
            self._health.met("taken", _rejected(response.content))
        else:
            self._health.met(_ANSWERS.get(response.status_code, "refused"))
        return response


def http_exporter(health: Health, proxy: str, **options: Any) -> OTLPSpanExporter:
    """Return an exporter that tells ``health`` what requests meet; ``options`` are those of the exporter."""
    return OTLPSpanExporter(session=_WatchedSession(health, proxy), max_request_size=0, **options)


def _rejected(body: bytes) -> int:
    try:
        return ExportTraceServiceResponse.FromString(body).partial_success.rejected_spans
    except DecodeError:  # the status says that they were taken
        return 0

"""Spans over OTLP, by gRPC and by HTTP."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import anyio.to_thread
import grpc
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from arize_async.server.otlp.decode import decode_export

if TYPE_CHECKING:
    from arize_async.server import LocalServer

METHOD = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
PROTOBUF = {"Content-Type": "application/x-protobuf"}


def export_of(project: str, spans: int = 1) -> bytes:
    """Return an export of some spans."""
    message = ExportTraceServiceRequest()
    group = message.resource_spans.add()
    attribute = group.resource.attributes.add(key="openinference.project.name")
    attribute.value.string_value = project
    scope = group.scope_spans.add()
    scope.scope.name = "scope"
    for number in range(spans):
        span = scope.spans.add(
            trace_id=bytes(15) + b"\x01",
            span_id=bytes(7) + bytes([number]),
            name=f"Task: {number}",
            kind=1,
            start_time_unix_nano=10**18,
            end_time_unix_nano=2**64 - 1,
        )
        span.attributes.add(key="metadata").value.string_value = "{}"
        span.attributes.add(key="score").value.double_value = float("nan")
        span.attributes.add(key="list").value.array_value.values.add().int_value = 3
        span.attributes.add(key="bytes").value.bytes_value = b"\xff"
        span.status.code = 2
        span.events.add(name="exception", time_unix_nano=1).attributes.add(key="k").value.bool_value = True
    return message.SerializeToString()


async def export(server: LocalServer, body: bytes, **metadata: str) -> ExportTraceServiceResponse:
    """Send an export over gRPC."""

    def send() -> ExportTraceServiceResponse:
        with grpc.insecure_channel(f"127.0.0.1:{server.client_options['otlp_port']}") as channel:
            method = channel.unary_unary(METHOD, response_deserializer=ExportTraceServiceResponse.FromString)
            headers = [(key.replace("_", "-"), value) for key, value in metadata.items()]
            return method(body, metadata=headers, timeout=30)

    return await anyio.to_thread.run_sync(send)


def stored(server: LocalServer) -> list[tuple[Any, ...]]:
    """Return what is in the table of spans."""
    running = server._running
    assert running is not None
    with running.store.database.read() as transaction:
        return transaction.all(
            "SELECT p.name, s.trace_id, s.span_id, s.name, s.kind, s.status, s.end_ns, s.attributes, s.events, s.scope"
            " FROM spans s JOIN projects p ON p.no = s.owner_no ORDER BY s.seq"
        )


async def test_spans_are_stored_by_project(server: LocalServer, rest: Any, space: str, dataset: str) -> None:
    """The project is made on the first span; experiments whose traces it holds name it."""
    body = {"name": "traced", "dataset_id": dataset, "experiment_runs": [{"example_id": "e", "output": "o"}]}
    experiment = (await rest("POST", "/v2/experiments", json=body)).body
    assert "experiment_traces_project_id" not in experiment
    project = f"experiment_traces_for_dataset_{dataset}"
    await export(server, export_of(project), authorization=server.api_key, arize_space_id=space)
    await export(server, export_of("other", 2), authorization=server.api_key, arize_space_id=space)
    rows = await anyio.to_thread.run_sync(stored, server)
    assert [row[:6] for row in rows] == [
        (project, "0" * 31 + "1", "0" * 16, "Task: 0", "INTERNAL", "ERROR"),
        ("other", "0" * 31 + "1", "0" * 16, "Task: 0", "INTERNAL", "ERROR"),
        ("other", "0" * 31 + "1", "0" * 15 + "1", "Task: 1", "INTERNAL", "ERROR"),
    ]
    assert rows[0][6:] == (
        2**63 - 1,
        '{"metadata":"{}","score":null,"list":[3],"bytes":"/w=="}',
        '[{"name":"exception","time_ns":1,"attributes":{"k":true}}]',
        "scope",
    )
    found = (await rest("GET", f"/v2/experiments/{experiment['id']}")).body
    assert found["experiment_traces_project_id"]


@pytest.mark.parametrize("compressed", [False, True])
async def test_spans_arrive_over_http(server: LocalServer, rest: Any, compressed: bool) -> None:
    """Protobuf, plain and as gzip, with the key with or without ``Bearer``."""
    body = export_of("web")
    headers = {**PROTOBUF, "Authorization": server.api_key, **({"Content-Encoding": "gzip"} if compressed else {})}
    answer = await rest("POST", "/v1/traces", data=gzip.compress(body) if compressed else body, headers=headers)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/x-protobuf"
    assert [row[0] for row in await anyio.to_thread.run_sync(stored, server)] == ["web"]


async def test_exports_over_http_are_checked(rest: Any) -> None:
    """Keys, media types, bodies and spaces are refused as everywhere."""
    body = export_of("web")
    for status, data, headers in (
        (401, body, {**PROTOBUF, "Authorization": "wrong"}),
        (415, b"{}", {"Content-Type": "application/json"}),
        (400, b"\xff\xff", PROTOBUF),
        (404, body, {**PROTOBUF, "arize-space-id": "nope"}),
        (400, b"no gzip", {**PROTOBUF, "Content-Encoding": "gzip"}),
    ):
        assert (await rest("POST", "/v1/traces", data=data, headers=headers)).status == status


@pytest.mark.parametrize(
    ("key", "space", "body", "code"),
    [
        ("", "", b"", grpc.StatusCode.UNAUTHENTICATED),
        ("wrong", "", b"", grpc.StatusCode.UNAUTHENTICATED),
        (None, "nope", export_of("a"), grpc.StatusCode.NOT_FOUND),
        (None, "", b"\xff\xff", grpc.StatusCode.INVALID_ARGUMENT),
    ],
)
async def test_exports_over_grpc_are_checked(
    server: LocalServer, key: str | None, space: str, body: bytes, code: grpc.StatusCode
) -> None:
    """Statuses that an exporter does not retry."""
    with pytest.raises(grpc.RpcError) as caught:
        await export(server, body, authorization=server.api_key if key is None else key, arize_space_id=space)
    assert caught.value.code() is code


async def test_an_export_without_spans_is_accepted(server: LocalServer) -> None:
    """Nothing is stored."""
    await export(server, b"", authorization=server.api_key)
    assert await anyio.to_thread.run_sync(stored, server) == []


def test_values_of_all_kinds_are_decoded() -> None:
    """What is empty stays what it is, an attribute without a value is null, and so is what nests too deep."""
    message = ExportTraceServiceRequest()
    span = message.resource_spans.add().scope_spans.add().spans.add(kind=99)  # type: ignore[arg-type] - a newer kind
    span.links.add(trace_id=b"\x01" * 16, span_id=b"\x02" * 8)
    for name, kind, value in (
        ("text", "string_value", "ü"),
        ("no text", "string_value", ""),
        ("zero", "int_value", 0),
        ("false", "bool_value", False),
        ("bytes", "bytes_value", b""),
    ):
        setattr(span.attributes.add(key=name).value, kind, value)
    span.attributes.add(key="nothing")
    span.attributes.add(key="list").value.array_value.values.add().string_value = ""
    inner = span.attributes.add(key="deep").value
    for _ in range(25):
        pair = inner.kvlist_value.values.add(key="k")
        inner.kvlist_value.values.add(key="t").value.string_value = "x"
        inner = pair.value
    ((decoded,),) = decode_export(message.SerializeToString()).values()
    attributes = json.loads(decoded.attributes)
    deep = attributes.pop("deep")
    assert attributes == {
        "text": "ü",
        "no text": "",
        "zero": 0,
        "false": False,
        "bytes": "",
        "nothing": None,
        "list": [""],
    }
    levels = 0
    while (deep["k"], deep["t"]) != (None, None):
        assert deep["t"] == "x"
        deep, levels = deep["k"], levels + 1
    assert levels == 19
    assert (decoded.kind, decoded.status, decoded.events) == ("UNSPECIFIED", "UNSET", "[]")
    assert json.loads(decoded.links) == [{"trace_id": "01" * 16, "span_id": "02" * 8}]


async def test_spans_of_several_projects_keep_their_order(server: LocalServer) -> None:
    """Projects of one export get each its own spans, in the order in which they came."""
    groups = [ExportTraceServiceRequest.FromString(export_of(name, spans)) for name, spans in (("a", 2), ("b", 1))]
    message = ExportTraceServiceRequest()
    for group in (*groups, groups[0]):
        message.MergeFrom(group)
    await export(server, message.SerializeToString(), authorization=server.api_key)
    rows = await anyio.to_thread.run_sync(stored, server)
    assert [(row[0], row[3]) for row in rows] == [
        *[("a", "Task: 0"), ("a", "Task: 1")] * 2,
        ("b", "Task: 0"),
    ]

"""Flight as it came: a server that records calls, schemas and cells and hands everything on."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
import pyarrow.flight as fl

if TYPE_CHECKING:
    from collections.abc import Generator

    from journal import Journal

_TIMEOUT = 60.0
_OF_ONE_CONNECTION = {"user-agent", "grpc-accept-encoding", "grpc-timeout", "te", "content-type"}


@contextmanager
def recorded_flight(journal: Journal, port: int) -> Generator[int]:
    """Record what is sent to the port that is yielded, and send it to ``port``."""
    with fl.FlightClient(f"grpc://127.0.0.1:{port}") as client, _Recorder(journal, client) as server:
        yield server.port


class _Headers(fl.ServerMiddleware):
    def __init__(self, given: dict[str, list[Any]]) -> None:
        super().__init__()
        self.given = given


class _HeadersFactory(fl.ServerMiddlewareFactory):
    def start_call(self, info: fl.CallInfo, headers: Any) -> _Headers:
        return _Headers(headers)


class _Recorder(fl.FlightServerBase):
    def __init__(self, journal: Journal, client: fl.FlightClient) -> None:
        super().__init__("grpc://127.0.0.1:0", middleware={"headers": _HeadersFactory()})
        self._journal = journal
        self._client = client

    def do_action(self, context: Any, action: fl.Action) -> Any:
        command = action.body.to_pybytes()
        self._note(context, "DoAction", command, type=action.type)
        return [result.body for result in self._client.do_action(fl.Action(action.type, command), _options(context))]

    def do_get(self, context: Any, ticket: fl.Ticket) -> fl.RecordBatchStream:
        self._note(context, "DoGet", ticket.ticket)
        return fl.RecordBatchStream(self._client.do_get(ticket, _options(context)).read_all())

    def do_put(
        self,
        context: Any,
        descriptor: Any,
        reader: Any,
        writer: Any,
    ) -> None:
        upstream, answers = cast("Any", self._client).do_put(descriptor, reader.schema, _options(context))
        batches = []
        for chunk in reader:
            batches.append(chunk.data)
            upstream.write_batch(chunk.data)
        upstream.done_writing()
        answer = answers.read()
        upstream.close()
        writer.write(answer)
        self._note(context, "DoPut", descriptor.command, **_contents(reader.schema, batches))

    def _note(self, context: Any, rpc: str, command: bytes, **fields: object) -> None:
        headers = [
            [name, value.decode() if isinstance(value, bytes) else value]
            for name, values in _given(context).items()
            for value in values
        ]
        self._journal.add("flight", rpc=rpc, command=command.decode(), headers=headers, **fields)


def _given(context: Any) -> dict[str, list[Any]]:
    given: dict[str, list[Any]] = context.get_middleware("headers").given
    return {name: values for name, values in given.items() if name not in _OF_ONE_CONNECTION and name[0] != ":"}


def _options(context: Any) -> fl.FlightCallOptions:
    key = _given(context)["auth-token-bin"][0]
    return fl.FlightCallOptions(timeout=_TIMEOUT, headers=cast("Any", [(b"auth-token-bin", key)]))


def _contents(schema: pa.Schema, batches: list[pa.RecordBatch]) -> dict[str, object]:
    table = pa.Table.from_batches(batches, schema)
    return {
        "columns": [[field.name, str(field.type)] for field in schema],
        "nullable": [field.nullable for field in schema],
        "schema_metadata": sorted(key.decode() for key in schema.metadata or {}),
        "batch_rows": [batch.num_rows for batch in batches],
        "cells": {name: [_plain(cell) for cell in table.column(name).to_pylist()] for name in table.column_names},
    }


def _plain(cell: object) -> object:
    if isinstance(cell, float) and cell != cell:  # noqa: PLR0124 - the test for NaN
        return "NaN"
    if isinstance(cell, dict):
        return {key: _plain(value) for key, value in cell.items()}
    if isinstance(cell, list):
        return [_plain(value) for value in cell]
    return cell if isinstance(cell, (str, int, float, bool, type(None))) else str(cell)

"""Plain clients of the server: one request a call, each with a timeout."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from contextlib import suppress
from typing import Any

import pyarrow as pa
from attrs import frozen
from pyarrow import flight
from server import Server

from arize_async.wire.flight import encode_request

_SECONDS = 30.0


@frozen
class Client:
    """Both transports of a server.

    Attributes:
        server: The server.
    """

    server: Server

    def send(self, method: str, path: str, body: object = None) -> Any:
        """Send a REST request and return the answer's body."""
        headers = {"Authorization": f"Bearer {self.server.key}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.server.url + path, data, headers, method=method)  # noqa: S310 - always http
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - the same
            return json.loads(answer.read() or b"null")

    def walk(self, path: str, items: str, name: str = "") -> list[Any]:
        """Return all items of a list, or those whose names contain a text."""
        found: list[Any] = []
        query = {"limit": "100", "name": name}
        while True:
            page = self.send("GET", f"{path}?{urllib.parse.urlencode(query)}")
            found += page[items]
            if "next_cursor" not in page["pagination"]:
                return found
            query["cursor"] = page["pagination"]["next_cursor"]

    def upload(self, request: str, table: pa.Table, rows: int, **fields: str) -> None:
        """Send a table over Flight in batches of so many rows, and wait for the answer."""
        descriptor = flight.FlightDescriptor.for_command(encode_request("DoPutRequest", request, **fields))
        with flight.connect(self.server.flight) as client:
            writer, reader = client.do_put(descriptor, table.schema, self._options())
            try:
                for batch in table.to_batches(max_chunksize=rows):
                    writer.write_batch(batch)
                writer.done_writing()
                if reader.read() is None:
                    raise ConnectionError("no answer to an upload")
            finally:
                with suppress(flight.FlightError, pa.ArrowException, OSError):
                    writer.close()

    def download(self, request: str, **fields: str) -> list[dict[str, Any]]:
        """Return all rows of an experiment or a dataset, read over Flight."""
        ticket = flight.Ticket(encode_request("DoGetRequest", request, **fields))
        with flight.connect(self.server.flight) as client:
            return client.do_get(ticket, self._options()).read_all().to_pylist()

    def _options(self) -> flight.FlightCallOptions:
        return flight.FlightCallOptions(timeout=_SECONDS, headers=[(b"auth-token-bin", self.server.key.encode())])

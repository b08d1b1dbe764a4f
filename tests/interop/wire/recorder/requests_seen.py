"""REST as it came: a proxy that records every request and hands it on unchanged."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

    from journal import Journal

_TIMEOUT = 60.0
_OF_ONE_CONNECTION = {"host", "connection", "transfer-encoding", "content-length", "date", "server"}


@contextmanager
def recorded_rest(journal: Journal, port: int) -> Generator[int]:
    """Record what is sent to the port that is yielded, and send it to ``port``."""

    class Handler(_Handler):
        log = journal
        target = port

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as proxy:
        proxy.daemon_threads = True
        Thread(target=proxy.serve_forever, daemon=True).start()
        yield proxy.server_address[1]
        proxy.shutdown()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _TIMEOUT
    log: Journal
    target: int

    def do_GET(self) -> None:
        """Hand a request on; ``/steps`` and ``/outcomes`` are words of the session itself."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path in {"/step", "/outcome"}:
            self.log.add(self.path[1:], **json.loads(body))
            self._answer(204, [], b"")
            return
        path, _, query = self.path.partition("?")
        status, headers, answer = self._forward(body)
        self.log.add(
            "rest",
            method=self.command,
            path=path,
            query=query,
            headers=[[name.lower(), value] for name, value in self.headers.items()],
            body=body.decode() if body else None,
            status=status,
            answer=answer.decode(),
        )
        self._answer(status, headers, answer)

    do_POST = do_PATCH = do_DELETE = do_GET  # noqa: N815 - names of the base class

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        given = {name: value for name, value in self.headers.items() if name.lower() not in _OF_ONE_CONNECTION}
        connection = HTTPConnection("127.0.0.1", self.target, timeout=_TIMEOUT)
        try:
            connection.request(self.command, self.path, body or None, given | {"Accept-Encoding": "identity"})
            response = connection.getresponse()
            return response.status, response.getheaders(), response.read()
        finally:
            connection.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in _OF_ONE_CONNECTION:
                self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the journal has it."""

"""What is answered in the server's place."""

from __future__ import annotations

_PAGE = b"<!DOCTYPE html><html><head><title>Oh no</title></head><body>maintenance</body></html>"


def _answer(status: str, body: bytes = b"", kind: str = "application/problem+json", extra: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{extra}"
    return head.encode() + b"\r\n" + body


def _problem(status: int, title: str) -> bytes:
    return f'{{"status":{status},"title":"{title}","detail":"a fault of the test","instance":"/","type":"t"}}'.encode()


ANSWERS: dict[str, bytes] = {
    "429": _answer("429 Too Many Requests", _problem(429, "Rate limit exceeded")),
    "429 later": _answer("429 Too Many Requests", _problem(429, "Rate limit exceeded"), extra="Retry-After: 1\r\n"),
    "500": _answer("500 Internal Server Error", _problem(500, "Internal error")),
    "502": _answer("502 Bad Gateway", _PAGE, "text/html"),
    "503": _answer("503 Service Unavailable", _problem(503, "Unavailable")),
    "503 later": _answer("503 Service Unavailable", _problem(503, "Unavailable"), extra="Retry-After: 1\r\n"),
    "html": _answer("504 Gateway Timeout", _PAGE, "text/html"),
    "html 200": _answer("200 OK", _PAGE, "text/html"),
    "empty 200": _answer("200 OK"),
    "nothing": b"",
}
"""By name; ``nothing`` closes the connection."""

"""Failures below HTTP, as errors of ours.

What aiohttp raises holds the request's headers and the proxy's password, so it is never a cause or a context of ours:
the cause is what the operating system or the TLS library said.
"""

from __future__ import annotations

import ssl

import aiohttp
from aiohttp.http_exceptions import ContentEncodingError
from attrs import frozen
from yarl import URL

from arize_async.config import Config
from arize_async.errors import ConnectionFailed, InvalidResponse, RequestFailed, RequestTimeout

_MAX_REASON = 300
_NO_STATUS = "Bad status line"
_PASSING_PROXY_STATUSES = frozenset({429, 502, 503, 504})
_CERTIFICATE_ADVICE = {
    9: "It is not valid yet: check the clocks of both sides",
    10: "Have it renewed, and check this machine's clock",
    62: "Check api_host: it has to be the name in the certificate",
    64: "Check api_host: it has to be the address in the certificate",
}
_UNKNOWN_ISSUER = (
    "Name the file of its CA in ssl_ca_cert (ARIZE_SSL_CA_CERT, REQUESTS_CA_BUNDLE or SSL_CERT_FILE),"
    " or set request_verify=False where nobody can listen in"
)


@frozen
class Peer:
    """Who was asked, for the messages.

    Attributes:
        request: Method and path.
        url: The address of the request.
        config: Names the proxy and the timeouts.
    """

    request: str
    url: URL
    config: Config

    @property
    def host(self) -> str:
        """Host and port."""
        return f"{self.url.host}:{self.url.port}"

    @property
    def proxy(self) -> str:
        """Host and port of the proxy, without its credentials."""
        url = URL(self.config.proxy_url)
        return f"{url.host}:{url.port}"


def unanswered(error: Exception, peer: Peer) -> RequestFailed:
    """Return the error for what aiohttp raised; it holds nothing of the request but method and path."""
    failure = _connection(error, peer) if isinstance(error, aiohttp.ClientConnectorError) else _exchange(error, peer)
    failure.request = peer.request
    failure.__cause__ = _root(error)
    return failure


def _connection(error: aiohttp.ClientConnectorError, peer: Peer) -> ConnectionFailed:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return _untrusted(error.certificate_error, peer)
    reason = _reason(error.os_error)
    if isinstance(error, aiohttp.ClientSSLError):
        return _final(
            f"{peer.host} does not speak TLS as expected: {reason}",
            "Check the port and api_scheme: a server without TLS needs 'http'",
        )
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return _nothing_sent(f"cannot connect to the proxy {peer.proxy}: {reason}", "Check proxy_url")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return _nothing_sent(f"cannot find the host {peer.url.host}: {reason}", "Check api_host and the network")
    return _nothing_sent(f"cannot connect to {peer.host}: {reason}", "Check host and port, and that the server runs")


def _untrusted(error: BaseException, peer: Peer) -> ConnectionFailed:
    said = error if isinstance(error, ssl.SSLCertVerificationError) else None
    advice = _CERTIFICATE_ADVICE.get(said.verify_code, _UNKNOWN_ISSUER) if said else _UNKNOWN_ISSUER
    reason = said.verify_message if said else _reason(error)
    return _final(f"the certificate of {peer.host} is not trusted: {reason}", advice)


def _exchange(error: Exception, peer: Peer) -> RequestFailed:
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return _refused_by_proxy(error, peer)
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        late = RequestTimeout(f"no connection to {peer.host} within {peer.config.timeouts.connect:g} s")
        late.nothing_sent = True
        return late
    if isinstance(error, TimeoutError):
        return RequestTimeout(f"{peer.host} sent nothing for {peer.config.timeouts.read:g} s")
    if isinstance(error, aiohttp.ClientResponseError):
        return _not_http(error.message, peer)
    if isinstance(error, aiohttp.ClientPayloadError):
        if isinstance(error.__cause__, ContentEncodingError):
            return InvalidResponse(f"the answer of {peer.host} cannot be decompressed")
        return ConnectionFailed(f"{peer.host} broke off in the middle of its answer")
    if isinstance(error, aiohttp.ServerDisconnectedError):
        failure = ConnectionFailed(f"{peer.host} hung up without an answer")
        failure.advice = "If it is a server with TLS, api_scheme has to be 'https'" if peer.url.scheme == "http" else ""
        return failure
    return ConnectionFailed(f"the connection to {peer.host} broke: {_reason(error)}")


def _refused_by_proxy(error: aiohttp.ClientHttpProxyError, peer: Peer) -> ConnectionFailed:
    said = f"the proxy {peer.proxy} does not connect to {peer.host}: {error.status} {error.message}".rstrip()
    if error.status in _PASSING_PROXY_STATUSES:
        return _nothing_sent(said, "Try again later")
    if error.status == 407:  # noqa: PLR2004 - Proxy Authentication Required
        return _final(said, "Put user and password into proxy_url: http://user:password@host:port")
    return _final(said, "Check proxy_url, or name the host in NO_PROXY")


def _not_http(message: str, peer: Peer) -> InvalidResponse:
    failure = InvalidResponse(f"the answer of {peer.host} is not HTTP: {_line(message)}")
    if message.startswith(_NO_STATUS):
        failure.advice = "Check the port and api_scheme: a server with TLS needs 'https'"
    return failure


def _nothing_sent(detail: str, advice: str) -> ConnectionFailed:
    failure = ConnectionFailed(detail)
    failure.nothing_sent, failure.advice = True, advice
    return failure


def _final(detail: str, advice: str) -> ConnectionFailed:
    failure = ConnectionFailed(detail)
    failure.is_final, failure.advice = True, advice
    return failure


def _root(error: Exception) -> OSError | None:
    """Return what lies below aiohttp, cut off from the frames and the errors that know the request."""
    root = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if not isinstance(root, OSError) or isinstance(root, aiohttp.ClientError):
        return None
    root.__context__ = root.__cause__ = None
    return root.with_traceback(None)


def _reason(error: BaseException) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return _line(text) or type(error).__name__


def _line(text: str) -> str:
    return " ".join(text.split())[:_MAX_REASON]

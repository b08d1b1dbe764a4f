"""Who is signed in: a link that works once, and a cookie that follows it.

Cookies are signed with a key that is derived from the server's, so they outlive a restart, and hold nothing else: who
reads one learns no key. Links are only known to the server that made them.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LIFETIME = 14 * 24 * 3600
"""Seconds until a session ends."""
_NONCE = 18


class Sessions:
    """Makes and checks links, cookies and the tokens of forms."""

    def __init__(self, api_key: str, clock: Callable[[], float] = time.time) -> None:
        """Derive a key; ``clock`` returns seconds since the epoch."""
        self._clock = clock
        self._key = hmac.digest(api_key.encode(), b"arize-async web page", hashlib.sha256)
        self._start = secrets.token_urlsafe(_NONCE)
        self._used: set[str] = set()

    def __repr__(self) -> str:
        """Show no secret."""
        return f"<Sessions, {len(self._used)} used up>"

    def link_token(self) -> str:
        """Return a token that signs in once, as long as this server runs."""
        nonce = secrets.token_urlsafe(_NONCE)
        return f"{nonce}.{self._sign('link', self._start, nonce)}"

    def redeem(self, token: str) -> str | None:
        """Return a new session for the token of a link, or None when that is not valid any more."""
        nonce, _, signature = token.partition(".")
        if nonce in self._used or not _equal(signature, self._sign("link", self._start, nonce)):
            return None
        self._used.add(nonce)
        return self.open()

    def open(self) -> str:
        """Return a new session for somebody who has shown the key."""
        nonce, end = secrets.token_urlsafe(_NONCE), str(int(self._clock()) + LIFETIME)
        return f"{end}.{nonce}.{self._sign('session', end, nonce)}"

    def close(self, session: str) -> None:
        """End a session."""
        if self.knows(session):
            self._used.add(session.split(".")[1])

    def knows(self, session: str) -> bool:
        """Whether a session is one of this server's and has not ended."""
        end, _, rest = session.partition(".")
        nonce, _, signature = rest.partition(".")
        if nonce in self._used or not _equal(signature, self._sign("session", end, nonce)):
            return False
        return int(end) > self._clock()

    def form_token(self, session: str) -> str:
        """Return what a form of this session has to send back."""
        return self._sign("form", session, "")

    def knows_form(self, session: str, token: str) -> bool:
        """Whether a form was made for this session."""
        return _equal(token, self.form_token(session))

    def _sign(self, purpose: str, first: str, second: str) -> str:
        message = f"{purpose} {first} {second}".encode("utf-8", "surrogateescape")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()


def _equal(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), wanted.encode())

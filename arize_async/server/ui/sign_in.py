"""Signing in and out, and the middleware that lets only those in who have."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

from arize_async.server.ui.answers import PREFIX, elsewhere, page, read_form, refusal
from arize_async.server.ui.rendering import link, render
from arize_async.server.ui.sessions import LIFETIME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiohttp.typedefs import Handler, Middleware

    from arize_async.server.access import Guard
    from arize_async.server.ui.sessions import Sessions

LOGIN = f"{PREFIX}/login"
_ASSETS = f"{PREFIX}/static/"
_HOME = f"{PREFIX}/"
FIELDS = web.RequestKey("FIELDS", dict[str, str])
"""Fields of a form that was sent by one of our pages."""


def session_of(request: web.Request) -> str:
    """Return the session of a request; empty when there is none."""
    return request.cookies.get(_cookie(request), "")


def signed_in(sessions: Sessions) -> Middleware:
    """Return the middleware that lets only signed in browsers through, and only forms that were made for them."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == LOGIN or request.path.startswith(_ASSETS):
            return await handler(request)
        if not sessions.knows(session_of(request)):
            return _ask(request)
        if request.method not in {"GET", "HEAD"} and not await _is_own_form(request, sessions):
            return refusal(403, "This form is too old or was not made here; go back, load the page again, and retry.")
        return await handler(request)

    return check


class SignIn:
    """Handlers of the sign in page."""

    def __init__(self, sessions: Sessions, guard: Guard) -> None:
        """Take what knows sessions, and the key."""
        self._sessions = sessions
        self._guard = guard

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes."""
        return (web.get("/login", self.show), web.post("/login", self.enter), web.post("/logout", self.leave))

    async def show(self, request: web.Request) -> web.Response:
        """Ask for the key, or take the token of a link."""
        token = request.query.get("token", "")
        if session := self._sessions.redeem(token) if token else None:
            return _with_cookie(request, session, _HOME)
        if token and self._sessions.knows(session_of(request)):
            return elsewhere(_HOME)
        message = "This link was used already, or is of an earlier start of the server." if token else ""
        return page(_form(_next(request.query.get("next", "")), message), 403 if token else 200)

    async def enter(self, request: web.Request) -> web.Response:
        """Take the key."""
        fields = await read_form(request)
        goal = _next(fields.get("next", ""))
        if not self._guard.knows_key(fields.get("key", "").strip()):
            return page(_form(goal, "This is not the key of this server."), HTTPStatus.FORBIDDEN)
        return _with_cookie(request, self._sessions.open(), goal)

    async def leave(self, request: web.Request) -> web.Response:
        """End the session."""
        self._sessions.close(session_of(request))
        answer = elsewhere(LOGIN)
        answer.del_cookie(_cookie(request), path=PREFIX)
        return answer


def _form(goal: str, message: str) -> str:
    return render("login.html", goal=goal, message=message, form_token="")


def _with_cookie(request: web.Request, session: str, goal: str) -> web.Response:
    # A browser that comes from another site sends a strict cookie with the next navigation from here, but not with a
    # redirect, so this is a page that leads on.
    answer = page(render("onward.html", goal=goal))
    answer.set_cookie(_cookie(request), session, max_age=LIFETIME, path=PREFIX, httponly=True, samesite="Strict")
    return answer


def _ask(request: web.Request) -> web.StreamResponse:
    if request.method != "GET" or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        return refusal(401, "You are signed out; load the page again.")
    if request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
        # somebody followed an address on another site: only the next navigation has the cookie
        return page(render("onward.html", goal=_next(request.rel_url.raw_path_qs)))
    return elsewhere(link("login", next=request.rel_url.raw_path_qs if request.path != _HOME else None))


async def _is_own_form(request: web.Request, sessions: Sessions) -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    fields = await read_form(request)
    request[FIELDS] = fields
    return sessions.knows_form(session_of(request), fields.get("form_token", ""))


def _next(address: str) -> str:
    r"""Return where to go after signing in: a page of ours, whatever was asked for.

    >>> _next("/ui/compare?page=2"), _next("//evil.example/ui/"), _next("/ui/\\\\evil")
    ('/ui/compare?page=2', '/ui/', '/ui/')
    """
    is_ours = address.startswith(_HOME) and "\\" not in address and address.isprintable()
    return address if is_ours and not address.startswith((LOGIN, f"{PREFIX}//")) else _HOME


def _cookie(request: web.Request) -> str:
    # cookies are not kept apart by port
    name = request.transport.get_extra_info("sockname") if request.transport else None
    return f"arize_async_{name[1] if name else 0}"

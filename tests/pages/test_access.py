"""Who may see the pages, and what a form needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from arize_async.server.ui.sessions import LIFETIME, Sessions

if TYPE_CHECKING:
    from arize_async.server import LocalServer

    from .visits import Filled, Visitor

KEY = "key"


async def test_a_link_signs_in_once(server: LocalServer, stranger: Visitor) -> None:
    """The cookie is for this site and no script; the link is used up, and another one works."""
    link = server.page
    first = await stranger.get(link)
    cookie = first.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path=/ui"))
    assert server.api_key not in cookie
    assert (await stranger.get("/ui/")).status == 200
    stranger.session.cookie_jar.clear()
    again = await stranger.get(link)
    assert again.status == 403
    assert "used already" in again.html
    assert (await stranger.get(server.page)).headers.get("Set-Cookie")


async def test_the_key_signs_in_and_leads_on(server: LocalServer, stranger: Visitor) -> None:
    """Who asks for a page gets the form, and after it that page; nowhere else than to a page of ours."""
    asked = await stranger.get("/ui/compare?experiment=a&experiment=b")
    assert "/ui/login?next=" in asked.url
    wrong = await stranger.post("/ui/login", {"key": "wrong", "next": "/ui/"})
    assert wrong.status == 403
    assert "not the key" in wrong.html
    right = await stranger.post("/ui/login", {"key": server.api_key, "next": "/ui/compare?experiment=a&experiment=b"})
    assert "url=/ui/compare?experiment=a&amp;experiment=b" in right.html
    for goal in ("https://evil.example/", "//evil.example", "/ui//evil.example", "/ui/\\evil", "/v2/spaces"):
        answer = await stranger.post("/ui/login", {"key": server.api_key, "next": goal})
        assert 'content="0;url=/ui/"' in answer.html


@pytest.mark.parametrize("path", ["/ui/datasets/x", "/ui/experiments/x", "/ui/experiments/x/runs/y", "/ui/compare"])
async def test_pages_are_closed_to_strangers(stranger: Visitor, path: str) -> None:
    """Without a session each page leads to the form; what is fetched by a script is refused."""
    assert "/ui/login" in (await stranger.get(path)).url
    assert (await stranger.get(path, headers={"Sec-Fetch-Mode": "cors"})).status == 401
    stranger.session.cookie_jar.update_cookies({"arize_async_1": "1.2.3"})
    assert "/ui/login" in (await stranger.get(path)).url


async def test_an_address_on_another_site_works(visitor: Visitor) -> None:
    """A strict cookie is not sent with it, so the page leads to itself once more."""
    answer = await visitor.get(
        "/ui/?name=x", headers={"Cookie": "", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    )
    assert answer.status == 200
    visitor.session.cookie_jar.clear()
    answer = await visitor.get("/ui/?name=x", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})
    assert 'content="0;url=/ui/?name=x"' in answer.html


async def test_the_session_is_no_key_for_rest(visitor: Visitor) -> None:
    """REST takes the key alone, and a wrong host is refused before anything else."""
    assert (await visitor.get("/v2/spaces")).status == 401
    assert (await visitor.get("/ui/", headers={"Host": "evil.example"})).status == 403
    assert (await visitor.get("/")).url.endswith("/ui/")
    assert (await visitor.get("/ui")).url.endswith("/ui/")


async def test_a_form_of_another_site_is_refused(visitor: Visitor, filled: Filled) -> None:
    """Without the token of the session, with another one, or from another site, nothing is written."""
    path = f"/ui/experiments/{filled.experiments[0]}/runs/{filled.runs[0][0]}"
    token = await visitor.form_token(path)
    fields = {"name": "plain remark", "text": "written"}
    for given, headers in (
        (fields, {}),
        (fields | {"form_token": "0" * 64}, {}),
        (fields | {"form_token": token}, {"Sec-Fetch-Site": "cross-site"}),
    ):
        assert (await visitor.post(f"{path}/annotate", given, headers=headers)).status == 403
    assert "written" not in (await visitor.get(path)).html
    assert (await visitor.post(f"{path}/annotate", fields | {"form_token": token})).status == 200
    assert "written" in (await visitor.get(path)).html


async def test_signing_out_ends_the_session(visitor: Visitor) -> None:
    """Also for somebody who kept the cookie."""
    token = await visitor.form_token("/ui/")
    kept = {cookie.key: cookie.value for cookie in visitor.session.cookie_jar}
    await visitor.post("/ui/logout", {"form_token": token})
    visitor.session.cookie_jar.update_cookies(kept)
    assert "/ui/login" in (await visitor.get("/ui/")).url


async def test_every_answer_forbids_what_is_not_ours(visitor: Visitor, stranger: Visitor, filled: Filled) -> None:
    """Pages, refusals and files carry the policy; pages are kept nowhere."""
    for path in ("/ui/", "/ui/login", "/ui/static/page.js", "/ui/nothing", f"/ui/experiments/{filled.experiments[0]}"):
        headers = (await visitor.get(path)).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert ("no-store" in headers["Cache-Control"]) == ("static" not in path)


def test_sessions_end_and_outlive_a_restart() -> None:
    """A session is known to the next server of the same key until its time is over; a link is not."""
    now = 1000.0
    first, second = (Sessions(KEY, lambda: now) for _ in range(2))
    session, link = first.open(), first.link_token()
    assert second.knows(session)
    assert second.redeem(link) is None
    assert not Sessions("other", lambda: now).knows(session)
    now += LIFETIME
    assert not second.knows(session)


@pytest.mark.parametrize("session", ["", ".", "..", "a.b.c", "9999999999.x.", "1.2.3.4", "\udcff.\udcff.\udcff"])
def test_what_is_no_session_is_refused(session: str) -> None:
    """Whatever stands in a cookie."""
    sessions = Sessions(KEY)
    assert not sessions.knows(session)
    assert sessions.redeem(session) is None
    assert KEY not in repr(sessions)

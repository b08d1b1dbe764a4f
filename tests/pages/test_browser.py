"""The pages in a real browser: every page, with the mouse, with keys, and with texts that mean harm."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from .visits import HOSTILE, Filled, fill, fill_many

if TYPE_CHECKING:
    from playwright.async_api import Page

    from arize_async.server import LocalServer
    from arize_async.server.storage.transaction import Transaction

MANY = 100_000
HARMLESS = {"minor", "moderate"}


def addresses(filled: Filled) -> list[str]:
    """Return every page."""
    first, second = filled.experiments
    return [
        f"/ui/?space={quote(filled.space)}",
        f"/ui/datasets/{filled.dataset}",
        f"/ui/experiments/{first}",
        f"/ui/experiments/{first}/figures",
        f"/ui/experiments/{first}?filter=nothing+%3D+1",
        f"/ui/experiments/{first}/runs/{filled.runs[0][0]}",
        f"/ui/compare?experiment={first}&experiment={second}",
        "/ui/experiments/gone",
        "/ui/login",
    ]


async def settled(page: Page) -> None:
    """Wait for what a page fetches behind itself."""
    for part in await page.locator("[data-src]").all():
        await part.wait_for(state="detached")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_page_has_a_serious_obstacle(page: Page, filled: Filled, scheme: str) -> None:
    """As axe judges: names, contrasts, roles, headings, labels."""
    from axe_playwright_python.async_playwright import Axe

    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for address in addresses(filled):
        await page.goto(address)
        await settled(page)
        found = (await Axe().run(page)).response["violations"]
        serious = [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] not in HARMLESS]
        assert serious == [], address


async def test_no_page_is_wider_than_a_telephone(page: Page, filled: Filled) -> None:
    """What is wider, a table, scrolls by itself."""
    await page.set_viewport_size({"width": 390, "height": 800})
    for address in addresses(filled):
        await page.goto(address)
        await settled(page)
        assert await page.evaluate("document.documentElement.scrollWidth") == 390, address


async def test_the_way_by_keys(page: Page, filled: Filled) -> None:
    """From the datasets to a run, to the next one, and up again, without a mouse."""
    await page.goto(f"/ui/?space={quote(filled.space)}")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/datasets/**")
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/experiments/**")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/runs/{filled.runs[0][1]}")
    await page.keyboard.press("j")
    await page.wait_for_url(f"**/runs/{filled.runs[0][2]}")
    await page.keyboard.press("k")
    await page.wait_for_url(f"**/runs/{filled.runs[0][1]}")
    await page.keyboard.press("u")
    await page.wait_for_url(f"**/experiments/{quote(filled.experiments[0])}")
    await page.keyboard.press("/")
    await page.keyboard.type("eval.right.score = 0 j")
    await page.keyboard.press("Enter")
    assert "position 22" in await page.locator("#complaint").inner_text()
    await page.locator("h1").click()
    await page.keyboard.press("?")
    assert await page.locator("dialog").is_visible()
    await page.locator("#keys-off").check()
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    assert not await page.locator("dialog").is_visible()


async def test_runs_are_filtered_and_sorted_by_hand(page: Page, filled: Filled) -> None:
    """The filter keeps the order and the order the filter; the address says both, and back leads back."""
    await page.goto(f"/ui/experiments/{filled.experiments[0]}")
    assert await page.locator("tbody tr").count() == 3
    await page.get_by_role("link", name="Latency").click()
    await page.get_by_label("Filter").fill("eval.right.score = 1")
    await page.get_by_role("button", name="Apply").click()
    assert await page.locator("tbody tr").count() == 2
    assert "sort=latency" in page.url
    assert await page.locator("th[aria-sort=ascending]").inner_text() == "Latency↑"
    await page.get_by_role("link", name="Latency").click()
    assert "order=desc" in page.url
    assert await page.get_by_label("Filter").input_value() == "eval.right.score = 1"
    await page.get_by_role("link", name="Clear").click()
    assert await page.locator("tbody tr").count() == 3


async def test_an_annotation_goes_round(page: Page, filled: Filled) -> None:
    """What is saved is there when the page is loaded again, in the table of runs and in its filter."""
    await page.goto(f"/ui/experiments/{filled.experiments[0]}/runs/{filled.runs[0][0]}")
    await page.get_by_label("plain good").check()
    await page.get_by_role("button", name="Save plain quality").click()
    assert await page.get_by_role("status").inner_text() == "Saved plain quality."
    await page.get_by_label("Score from 0 to 5").fill("4.5")
    await page.get_by_role("button", name="Save plain stars").click()
    await page.get_by_label("Text").fill("first\nsecond <b>")
    await page.get_by_role("button", name="Save plain remark").click()
    await page.reload()
    assert await page.get_by_label("plain good").is_checked()
    assert await page.get_by_label("Score from 0 to 5").input_value() == "4.5"
    assert await page.get_by_label("Text").input_value() == "first\nsecond <b>"
    await page.goto(f"/ui/experiments/{filled.experiments[0]}")
    await page.get_by_label("Filter").fill('"annotation.plain stars.score" > 4')
    await page.get_by_role("button", name="Apply").click()
    assert "plain good" in await page.locator("tbody tr").inner_text()


async def test_experiments_are_compared(page: Page, filled: Filled) -> None:
    """Two are chosen on the page of their dataset; the oldest is the baseline; another metric is a choice away."""
    await page.goto(f"/ui/datasets/{filled.dataset}")
    compare = page.get_by_role("button", name="Compare")
    assert await compare.is_disabled()
    for box in await page.locator("input[name=experiment]").all():
        await box.check()
    await compare.click()
    await settled(page)
    assert "no difference shown" in await page.locator(".statistics").inner_text()
    assert await page.locator("h1").inner_text() == "plain experiment 0 against plain experiment 1"
    assert await page.locator(".side tbody tr").first.locator(".change").inner_text() == "\N{MINUS SIGN}1"
    assert await page.locator("del").first.inner_text() == "1"
    await page.get_by_label("Lower is better").check()
    await page.wait_for_url("**lower=right**")
    await settled(page)
    assert "lower is better" in await page.locator(".statistics").inner_text()
    assert await page.locator(".side tbody tr").first.locator(".change.down").inner_text() == "+1"
    await page.get_by_label("Metric").select_option("latency")
    await page.wait_for_url("**metric=latency**")
    assert await page.get_by_label("Lower is better").is_disabled()
    await page.get_by_role("link", name="Lower").click()
    assert await page.locator(".side tbody tr").count() == 1
    await page.get_by_role("link", name="make baseline").click()
    assert (await page.locator("h1").inner_text()).startswith("plain experiment 1")


async def test_markup_in_every_field_stays_text(page: Page, hostile: Filled) -> None:
    """Nothing of it runs, loads or becomes an element; the page's own script is the only one."""
    for address in addresses(hostile)[:7]:
        await page.goto(address)
        await settled(page)
        assert await page.locator("script").count() == 1
        assert await page.locator("img, iframe, object, [onerror]").count() == 0
    await page.goto(addresses(hostile)[5])
    await page.locator("input[type=radio]").first.check()
    await page.locator("button", has_text="Save").first.click()
    assert HOSTILE[:40] in await page.get_by_role("status").inner_text()
    assert HOSTILE in (await page.locator("pre").first.inner_text())


async def test_megabytes_and_right_to_left(page: Page, server: LocalServer) -> None:
    """A long text is cut until somebody wants all of it; text of the other direction turns nothing else around."""
    assert server._running is not None
    store = server._running.store
    filled = await fill(store, "\u202e\u05e9\u05dc\u05d5\u05dd\u2066")

    def lengthen(transaction: Transaction) -> None:
        transaction.run("UPDATE runs SET output = repeat('word ', 600000) || 'end' WHERE id = ?", filled.runs[0][0])

    await store.write(lengthen)
    for address in addresses(filled)[:7]:
        await page.goto(address)
        assert len(await page.content()) < 1_000_000
    await page.goto(addresses(filled)[5])
    assert await page.locator("html").evaluate("node => getComputedStyle(node).direction") == "ltr"
    await page.get_by_role("link", name="Show all").click()
    assert (await page.locator("[aria-labelledby=output] pre").inner_text()).endswith("word end")


async def test_a_hundred_thousand_runs(page: Page, server: LocalServer) -> None:
    """The table is there at once and the summary comes behind it; filter, order, pages and a comparison work."""
    assert server._running is not None
    filled = await fill_many(server._running.store, MANY)
    first, second = filled.experiments
    await page.goto(f"/ui/experiments/{first}")
    assert await page.locator("tbody tr").count() == 50
    assert "1–50 of 100,000" in await page.locator(".turning").inner_text()  # noqa: RUF001 - a range
    await settled(page)
    assert await page.locator(".big").first.inner_text() == "100,000"
    await page.goto(
        f"/ui/experiments/{first}?filter=eval.right.score+%3D+1+AND+latency+%3E+700&sort=latency&order=desc"
    )
    latencies = await page.locator("tbody td:last-child").all_inner_texts()
    assert len(latencies) == 50
    await page.keyboard.press("n")
    await page.wait_for_url("**page=2**")
    await page.goto(f"/ui/compare?experiment={first}&experiment={second}&show=regressions")
    await settled(page)
    assert await page.locator(".side tbody tr").count() == 20
    assert await page.locator(".change.down").count() >= 20

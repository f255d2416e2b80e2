"""What holds on every page: it fits the screen, works, and calls nobody else.

That no page logs an error, breaks its content policy or calls another host is asserted by the
fixture `watch` for every test of this folder.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.support import desk, phone, site
from tests.support.browser import OpenPage
from tests.support.watch import Watch

WIDTHS = (390, 320)
SIDEWAYS: ViewportSize = {"width": 844, "height": 390}


def look_at(page: Page, paths: Iterable[str]) -> dict[str, list[str]]:
    """Open every path at every width; what does not fit, by path and width."""
    wide = {}
    for path in paths:
        page.goto(path, wait_until="load")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            wide[f"{path} at {width}"] = site.overflow(page)
    return {where: found for where, found in wide.items() if found}


@pytest.mark.parametrize(("lang", "care"), [("zh", 0), ("zh", 1), ("en", 1)])
def test_no_page_scrolls_sideways(
    open_phone: OpenPage, open_desk: OpenPage, lang: str, care: int
) -> None:
    visitors = {name: open_phone(name) for name in (None, "holder-li", "desk-zhao", "issuer-chen")}
    for page in visitors.values():
        page.goto(f"/preferences?lang={lang}&care={care}&next=/v")
    assert look_at(visitors[None], site.PUBLIC) == {}
    assert look_at(visitors["holder-li"], site.wallet_pages(visitors["holder-li"])) == {}
    assert look_at(visitors["desk-zhao"], site.DESK) == {}
    assert look_at(visitors["issuer-chen"], site.issuer_pages(visitors["issuer-chen"])) == {}


@pytest.mark.parametrize("care", [0, 1])
def test_neither_the_code_nor_the_verdict_scrolls_sideways(open_phone: OpenPage, care: int) -> None:
    holder, clerk = open_phone("holder-li"), open_phone("desk-zhao")
    for page in (holder, clerk):
        page.goto(f"/preferences?care={care}&next=/v")
        page.set_viewport_size({"width": 320, "height": 700})
    text = phone.show(holder, phone.FORKLIFT)
    assert site.overflow(holder) == []
    desk.open_desk_page(clerk, desk.OPERATOR_REVIEW)
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "accepted", "ok")
    assert site.overflow(clerk) == []
    holder.get_by_test_id("code-used").wait_for()
    assert site.overflow(holder) == []


@pytest.mark.parametrize(("lang", "care"), [("zh", 0), ("zh", 1), ("en", 1)])
def test_on_a_phone_on_its_side_code_and_withdrawal_are_on_the_screen(
    open_phone: OpenPage, lang: str, care: int
) -> None:
    page = open_phone("holder-li")
    page.goto(f"/preferences?lang={lang}&care={care}&next=/v")
    page.set_viewport_size(SIDEWAYS)
    phone.show(page, phone.FORKLIFT)
    code = phone.live_code(page).bounding_box()
    withdraw = page.get_by_test_id("withdraw-code").bounding_box()
    assert code is not None
    assert withdraw is not None
    for box in (code, withdraw):
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= SIDEWAYS["height"]
        assert box["x"] + box["width"] <= SIDEWAYS["width"]
    assert code["width"] >= 330
    assert withdraw["x"] >= code["x"] + code["width"]


def test_every_page_of_the_desktop_opens_and_calls_only_its_own_server(
    open_desk: OpenPage, watch: Watch
) -> None:
    visitors = {
        None: site.PUBLIC,
        "desk-zhao": site.DESK,
        "holder-li": site.WALLET,
        "issuer-chen": site.ISSUER,
    }
    for persona, paths in visitors.items():
        page = open_desk(persona)
        for path in paths:
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == (404 if path == site.MISSING else 200), path
    assert watch.requests > 0


def test_the_page_of_the_interfaces_is_served_whole_from_here(open_desk: OpenPage) -> None:
    page = open_desk(None)
    page.goto("/api/docs", wait_until="networkidle")
    expect(page.get_by_text("/api/v1/verifications", exact=True)).to_be_visible()


@pytest.mark.parametrize("persona", ["counter-wang", "auditor-he"])
def test_a_persona_without_a_page_of_its_own_sees_its_account(
    open_desk: OpenPage, persona: str
) -> None:
    page = open_desk(persona)
    page.goto("/")
    assert page.get_by_role("heading", level=1).inner_text() == "我的"
    assert page.request.get("/api/v1/me").json()["name"] in page.get_by_role("main").inner_text()

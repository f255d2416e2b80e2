"""What holds on every page, in both languages and every size of type, in the light and in the dark.

That no page logs an error, breaks its content policy or calls another host is asserted by the
fixture `watch` for every test of this folder.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response, ViewportSize, expect

from tests.support import axe, desk, pages, phone, site, suits
from tests.support import browser as browsers
from tests.support.browser import OpenPage
from tests.support.english import left_over, stored_words
from tests.support.watch import Watch

SIDEWAYS: ViewportSize = {"width": 844, "height": 390}
FOREIGN = "/api/docs"
"""Drawn by Swagger UI, a tool of others, for developers: sizes and words are its own."""
FOUND: dict[pages.Shown, str] = {}
"""Where each page is in the demo of this module."""


@pytest.fixture(scope="module")
def stored(browser: Browser, address: str, data: Path) -> list[str]:
    """Every page has something to show; gives the words that stay Chinese on an English page."""
    with browsers.desk_context(browser, address) as context:
        browsers.sign_in(context, pages.ISSUER)
        pages.furnish(context.new_page(), data)
    with browsers.desk_context(browser, address) as context:
        browsers.sign_in(context, pages.HOLDER)
        return stored_words(context.new_page(), *pages.WORDS)


def open_page(page: Page, shown: pages.Shown) -> Response:
    """Open it where it is, which is looked for once."""
    if shown not in FOUND:
        FOUND[shown] = shown.address(page)
    answer = page.goto(FOUND[shown])
    if "/step-up?" in page.url:  # for what is sensitive, once the sign-in is minutes ago
        page.get_by_test_id("step-up").click()
        expect(page.get_by_test_id("step-up")).to_have_count(0)
        answer = page.goto(FOUND[shown])
    assert answer is not None
    return answer


def look_at(page: Page, shown: pages.Shown, care: int) -> list[str]:
    """Open a page; what does not suit on it: to axe in the light and the dark, at every width, by keys."""
    answer = open_page(page, shown)
    faults = [] if answer.status == shown.status else [f"answered {answer.status}"]
    if shown.route == FOREIGN:
        page.get_by_role("button", name="Expand operation").last.wait_for()
        page.get_by_text("核验 · Verification").click()
        expect(page.get_by_text("/api/v1/verifications", exact=True)).to_be_visible()
    faults += axe.faults(page) if shown.route == FOREIGN else suits.faults(page, care)
    return [f"{FOUND[shown]}: {one}" for one in faults]


def of(persona: str | None) -> list[pages.Shown]:
    found = [shown for shown in pages.PAGES if shown.persona == persona]
    assert found
    return found


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("persona", pages.PERSONAS)
def test_every_page_suits_everybody(
    open_phone: OpenPage, watch: Watch, persona: str | None
) -> None:
    page = open_phone(persona)
    assert [fault for shown in of(persona) for fault in look_at(page, shown, 0)] == []
    assert watch.requests > 0


@pytest.mark.parametrize("persona", pages.PERSONAS)
def test_every_page_suits_in_english_and_large_type_too(
    open_phone: OpenPage, stored: list[str], persona: str | None
) -> None:
    page = open_phone(persona)
    page.goto("/preferences?lang=en&care=1&next=/v")
    faults = []
    for shown in of(persona):
        faults += look_at(page, shown, 1)
        faults += [f"{page.url}: not English: {one}" for one in left_over(page, stored)
                   if shown.route != FOREIGN]  # fmt: skip
    assert faults == []


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("persona", pages.PERSONAS)
def test_letters_may_grow_to_30_px_and_every_page_holds_them(
    open_phone: OpenPage, persona: str | None
) -> None:
    page = open_phone(persona)
    page.goto("/preferences?care=2&next=/v")
    faults = []
    for shown in of(persona):
        if shown.route != FOREIGN:
            open_page(page, shown)
            faults += [f"{page.url}: {one}" for one in suits.in_size(page, 2)]
    assert faults == []


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


@pytest.mark.parametrize("persona", ["auditor-he"])
def test_a_persona_without_a_page_of_its_own_sees_its_account(
    open_desk: OpenPage, persona: str
) -> None:
    page = open_desk(persona)
    page.goto("/")
    assert page.get_by_role("heading", level=1).inner_text() == "我的"
    assert page.request.get("/api/v1/me").json()["name"] in page.get_by_role("main").inner_text()

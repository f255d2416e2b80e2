"""Large type (大字版): larger letters, larger targets, and nothing lost."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support import desk, phone, site
from tests.support.browser import OpenPage


def body_size(page: Page) -> float:
    size: float = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    return size


def test_one_tap_makes_the_wallet_large_and_one_makes_it_standard_again(
    open_phone: OpenPage,
) -> None:
    page = open_phone("holder-li")
    page.goto("/wallet")
    cards = page.get_by_test_id("licence-card").count()
    standard = body_size(page)
    page.get_by_test_id("care-mode").first.tap()
    expect(page.locator("html")).to_have_attribute("data-care", "1")
    assert body_size(page) >= 20 > standard
    assert page.get_by_test_id("licence-card").count() == cards
    page.get_by_test_id("care-mode").first.tap()
    expect(page.locator("html")).to_have_attribute("data-care", "0")
    assert body_size(page) == standard


def test_the_code_and_what_follows_it_are_large(open_phone: OpenPage, open_desk: OpenPage) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    for page in (holder, clerk):
        page.goto("/preferences?care=1&next=/v")
    text = phone.show(holder)
    assert site.unfit(holder, 1) == []
    desk.open_desk_page(clerk)
    assert site.unfit(clerk, 1) == []
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "accepted", "ok")
    assert site.unfit(clerk, 1) == []
    expect(holder.get_by_test_id("code-used")).to_be_visible()
    assert site.unfit(holder, 1) == []


def test_nothing_of_a_licence_is_lost_in_large_type(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    path = f"/wallet/{phone.held(page, phone.FORKLIFT)['identifier']}"
    seen = []
    for care in (0, 1):
        page.goto(f"/preferences?care={care}&next={path}")
        seen.append(page.locator("#main dt").all_inner_texts())
    assert seen[0] == seen[1]
    assert len(seen[0]) > 5

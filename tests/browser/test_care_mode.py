"""Large type (大字版): larger letters, larger targets, and nothing lost."""

from __future__ import annotations

from collections.abc import Iterable

from playwright.sync_api import Page, expect

from tests.support import desk, phone, site
from tests.support.browser import OpenPage

LETTERS = 20
LEAST_LETTERS = 18
"""Elder mode: body at least 20 px; nothing, notes included, below the 18 dp of MIIT."""
TARGET = 60
STANDARD_TARGET = 44


def body_size(page: Page) -> float:
    size: float = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    return size


def faults(page: Page, care: bool) -> list[str]:
    if not care:
        return site.small_targets(page, STANDARD_TARGET)
    small = [] if body_size(page) >= LETTERS else [f"body is {body_size(page)} px"]
    return small + site.small_texts(page, LEAST_LETTERS) + site.small_targets(page, TARGET)


def walk(page: Page, paths: Iterable[str], care: bool) -> dict[str, list[str]]:
    found = {}
    for path in paths:
        page.goto(path)
        found[path] = faults(page, care)
    return {path: wrong for path, wrong in found.items() if wrong}


def test_one_tap_makes_the_wallet_large_and_one_makes_it_standard_again(
    open_phone: OpenPage,
) -> None:
    page = open_phone("holder-li")
    page.goto("/wallet")
    cards = page.get_by_test_id("licence-card").count()
    standard = body_size(page)
    page.get_by_test_id("care-mode").first.tap()
    expect(page.locator("html")).to_have_attribute("data-care", "1")
    assert body_size(page) >= LETTERS > standard
    assert page.get_by_test_id("licence-card").count() == cards
    page.get_by_test_id("care-mode").first.tap()
    expect(page.locator("html")).to_have_attribute("data-care", "0")
    assert body_size(page) == standard


def test_letters_and_targets_are_large_on_every_page_of_the_wallet(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    page.goto("/preferences?care=1&next=/v")
    assert walk(page, site.wallet_pages(page), care=True) == {}


def test_letters_and_targets_are_large_on_public_pages(open_phone: OpenPage) -> None:
    page = open_phone(None)
    page.goto("/preferences?care=1&next=/v")
    assert walk(page, site.PUBLIC, care=True) == {}


def test_targets_can_be_hit_in_standard_type_too(open_phone: OpenPage) -> None:
    holder, nobody = open_phone("holder-li"), open_phone(None)
    assert walk(holder, site.wallet_pages(holder), care=False) == {}
    assert walk(nobody, site.PUBLIC, care=False) == {}


def test_the_code_and_what_follows_it_are_large(open_phone: OpenPage, open_desk: OpenPage) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    for page in (holder, clerk):
        page.goto("/preferences?care=1&next=/v")
    text = phone.show(holder)
    assert faults(holder, care=True) == []
    desk.open_desk_page(clerk)
    assert faults(clerk, care=True) == []
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "accepted", "ok")
    assert faults(clerk, care=True) == []
    expect(holder.get_by_test_id("code-used")).to_be_visible()
    assert faults(holder, care=True) == []


def test_nothing_of_a_licence_is_lost_in_large_type(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    path = f"/wallet/{phone.held(page, phone.FORKLIFT)['identifier']}"
    seen = []
    for care in (0, 1):
        page.goto(f"/preferences?care={care}&next={path}")
        seen.append(page.locator("#main dt").all_inner_texts())
    assert seen[0] == seen[1]
    assert len(seen[0]) > 5

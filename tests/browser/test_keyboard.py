"""Without a pointer: the whole way through wallet and desk by keys alone."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support import desk, phone
from tests.support.browser import OpenPage

STEPS = 40


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on what `selector` names, and is seen to be there."""
    for _ in range(STEPS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none"
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_a_code_is_shown_withdrawn_and_the_focus_returns(open_desk: OpenPage) -> None:
    page = open_desk("holder-li")
    page.goto("/wallet")
    tab_to(page, '[data-testid="show-code"]')
    shown = page.evaluate("document.activeElement.dataset.showCode")
    page.keyboard.press("Enter")
    phone.drawn_text(page)
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    tab_to(page, '[data-testid="withdraw-code"]')
    page.keyboard.press("Enter")
    expect(phone.live_code(page)).to_be_hidden()
    page.wait_for_function("id => document.activeElement.dataset.showCode === id", arg=shown)


def test_the_focus_stays_within_the_code_while_it_is_shown(open_desk: OpenPage) -> None:
    page = open_desk("holder-li")
    phone.show(page)
    places = set()
    for _ in range(8):
        page.keyboard.press("Tab")
        places.add(
            page.evaluate(
                """() => document.activeElement === document.body ? 'browser'
                  : document.activeElement.closest('dialog') ? 'dialog' : 'behind'"""
            )
        )
    assert "dialog" in places
    assert "behind" not in places


def test_the_first_stop_leads_past_the_head_of_the_page(open_desk: OpenPage) -> None:
    page = open_desk("holder-li")
    page.goto("/wallet")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到正文")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()


def test_masked_fields_are_revealed_by_keys(open_desk: OpenPage) -> None:
    page = open_desk("holder-li")
    page.goto(f"/wallet/{phone.held(page, phone.FORKLIFT)['identifier']}")
    tab_to(page, ".reveal")
    masked = page.locator(".reveal").first.inner_text()
    page.keyboard.press("Space")
    expect(page.locator(".reveal").first).to_have_attribute("aria-pressed", "true")
    assert page.locator(".reveal").first.inner_text() != masked


def test_a_desk_works_by_keys_from_item_to_item(open_phone: OpenPage, open_desk: OpenPage) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    clerk.goto("/desk")
    tab_to(clerk, '[data-testid="item-select"]')
    while clerk.get_by_test_id("item-select").input_value() != desk.OPERATOR_REVIEW:
        clerk.keyboard.press("ArrowDown")
    text = phone.show(holder, phone.FORKLIFT)
    tab_to(clerk, '[data-testid="scan-text"]')
    clerk.keyboard.insert_text(text)
    clerk.keyboard.press("Enter")
    desk.expect_verdict(clerk, "accepted", "ok")
    expect(clerk.get_by_test_id("verdict-next")).to_be_focused()
    clerk.keyboard.press("Enter")
    desk.expect_ready(clerk)


def test_the_uncomfortable_button_is_the_next_stop_after_the_comfortable_one(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    desk.open_desk_page(clerk)
    desk.type_in(clerk, phone.show(holder))
    desk.expect_verdict(clerk, "accepted", "ok")
    expect(clerk.get_by_test_id("verdict-next")).to_be_focused()
    clerk.keyboard.press("Tab")
    expect(clerk.get_by_test_id("person-mismatch")).to_be_focused()
    clerk.keyboard.press("Enter")
    expect(desk.verdict(clerk)).to_contain_text("已记录：人与证照不符")

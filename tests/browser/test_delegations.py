"""One lets another show a licence: offered, accepted, shown at the desk, ended at once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_keyboard import tab_to
from tests.support import desk, phone
from tests.support.browser import OpenPage
from wallet.demo.data import load_holders

HOME = "/wallet/delegations"


def fill_in(page: Page, to: str, licence: str, item: str | None, days: str = "30") -> None:
    """The three steps, up to the last button."""
    person = load_holders()[to]
    page.goto(f"{HOME}/new?licence={phone.held(page, licence)['identifier']}")
    page.locator("#name").fill(person.name)
    page.locator("#code").fill(person.code)
    page.get_by_test_id("next-step").click()
    if item is None:
        page.locator("[name=matter][value=any]").check()
    else:
        page.locator(f"[name=items][value={item}]").check()
    page.locator(f"[name=days][value='{days}']").check()
    page.get_by_test_id("next-step").click()
    expect(page.get_by_test_id("send-offer")).to_be_visible()


def offer(page: Page, to: str, licence: str, item: str | None) -> str:
    """Offer it; gives the path of its page."""
    fill_in(page, to, licence, item)
    page.get_by_test_id("send-offer").click()
    expect(page.get_by_test_id("delegation")).to_have_attribute("data-state", "offered")
    return page.url.partition("?")[0]


def take(page: Page, address: str) -> None:
    """Accept it, from the list."""
    page.goto(HOME)
    page.locator(f'[data-id="{address.rpartition("/")[2]}"] a').click()
    page.get_by_test_id("accept-delegation").click()
    expect(page.get_by_test_id("delegation")).to_have_attribute("data-state", "active")


def end(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_test_id("end-delegation").click()
    page.get_by_test_id("confirm-end").click()
    expect(page.get_by_test_id("delegation")).not_to_have_attribute("data-state", "active")


def test_offered_accepted_shown_at_the_desk_and_void_once_it_is_ended(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    grantor, delegate, clerk = (
        open_phone("holder-li"),
        open_phone("holder-elder"),
        open_desk("desk-zhao"),
    )
    address = offer(grantor, "holder-elder", phone.FOOD, desk.FOOD_RENEWAL)
    take(delegate, address)
    delegate.goto("/wallet")
    card = phone.card(delegate, phone.FOOD)
    expect(card).to_contain_text("亲友")
    desk.open_desk_page(clerk, desk.FOOD_RENEWAL)
    desk.type_in(clerk, phone.show(delegate, phone.FOOD))
    desk.expect_verdict(clerk, "accepted", "ok")
    expect(desk.verdict(clerk)).to_contain_text("代办人出示")
    expect(delegate.get_by_test_id("code-used")).to_be_visible()
    for page, said in ((grantor, "由 王秀英 代为出示"), (delegate, "您替 李明 出示")):
        page.goto(address)
        expect(page.get_by_test_id("use-history")).to_contain_text("东胜区政务服务大厅（演示）")
        page.goto("/wallet/uses")
        expect(page.get_by_test_id("use-history").get_by_role("listitem").first).to_contain_text(
            said
        )

    text = phone.show(delegate, phone.FOOD)
    end(grantor, address)
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "refused", "withdrawn")
    delegate.goto("/wallet")
    expect(delegate.get_by_test_id("licence-card").first).to_be_visible()
    expect(delegate.get_by_test_id("licence-card").filter(has_text="由 李* 授权")).to_have_count(0)


def test_a_desk_of_another_matter_is_told_so(open_phone: OpenPage, open_desk: OpenPage) -> None:
    grantor, delegate, clerk = (
        open_phone("holder-li"),
        open_phone("holder-elder"),
        open_desk("desk-zhao"),
    )
    address = offer(grantor, "holder-elder", phone.FORKLIFT, desk.OPERATOR_REVIEW)
    take(delegate, address)
    text = phone.show(delegate, phone.FORKLIFT)
    desk.open_desk_page(clerk, "identity-at-counter")
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "refused", "wrong_item")
    expect(desk.verdict(clerk)).to_contain_text("没有授权代办人")
    clerk.get_by_test_id("item-select").select_option(desk.OPERATOR_REVIEW)
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "accepted", "ok")
    end(delegate, address)


@pytest.mark.parametrize("care", [0, 1])
def test_declined_in_english(open_phone: OpenPage, care: int) -> None:
    grantor, delegate = open_phone("holder-li"), open_phone("holder-elder")
    for page in (grantor, delegate):
        page.goto(f"/preferences?lang=en&care={care}&next=/v")
    address = offer(grantor, "holder-elder", "driving-licence", None)
    expect(grantor.get_by_role("status").first).to_contain_text("Sent.")
    delegate.goto(address)
    expect(delegate.get_by_role("heading", level=1)).to_have_text("李明 asks you to show licences")
    expect(delegate.get_by_test_id("delegation")).to_contain_text("Any matter")
    delegate.get_by_test_id("decline-delegation").tap()
    expect(delegate.get_by_test_id("delegation")).to_have_attribute("data-state", "declined")
    grantor.reload()
    expect(grantor.get_by_test_id("delegation")).to_contain_text("Declined")
    grantor.goto(f"{HOME}/ended")
    expect(grantor.locator(f'[data-id="{address.rpartition("/")[2]}"]')).to_be_visible()


def test_own_days_are_asked_for_where_they_are_chosen(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    fill_in(page, "holder-company", "driving-licence", None)
    page.get_by_role("button", name="上一步").tap()
    expect(page.locator("#ends_on")).to_be_hidden()
    page.locator("[name=days][value=own]").check()
    expect(page.locator("#ends_on")).to_be_visible()
    page.locator("#starts_on").fill("")
    page.get_by_test_id("next-step").tap()
    expect(page.get_by_text("请选择开始和结束的日期")).to_be_visible()
    today = page.locator("#ends_on").get_attribute("min")
    assert today is not None
    page.locator("#starts_on").fill(today)
    page.locator("#ends_on").fill(today)
    page.get_by_test_id("next-step").tap()
    expect(page.get_by_role("main")).to_contain_text(f"{today} 至 {today}")


def enter(page: Page) -> None:
    """Press Enter on what leads to another page, and wait for that."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_an_offer_is_made_and_ended_by_keys_alone(open_desk: OpenPage) -> None:
    page = open_desk("holder-li")
    person = load_holders()["holder-company"]
    page.goto(HOME)
    tab_to(page, '[data-testid="new-delegation"]')
    enter(page)
    tab_to(page, "#name")
    page.keyboard.insert_text(person.name)
    tab_to(page, "#code")
    page.keyboard.insert_text(person.code)
    tab_to(page, "[name=licences]")
    page.keyboard.press("Space")
    tab_to(page, '[data-testid="next-step"]')
    enter(page)
    tab_to(page, "[name=matter]")
    page.keyboard.press("ArrowDown")
    tab_to(page, '[data-testid="next-step"]')
    enter(page)
    tab_to(page, '[data-testid="send-offer"]')
    enter(page)
    expect(page.get_by_test_id("delegation")).to_have_attribute("data-state", "offered")
    tab_to(page, '[data-testid="end-delegation"]')
    page.keyboard.press("Enter")
    tab_to(page, '[data-testid="confirm-end"]')
    enter(page)
    expect(page.get_by_test_id("delegation")).to_have_attribute("data-state", "withdrawn")
    expect(page).to_have_url(re.compile(r"/wallet/delegations/[\w-]+$"))

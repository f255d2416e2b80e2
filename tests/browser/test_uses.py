"""The use history: what is asked for stays through a reload and the way back, and is given up with one tap."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.support import desk, phone
from tests.support.browser import OpenPage


def shown(page: Page, type_code: str, item: str, clerk: Page) -> None:
    desk.open_desk_page(clerk, item)
    desk.type_in(clerk, phone.show(page, type_code))
    desk.expect_verdict(clerk, "accepted", "ok")


def test_a_choice_stays_in_the_address(open_phone: OpenPage, open_desk: OpenPage) -> None:
    page, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    shown(page, phone.FOOD, desk.FOOD_RENEWAL, clerk)
    shown(page, phone.FORKLIFT, desk.OPERATOR_REVIEW, clerk)
    page.goto("/wallet/uses")
    history = page.get_by_test_id("use-history")
    expect(history).to_contain_text("食品经营许可证")
    page.get_by_test_id("narrow").tap()
    page.locator("#days").select_option("7")
    page.locator("#type").select_option(phone.FORKLIFT)
    page.get_by_test_id("narrow-go").tap()
    expect(page).to_have_url(re.compile(rf"days=7&.*type={phone.FORKLIFT}"))
    for again in (False, True):
        if again:
            page.reload()
        expect(history).to_contain_text("特种设备")
        expect(history).not_to_contain_text("食品经营许可证")
        expect(page.get_by_role("main")).to_contain_text("最近 7 天、特种设备")
    page.get_by_test_id("narrow").tap()
    # A day before the demo began: whatever other tests have shown, it is not there.
    page.locator("#days").select_option("own")
    page.locator("#from").fill("2020-01-01")
    page.locator("#to").fill("2020-01-01")
    page.get_by_test_id("narrow-go").tap()
    expect(history).to_contain_text("没有符合条件的记录")
    page.go_back()
    expect(history).to_contain_text("特种设备")
    page.get_by_test_id("narrow-none").tap()
    expect(page).to_have_url(re.compile(r"/wallet/uses$"))
    expect(history).to_contain_text("食品经营许可证")

"""Somebody is asked to act for a company, accepts, shows its licence at a desk, and is removed."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support import desk, phone
from tests.support.browser import OpenPage
from wallet.demo.data import load_holders

HOME = "/wallet/administrators"


def test_asked_accepted_shown_at_the_desk_and_void_once_removed(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    company, other, clerk = (
        open_phone("holder-company"),
        open_phone("holder-elder"),
        open_desk("desk-zhao"),
    )
    person = load_holders()["holder-elder"]
    company.goto(HOME)
    company.get_by_test_id("new-administrator").tap()
    company.locator("#name").fill(person.name)
    company.locator("#code").fill(person.code)
    company.get_by_test_id("send-administrator").tap()
    waiting = company.locator('[data-testid="administrator"][data-state="offered"]')
    expect(waiting).to_contain_text("等对方接受")
    other.goto(HOME)
    other.get_by_test_id("accept-administrator").tap()
    expect(other.locator('[data-testid="administrator"][data-state="active"]')).to_have_count(2)
    desk.open_desk_page(clerk, "open-a-shop")
    other.goto("/wallet")
    desk.type_in(clerk, phone.show(other, "business-licence"))
    desk.expect_verdict(clerk, "accepted", "ok")
    text = phone.show(other, "business-licence")
    company.reload()
    company.get_by_test_id("administrator").filter(has_text=person.name).get_by_role("link").tap()
    company.get_by_test_id("confirm-end-administrator").tap()
    expect(company.get_by_test_id("administrator")).to_have_count(1)
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "refused", "withdrawn")
    other.goto(HOME)
    expect(other.get_by_role("main")).to_contain_text("您没有管理单位的证照")

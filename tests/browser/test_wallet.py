"""The wallet around the code: search, uses, and what a relative may show."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support import desk, phone
from tests.support.browser import OpenPage

SENIOR_CARD = "senior-card"
SENIOR_ALLOWANCE = "senior-allowance"


def test_the_search_takes_a_name_a_unit_or_a_number(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    page.goto("/wallet")
    cards, search = page.get_by_test_id("licence-card"), page.get_by_role("searchbox")
    married = phone.held(page, "marriage-certificate")
    for asked in ("结婚", married["number"], f"{married['issuing_unit']} 结婚"):
        search.fill(asked)
        expect(cards.filter(visible=True)).to_have_count(1)
        expect(phone.card(page, "marriage-certificate")).to_be_visible()
    search.fill("没有这样的证照")
    expect(cards.filter(visible=True)).to_have_count(0)
    expect(page.get_by_role("main").get_by_text("没有找到")).to_be_visible()
    search.fill("")
    expect(cards.filter(visible=True)).to_have_count(cards.count())


def test_a_use_stays_in_the_history_with_who_what_and_which_fields(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-qian")
    desk.open_desk_page(clerk)
    desk.type_in(clerk, phone.show(holder))
    desk.expect_verdict(clerk, "accepted", "ok")
    seen = desk.shown_fields(clerk)
    holder.goto("/wallet/uses")
    newest = holder.get_by_test_id("use-history").get_by_role("listitem").first
    for words in ("东胜区政务服务大厅（演示）", "5 号窗口", "食品经营许可证延续", *seen):
        expect(newest).to_contain_text(words)


def test_a_relative_shows_the_one_licence_that_was_entrusted(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    relative, clerk = open_phone("delegate-li"), open_desk("desk-zhao")
    relative.goto("/wallet")
    entrusted = phone.card(relative, SENIOR_CARD)
    expect(entrusted).to_contain_text("亲友")
    expect(entrusted).to_contain_text("由 王* 授权")
    entrusted.get_by_test_id("show-code").tap()
    expect(relative.locator("dialog")).to_contain_text("持证人 王*")
    desk.open_desk_page(clerk, SENIOR_ALLOWANCE)
    desk.type_in(clerk, phone.drawn_text(relative))
    desk.expect_verdict(clerk, "accepted", "ok")
    expect(desk.verdict(clerk)).to_contain_text("代办人出示")
    expect(relative.get_by_test_id("code-used")).to_be_visible()


def test_a_wallet_shows_nobody_elses_licence(open_phone: OpenPage) -> None:
    holder, other = open_phone("holder-li"), open_phone("holder-elder")
    foreign = phone.held(other, SENIOR_CARD)["identifier"]
    for path in ("/wallet/", "/api/v1/me/licences/"):
        assert other.request.get(path + foreign).status == 200
        assert holder.request.get(path + foreign).status == 404

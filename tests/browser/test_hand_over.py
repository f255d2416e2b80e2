"""A shift ends: the desk says what was done and what is open, and the next clerk works on at the same desk."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Request, Route, expect

from tests.support import browser as browsers
from tests.support import desk, offline, phone
from tests.support.browser import OpenPage
from tests.support.consent import BANK_ACCOUNT

SIGN_IN = re.compile(r"/$")
DESK = re.compile(r"/desk$")


def refuse(route: Route) -> None:
    """The library cannot take it in just now."""
    route.fulfill(status=503, json={"slug": "unavailable"})


def handed_over(request: Request) -> bool:
    return request.method == "POST" and request.url.endswith("/desk/handover")


def hand_over(page: Page) -> None:
    """From the desk out of it."""
    page.get_by_test_id("hand-over").click()
    page.get_by_test_id("confirm-hand-over").click()
    expect(page).to_have_url(SIGN_IN)


def test_the_next_clerk_works_on_at_the_same_desk_with_the_same_item_and_an_empty_list(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, page = open_phone("holder-li"), open_desk("desk-zhao")
    desk.open_desk_page(page, desk.OPERATOR_REVIEW)
    other = page.context.new_page()
    other.goto("/desk")
    desk.type_in(page, phone.show(holder, phone.FORKLIFT))
    desk.expect_verdict(page, "accepted", "ok")
    page.get_by_test_id("hand-over").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("confirm-hand-over")).to_be_focused()
    expect(page.get_by_test_id("counts")).to_contain_text(re.compile(r"通过\s*\d+\s*未通过\s*\d+"))
    expect(page.get_by_test_id("unsent-box")).to_be_hidden()
    page.keyboard.press("Enter")
    for tab in (page, other):
        expect(tab).to_have_url(SIGN_IN)
    expect(page.get_by_test_id("handed-over")).to_contain_text("本机已作为“3 号窗口”交班")
    browsers.sign_in(page.context, "desk-qian")
    page.goto("/")
    expect(page).to_have_url(DESK)
    expect(page.locator(".who")).to_contain_text("3 号窗口 · 钱*")
    expect(page.get_by_test_id("item-select")).to_have_value(desk.OPERATOR_REVIEW)
    expect(page.locator("#today-list li")).to_have_count(0)
    desk.type_in(page, phone.show(holder, phone.FORKLIFT))
    desk.expect_verdict(page, "accepted", "ok")
    expect(holder.get_by_test_id("code-used")).to_contain_text("3 号窗口")


def test_what_was_judged_offline_and_is_not_reported_is_named_and_waits_for_its_clerk(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, page = open_phone("holder-li"), open_desk("desk-zhao")
    desk.open_desk_page(page)
    offline.wait_until_prepared(page)
    offline.cut(page)
    desk.type_in(page, phone.show(holder))
    desk.expect_verdict(page, "accepted", "ok")
    page.context.route("**/api/v1/offline-verifications", refuse)
    offline.restore(page)
    page.get_by_test_id("hand-over").click()
    box = page.get_by_test_id("unsent-box")
    expect(box).to_contain_text("有 1 条离线核验还没有上报")
    expect(box.get_by_role("listitem")).to_contain_text("食品经营许可证")
    # The page tries its report again while it is open; that is a POST too.
    with page.expect_request(handed_over) as sent:
        page.get_by_test_id("confirm-hand-over").click()
    assert "unsent=1" in str(sent.value.post_data)
    expect(page).to_have_url(SIGN_IN)
    browsers.sign_in(page.context, "desk-qian")
    page.goto("/desk")
    expect(page.locator("#unsent-note")).to_contain_text("有 1 条离线核验是其他工作人员做的")
    hand_over(page)
    page.context.unroute("**/api/v1/offline-verifications")
    browsers.sign_in(page.context, "desk-zhao")
    with page.expect_response("**/api/v1/offline-verifications") as reported:
        page.goto("/desk")
    assert reported.value.ok
    expect(page.get_by_test_id("unsent")).to_be_empty()


def test_what_can_be_reported_is_before_the_desk_is_handed_over(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, page = open_phone("holder-li"), open_desk("desk-zhao")
    desk.open_desk_page(page)
    offline.wait_until_prepared(page)
    offline.cut(page)
    desk.type_in(page, phone.show(holder))
    desk.expect_verdict(page, "accepted", "ok")
    page.route("**/api/v1/offline-verifications", refuse)
    offline.restore(page)
    page.unroute("**/api/v1/offline-verifications")
    with page.expect_response("**/api/v1/offline-verifications") as reported:
        page.goto("/desk/handover")
    assert reported.value.ok
    expect(page.get_by_test_id("unsent-box")).to_be_hidden()
    expect(page.locator("#unsent-count")).to_have_value("0")


def test_a_question_that_is_open_is_named_and_its_holder_is_told_that_nothing_was_shown(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, page = open_phone("holder-li"), open_desk("desk-bank")
    desk.open_desk_page(page, BANK_ACCOUNT)
    desk.type_in(page, phone.show(holder))
    desk.expect_verdict(page, "pending", "consent_pending")
    page.get_by_test_id("hand-over").click()
    expect(page.get_by_test_id("open-questions")).to_contain_text("个体工商户开户")
    page.get_by_test_id("confirm-hand-over").click()
    expect(page).to_have_url(SIGN_IN)
    expect(holder.locator("#code-hold-text")).to_contain_text("没有看到任何信息")
    expect(holder.get_by_role("button", name="再亮一次")).to_be_visible()

"""What becomes of a code on the phone: it renews itself, is withdrawn, or cannot be had."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, Playwright, Route, expect

from tests.support import browser as browsers
from tests.support import desk, phone
from tests.support.browser import OpenPage

SECOND = 1000


def sheet(page: Page) -> Locator:
    return page.locator("dialog")


def answer_that_ten_minutes_are_over(route: Route) -> None:
    """The server's clock cannot be moved on from here, so its answer is given for it."""
    problem = {"slug": "showing_ended", "status": 409, "title": "已结束", "detail": "已满 10 分钟"}
    route.fulfill(status=409, json=problem)


def test_a_code_renews_itself_before_its_end(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    page.clock.install()
    first = phone.show(page)
    expect(page.get_by_test_id("code-countdown")).to_contain_text(re.compile(r"\d+ 秒后自动更新"))
    page.clock.fast_forward(29 * SECOND)
    assert phone.live_code(page).get_attribute("data-text") == first
    page.clock.fast_forward(2 * SECOND)
    assert phone.drawn_text(page, other_than=first) != first


def test_a_showing_that_has_ended_says_so_and_can_be_opened_again(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    page.clock.install()
    first = phone.show(page)
    page.route("**/api/v1/me/codes/*/next", answer_that_ten_minutes_are_over)
    page.clock.fast_forward(31 * SECOND)
    expect(sheet(page)).to_contain_text("本次亮码已满 10 分钟")
    expect(phone.live_code(page)).to_be_hidden()
    page.get_by_role("button", name="再亮一次").tap()
    assert phone.drawn_text(page) != first


def test_a_withdrawn_code_is_refused_at_the_desk(open_phone: OpenPage, open_desk: OpenPage) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    text = phone.show(holder)
    with holder.expect_response(lambda answer: answer.request.method == "DELETE") as withdrawn:
        holder.get_by_test_id("withdraw-code").tap()
    assert withdrawn.value.status == 204
    expect(sheet(holder)).to_be_hidden()
    expect(phone.live_code(holder)).not_to_have_attribute("data-text", text)
    desk.open_desk_page(clerk)
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "refused", "withdrawn")


def test_the_back_gesture_withdraws_too(open_phone: OpenPage, open_desk: OpenPage) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    text = phone.show(holder)
    with holder.expect_response(lambda answer: answer.request.method == "DELETE"):
        holder.keyboard.press("Escape")
    expect(sheet(holder)).to_be_hidden()
    desk.open_desk_page(clerk)
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "refused", "withdrawn")


def test_a_used_code_gives_way_to_a_new_one_at_a_tap(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    desk.open_desk_page(clerk)
    first = phone.show(holder)
    desk.type_in(clerk, first)
    expect(holder.get_by_test_id("code-used")).to_be_visible()
    expect(phone.live_code(holder)).not_to_have_attribute("data-text", first)
    holder.get_by_role("button", name="再亮一次").tap()
    assert phone.drawn_text(holder) != first
    expect(holder.get_by_test_id("code-used")).to_be_hidden()


def test_a_suspended_licence_has_no_button_and_says_why(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    page.goto("/wallet")
    suspended = phone.card(page, "special-equipment-registration")
    expect(suspended).to_have_attribute("data-status", "suspended")
    unit = phone.held(page, "special-equipment-registration")["issuing_unit"]
    expect(suspended).to_contain_text("暂不能出示")
    expect(suspended).to_contain_text(f"请联系{unit}")
    expect(suspended.get_by_test_id("show-code")).to_have_count(0)
    suspended.get_by_role("link").tap()
    expect(page.get_by_role("main")).to_contain_text("暂不能出示")
    expect(page.get_by_test_id("show-code")).to_have_count(0)


def test_an_expired_licence_has_no_button_and_says_since_when(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    page.goto("/wallet")
    expired = phone.card(page, "public-place-hygiene-permit")
    until = phone.held(page, "public-place-hygiene-permit")["valid_until"]
    expect(expired).to_have_attribute("data-status", "expired")
    expect(expired).to_contain_text(f"已于 {until} 到期")
    expect(expired.get_by_test_id("show-code")).to_have_count(0)


def test_a_licence_suspended_since_the_wallet_was_opened_gives_no_code(
    open_phone: OpenPage,
) -> None:
    page = open_phone("holder-li")
    suspended = phone.held(page, "special-equipment-registration")["identifier"]
    page.goto("/wallet")
    button = phone.card(page, phone.FOOD).get_by_test_id("show-code")
    button.evaluate("(button, id) => { button.dataset.showCode = id; }", suspended)
    button.tap()
    expect(sheet(page)).to_contain_text("不能亮码")
    expect(phone.live_code(page)).to_be_hidden()


def test_a_session_that_ends_meanwhile_leads_to_sign_in(
    playwright: Playwright, address: str, open_phone: OpenPage
) -> None:
    page = open_phone("holder-li")
    phone.show(page)
    browsers.sign_out_elsewhere(playwright, address, page.context)
    expect(phone.live_code(page)).to_be_hidden()
    expect(sheet(page)).to_contain_text("登录已过期")
    sheet(page).get_by_role("button", name="去登录").tap()
    expect(page).to_have_url(f"{address}/?next=%2Fwallet")
    expect(page.get_by_role("heading", name="选一个身份进入演示")).to_be_visible()


def test_two_tabs_show_at_once_and_each_follows_its_own_code(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    first, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    second = first.context.new_page()
    one, two = phone.show(first), phone.show(second)
    assert one != two
    desk.open_desk_page(clerk)
    desk.type_in(clerk, one)
    desk.expect_verdict(clerk, "accepted", "ok")
    expect(first.get_by_test_id("code-used")).to_be_visible()
    assert phone.drawn_text(second) == two
    desk.type_in(clerk, two)
    expect(second.get_by_test_id("code-used")).to_be_visible()
    desk.expect_verdict(clerk, "accepted", "ok")


def test_who_leaves_the_page_and_comes_back_sees_the_cards_and_shows_anew(
    open_phone: OpenPage,
) -> None:
    page = open_phone("holder-li")
    page.goto("/wallet/uses")
    first = phone.show(page)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("使用记录")
    page.go_forward()
    expect(phone.live_code(page)).to_be_hidden()
    phone.card(page, phone.FOOD).get_by_test_id("show-code").tap()
    assert phone.drawn_text(page, other_than=first) != first


def test_a_code_is_withdrawn_and_off_the_page_once_somebody_leaves_the_page(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    text = phone.show(holder)
    with holder.expect_response(lambda answer: answer.request.method == "DELETE") as withdrawn:
        # As a browser does that keeps the page whole for the way back.
        holder.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
        expect(sheet(holder)).to_be_hidden()
        expect(phone.live_code(holder)).not_to_have_attribute("data-text", text)
    assert withdrawn.value.status == 204
    desk.open_desk_page(clerk)
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "refused", "withdrawn")


def test_a_page_that_was_kept_whole_is_asked_for_anew(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    page.goto("/wallet")
    with page.expect_navigation(url="**/wallet"):
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(phone.card(page, phone.FOOD)).to_be_visible()


def test_a_phone_without_network_says_so_and_recovers_by_itself(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    page.clock.install()
    first = phone.show(page)
    page.context.set_offline(True)
    page.clock.fast_forward(31 * SECOND)
    countdown = page.get_by_test_id("code-countdown")
    expect(countdown).to_contain_text(re.compile(r"网络不通，此码还可用 \d+ 秒"))
    expect(phone.live_code(page)).to_be_visible()
    page.clock.fast_forward(31 * SECOND)
    expect(phone.live_code(page)).to_be_hidden()
    expect(sheet(page)).to_contain_text("网络不通，暂时不能亮码")
    page.context.set_offline(False)
    assert phone.drawn_text(page, other_than=first) != first


def test_a_code_asked_for_without_network_appears_when_the_network_is_back(
    open_phone: OpenPage,
) -> None:
    page = open_phone("holder-li")
    page.goto("/wallet")
    button = phone.card(page, phone.FOOD).get_by_test_id("show-code")
    page.context.set_offline(True)
    button.tap()
    expect(sheet(page)).to_contain_text("网络不通，暂时不能亮码")
    page.context.set_offline(False)
    phone.drawn_text(page)


def test_a_withdrawal_without_network_says_until_when_the_code_lives(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    text = phone.show(holder)
    holder.context.set_offline(True)
    holder.get_by_test_id("withdraw-code").tap()
    expect(sheet(holder)).to_contain_text(re.compile(r"没有送到。此码最迟 \d\d:\d\d:\d\d 失效"))
    expect(phone.live_code(holder)).to_be_hidden()
    holder.context.set_offline(False)
    sheet(holder).get_by_role("button", name="再试一次").tap()
    expect(sheet(holder)).to_be_hidden()
    desk.open_desk_page(clerk)
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "refused", "withdrawn")

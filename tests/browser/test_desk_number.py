"""Where cameras fail: the desk shows six digits, the phone types them, and the code arrives there alone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.support import desk, phone
from tests.support.browser import OpenPage
from tests.support.consent import BANK_ACCOUNT

HALL = "东胜区政务服务大厅（演示）"
SECOND = 1000


def shown_number(clerk: Page) -> str:
    """The number that the desk shows once it has been asked for one."""
    clerk.get_by_test_id("draw-number").click()
    digits = clerk.get_by_test_id("desk-number")
    expect(digits).to_have_text(re.compile(r"^\d{3} \d{3}$"))
    return digits.inner_text()


def type_number(holder: Page, number: str) -> None:
    holder.get_by_test_id("enter-number").tap()
    expect(holder.get_by_test_id("number-input")).to_be_focused()
    holder.get_by_test_id("number-input").press_sequentially(number)


def send_to(holder: Page, number: str) -> None:
    """Type the number, confirm the desk."""
    type_number(holder, number)
    expect(holder.locator("#number-desk")).to_be_visible()
    holder.get_by_test_id("number-send").tap()
    expect(holder.get_by_test_id("code-sent")).to_be_visible()


def test_the_holder_sees_whose_number_it_is_and_the_code_is_judged_there(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk, other = open_phone("holder-li"), open_desk("desk-zhao"), open_desk("desk-qian")
    desk.open_desk_page(clerk)
    desk.open_desk_page(other)
    number = shown_number(clerk)
    assert shown_number(other) != number
    expect(clerk.locator("#number-left")).to_have_text(re.compile(r"还有 [45]:\d\d"))
    phone.show(holder)
    type_number(holder, number)
    confirm = holder.locator("#number-desk")
    expect(confirm).to_contain_text(HALL)
    expect(confirm).to_contain_text("3 号窗口")
    expect(phone.live_code(holder)).to_be_hidden()
    expect(holder.locator("#number-unit")).to_be_focused()
    holder.get_by_test_id("number-send").tap()
    desk.expect_verdict(clerk, "accepted", "ok")
    assert desk.shown_fields(clerk)
    used = holder.get_by_test_id("code-used")
    expect(used.get_by_role("heading")).to_have_text(f"已被 {HALL} 3 号窗口 核验")
    desk.expect_ready(other)


def test_a_wrong_number_is_said_to_be_one_and_another_can_be_typed(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    desk.open_desk_page(clerk)
    number = shown_number(clerk)
    wrong = f"{(int(number.replace(' ', '')) + 1) % 1_000_000:06}"
    phone.show(holder)
    type_number(holder, wrong)
    expect(holder.get_by_role("alert")).to_contain_text("没有这个窗口号")
    expect(holder.locator("#number-desk")).to_be_hidden()
    expect(holder.get_by_test_id("number-input")).to_be_focused()
    holder.get_by_test_id("number-input").fill("12")
    holder.get_by_test_id("number-send").tap()
    expect(holder.get_by_role("alert")).to_contain_text("请输入窗口屏幕上的 6 位数字")
    holder.get_by_test_id("number-input").fill(number)
    expect(holder.locator("#number-desk")).to_contain_text(HALL)


def test_back_from_the_number_is_the_code_again(open_phone: OpenPage) -> None:
    holder = open_phone("holder-li")
    text = phone.show(holder)
    type_number(holder, "12")
    holder.get_by_role("button", name="返回亮码").tap()
    assert phone.drawn_text(holder) == text
    expect(holder.get_by_test_id("withdraw-code")).to_be_visible()


def test_a_number_serves_one_after_the_other_and_nobody_takes_the_place_of_a_verdict(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    first, second, clerk = (
        open_phone("holder-li"), open_phone("holder-elder"), open_desk("desk-zhao"),
    )  # fmt: skip
    desk.open_desk_page(clerk, "identity-at-counter")
    number = shown_number(clerk)
    phone.show(first, phone.FORKLIFT)
    send_to(first, number)
    desk.expect_verdict(clerk, "accepted", "ok")
    name = clerk.locator(".judged h2").inner_text()
    phone.show(second, "senior-card")
    send_to(second, number)
    expect(clerk.locator("#number-note")).to_have_text("点“下一位”后，接收下一个发来的码")
    expect(clerk.locator(".judged h2")).to_have_text(name)
    clerk.get_by_test_id("verdict-next").click()
    expect(clerk.locator(".judged h2")).not_to_have_text(name)
    desk.expect_verdict(clerk, "accepted", "ok")
    expect(second.get_by_test_id("code-used")).to_be_visible()


def test_an_item_that_asks_asks_whoever_sent_the_code(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-bank")
    desk.open_desk_page(clerk, BANK_ACCOUNT)
    phone.show(holder)
    send_to(holder, shown_number(clerk))
    desk.expect_verdict(clerk, "pending", "consent_pending")
    holder.get_by_test_id("consent-allow").tap()
    desk.expect_verdict(clerk, "accepted", "ok")


def test_a_number_ends_by_itself_and_by_the_clerk(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    clerk.clock.install()
    desk.open_desk_page(clerk)
    shown_number(clerk)
    clerk.clock.fast_forward(301 * SECOND)
    expect(clerk.get_by_test_id("desk-number")).to_be_hidden()
    expect(clerk.locator("#number-note")).to_have_text("窗口号已过时，需要时再取一个")
    number = shown_number(clerk)
    with clerk.expect_response(lambda answer: answer.request.method == "DELETE"):
        clerk.get_by_role("button", name="收起").click()
    expect(clerk.get_by_test_id("draw-number")).to_be_focused()
    phone.show(holder)
    type_number(holder, number)
    expect(holder.get_by_role("alert")).to_contain_text("没有这个窗口号")


def test_a_desk_without_a_network_takes_what_was_sent_when_it_is_back(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    desk.open_desk_page(clerk)
    number = shown_number(clerk)
    clerk.context.set_offline(True)
    expect(clerk.locator("#number-note")).to_have_text("网络不通，暂时收不到发来的码")
    phone.show(holder)
    send_to(holder, number)
    expect(holder.get_by_test_id("code-sent")).to_contain_text(f"已发给 {HALL} 3 号窗口")
    clerk.context.set_offline(False)
    desk.expect_verdict(clerk, "accepted", "ok")


def test_by_keys_alone_a_number_is_shown_and_typed(open_desk: OpenPage) -> None:
    holder, clerk = open_desk("holder-li"), open_desk("desk-zhao")
    desk.open_desk_page(clerk)
    clerk.get_by_test_id("draw-number").focus()
    clerk.keyboard.press("Enter")
    expect(clerk.get_by_role("button", name="收起")).to_be_focused()
    number = clerk.get_by_test_id("desk-number").inner_text()
    phone.show(holder)
    holder.get_by_test_id("enter-number").focus()
    holder.keyboard.press("Enter")
    holder.keyboard.type(number)
    expect(holder.locator("#number-unit")).to_be_focused()
    holder.keyboard.press("Enter")  # typed on, before the desk's name was read: sends nothing
    expect(holder.get_by_test_id("number-send")).to_have_text("发给此窗口")
    holder.get_by_test_id("number-input").focus()
    holder.keyboard.press("Enter")
    expect(holder.get_by_test_id("number-send")).to_be_enabled()
    expect(holder.get_by_test_id("code-sent")).to_be_hidden()
    holder.get_by_test_id("number-send").focus()
    holder.keyboard.press("Enter")
    desk.expect_verdict(clerk, "accepted", "ok")

"""A desk asks, the phone shows the question, and both tell what came of it."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, Playwright, expect

from tests.support import browser as browsers
from tests.support import desk, phone
from tests.support.browser import OpenPage
from tests.support.consent import BANK, BANK_ACCOUNT, let_time_pass

FIELDS = ["许可证编号", "经营者名称", "经营项目"]
WAIT = "已请持证人在手机上选择是否允许，请稍候。"
SECOND = 1000


def ask(holder: Page, clerk: Page) -> str:
    """The phone shows, the bank scans, and both see the question; gives the code's text."""
    text = phone.show(holder)
    desk.open_desk_page(clerk, BANK_ACCOUNT)
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "pending", "consent_pending")
    expect(question(holder)).to_be_visible()
    return text


def question(page: Page) -> Locator:
    return page.get_by_test_id("code-ask")


def told(page: Page) -> Locator:
    """What the sheet says where there is no code."""
    return page.locator("#code-hold-text")


def test_the_question_says_who_asks_for_what_and_a_yes_gives_exactly_that(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-bank")
    text = ask(holder, clerk)
    expect(phone.live_code(holder)).to_be_hidden()
    expect(phone.live_code(holder)).not_to_have_attribute("data-text", text)
    expect(question(holder).get_by_role("heading")).to_be_focused()
    for words in (
        BANK,
        "东胜支行 2 号柜台",
        "个体工商户开户",
        "共 3 项",
        "账户存续期间及销户后 5 年",
    ):
        expect(question(holder)).to_contain_text(words)
    assert question(holder).get_by_role("listitem").all_inner_texts() == FIELDS
    expect(question(holder)).to_contain_text(re.compile(r"还有 \d+ 秒"))
    expect(holder.get_by_role("status").last).to_contain_text(f"{BANK} 要看您的证照")

    expect(desk.verdict(clerk).get_by_role("heading", level=1)).to_have_text("请等待")
    expect(desk.verdict(clerk)).to_contain_text(WAIT)
    expect(desk.verdict(clerk)).to_contain_text(re.compile(r"还有 \d+ 秒"))
    assert desk.shown_fields(clerk) == {}

    holder.get_by_test_id("consent-allow").tap()
    desk.expect_verdict(clerk, "accepted", "ok")
    identifier = phone.held(holder, phone.FOOD)["identifier"]
    granted = desk.granted_fields(holder, identifier, BANK_ACCOUNT)
    assert list(granted) == FIELDS
    assert desk.shown_fields(clerk) == granted
    used = holder.get_by_test_id("code-used")
    expect(used).to_contain_text(BANK)
    for words in FIELDS:
        expect(used).to_contain_text(words)
    expect(clerk.locator("#today-summary")).to_have_text("今天 · 通过 1 · 未通过 0")


def test_a_no_is_told_to_both_and_in_the_history(open_phone: OpenPage, open_desk: OpenPage) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-bank")
    ask(holder, clerk)
    holder.get_by_test_id("consent-refuse").tap()
    desk.expect_verdict(clerk, "refused", "consent_refused")
    expect(desk.verdict(clerk)).to_contain_text("不同意出示电子证照不影响办理")
    expect(told(holder)).to_have_text(f"您没有允许，{BANK}没有看到任何信息。")
    expect(question(holder)).to_be_hidden()
    holder.goto("/wallet/uses")
    newest = holder.get_by_test_id("use-history").get_by_role("listitem").first
    expect(newest).to_contain_text("您未允许")
    expect(newest).to_contain_text(f"想看、没有看到：{'、'.join(FIELDS)}")


def test_after_a_no_the_code_may_be_shown_again(open_phone: OpenPage, open_desk: OpenPage) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-bank")
    first = ask(holder, clerk)
    holder.get_by_test_id("consent-refuse").tap()
    expect(told(holder)).to_contain_text("没有看到任何信息")
    holder.get_by_role("button", name="再亮一次").tap()
    desk.type_in(clerk, phone.drawn_text(holder, other_than=first))
    desk.expect_verdict(clerk, "pending", "consent_pending")
    holder.get_by_test_id("consent-allow").tap()
    desk.expect_verdict(clerk, "accepted", "ok")


def test_who_does_not_answer_in_time_has_shown_nothing(
    open_phone: OpenPage, open_desk: OpenPage, data: Path
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-bank")
    ask(holder, clerk)
    let_time_pass(data, 90)
    desk.expect_verdict(clerk, "refused", "consent_expired")
    expect(desk.verdict(clerk)).to_contain_text("请持证人重新亮码后再扫")
    expect(told(holder)).to_have_text(f"没有在时限内选择，{BANK}没有看到任何信息。")
    expect(holder.get_by_role("button", name="再亮一次")).to_be_visible()
    holder.goto("/wallet/uses")
    uses = holder.get_by_test_id("use-history").get_by_role("listitem")
    expect(uses.filter(has_text="未选择").first).to_contain_text("、".join(FIELDS))


def test_the_last_seconds_have_no_buttons_once_they_are_over(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-bank")
    holder.clock.install()
    clerk.clock.install()
    ask(holder, clerk)
    for page in (holder, clerk):
        page.clock.fast_forward(61 * SECOND)
    expect(holder.get_by_role("status").last).to_have_text(re.compile(r"^还有 [1-3]\d 秒$"))
    for page in (holder, clerk):
        page.context.set_offline(True)
        page.clock.fast_forward(30 * SECOND)
    expect(question(holder)).to_contain_text("时间已到")
    expect(holder.get_by_test_id("consent-allow")).to_be_hidden()
    expect(desk.verdict(clerk)).to_contain_text("时间已到，正在取结果")
    clerk.clock.fast_forward(30 * SECOND)
    desk.expect_verdict(clerk, "error", "offline")
    clerk.context.set_offline(False)
    clerk.get_by_test_id("verdict-next").click()
    desk.expect_verdict(clerk, "pending", "consent_pending")
    holder.context.set_offline(False)


def test_back_takes_the_question_back(open_phone: OpenPage, open_desk: OpenPage) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-bank")
    ask(holder, clerk)
    with holder.expect_response(lambda answer: answer.request.method == "DELETE"):
        holder.keyboard.press("Escape")
    expect(holder.locator("dialog")).to_be_hidden()
    desk.expect_verdict(clerk, "refused", "withdrawn")


def test_an_answer_without_a_network_can_be_given_again(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-bank")
    ask(holder, clerk)
    holder.context.set_offline(True)
    holder.get_by_test_id("consent-allow").tap()
    expect(question(holder).get_by_role("alert")).to_contain_text("您的选择没有送到")
    holder.context.set_offline(False)
    holder.get_by_test_id("consent-allow").tap()
    desk.expect_verdict(clerk, "accepted", "ok")
    expect(holder.get_by_test_id("code-used")).to_be_visible()


def test_an_answer_that_was_not_taken_is_said_to_be_so_while_the_phone_goes_on_asking(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-bank")
    ask(holder, clerk)
    problem = {"slug": "unavailable", "status": 503, "title": "", "detail": ""}
    holder.route("**/consent", lambda route: route.fulfill(status=503, json=problem), times=1)
    holder.get_by_test_id("consent-allow").tap()
    unsent = question(holder).get_by_role("alert")
    expect(unsent).to_contain_text("您的选择没有送到")
    for _ in range(2):
        with holder.expect_response(re.compile(r"/api/v1/me/codes/[^/]+$")):
            pass
    expect(unsent).to_be_visible()
    holder.get_by_test_id("consent-allow").tap()
    desk.expect_verdict(clerk, "accepted", "ok")


def test_a_session_that_ends_while_the_desk_asks_leads_to_sign_in(
    playwright: Playwright, address: str, open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-bank")
    ask(holder, clerk)
    browsers.sign_out_elsewhere(playwright, address, holder.context)
    expect(told(holder)).to_contain_text("登录已过期")
    expect(question(holder)).to_be_hidden()
    expect(holder.get_by_test_id("consent-allow")).to_be_hidden()


def test_a_new_scan_takes_the_place_of_what_is_waited_for(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, other, clerk = open_phone("holder-li"), open_phone("holder-li"), open_desk("desk-bank")
    ask(holder, clerk)
    waits_for = clerk.locator("#today-list button").first
    asked: list[str] = []
    desk.type_in(clerk, phone.show(other))
    expect(question(other)).to_be_visible()
    other.get_by_test_id("consent-refuse").tap()
    desk.expect_verdict(clerk, "refused", "consent_refused")
    clerk.on("request", lambda request: asked.append(request.url))
    holder.get_by_test_id("consent-allow").tap()
    expect(holder.get_by_test_id("code-used")).to_be_visible()
    desk.expect_verdict(clerk, "refused", "consent_refused")
    assert asked == []
    expect(waits_for).to_contain_text("持证人未允许")
    clerk.locator("#today-list button").nth(1).click()
    desk.expect_verdict(clerk, "accepted", "ok")
    assert list(desk.shown_fields(clerk)) == FIELDS


def test_the_same_code_scanned_again_after_the_yes_shows_the_fields(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-bank")
    text = ask(holder, clerk)
    holder.get_by_test_id("consent-allow").tap()
    desk.expect_verdict(clerk, "accepted", "ok")
    desk.type_in(clerk, text)
    expect(desk.verdict(clerk)).to_contain_text("这是同一次结果")
    desk.expect_verdict(clerk, "accepted", "ok")
    assert list(desk.shown_fields(clerk)) == FIELDS


def test_an_item_that_asks_is_not_judged_without_a_network(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-bank")
    desk.open_desk_page(clerk, BANK_ACCOUNT)
    expect(clerk.get_by_role("main")).to_contain_text("本事项须持证人同意")
    text = phone.show(holder)
    clerk.context.set_offline(True)
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "error", "cannot_ask")
    expect(desk.verdict(clerk)).to_contain_text("断网时不能询问")
    clerk.context.set_offline(False)
    clerk.get_by_test_id("verdict-next").click()
    desk.expect_verdict(clerk, "pending", "consent_pending")


def test_by_keys_alone_the_answer_is_given(open_phone: OpenPage, open_desk: OpenPage) -> None:
    holder, clerk = open_desk("holder-li"), open_desk("desk-bank")
    ask(holder, clerk)
    expect(question(holder).get_by_role("heading")).to_be_focused()
    holder.keyboard.press("Tab")
    expect(holder.get_by_test_id("consent-refuse")).to_be_focused()
    holder.keyboard.press("Tab")
    expect(holder.get_by_test_id("consent-allow")).to_be_focused()
    holder.keyboard.press("Enter")
    desk.expect_verdict(clerk, "accepted", "ok")
    expect(holder.get_by_test_id("code-used")).to_be_visible()
    expect(holder.locator("#code-title")).to_be_focused()

"""The issuer's pages: a licence found and suspended, a file sent in; by keys, without scripts, in
English."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser.conftest import Opens
from tests.browser.test_keyboard import tab_to
from tests.support import browser as browsers
from tests.support import desk, phone, site
from tests.support.batches import csv_of, row_of
from tests.support.browser import OpenPage
from tests.support.in_step import WHAT
from tests.support.licences import FOOD, food_licence
from tests.support.statuses import BASIS, REASON

CLERK = "issuer-chen"
DEMO = Path(__file__).parents[2] / "wallet" / "demo" / "data"
CODE = json.loads((DEMO / "people.json").read_text("utf-8"))["holders"]["holder-li"]["code"]


def find(page: Page, text: str) -> None:
    """Search from the home page, and open the special equipment operator's certificate."""
    page.goto("/issuer")
    page.get_by_test_id("find-text").fill(text)
    page.get_by_test_id("find").click()
    page.get_by_test_id("found-licence").filter(has_text="特种设备").get_by_role("link").click()


def csv_file(content: bytes) -> FilePayload:
    """A file to be chosen in a form."""
    return {"name": "证照.csv", "mimeType": "text/csv", "buffer": content}


def press_enter(page: Page, until: str) -> None:
    """Press Enter, and wait for the page that it leads to."""
    page.keyboard.press("Enter")
    page.locator(until).first.wait_for()


def change(page: Page, word: str) -> None:
    """From a licence's page: change its status, with reason and basis, and confirm."""
    page.get_by_test_id("change-status").click()
    page.get_by_label(word).first.check()
    page.get_by_label("原因").fill(REASON)
    page.get_by_label("依据").fill(BASIS)
    page.get_by_test_id("to-confirm").click()
    page.get_by_test_id("confirm-change").click()


def expect_standing(page: Page, status: str) -> None:
    """How the licence's page says that it stands."""
    expect(page.get_by_test_id("standing")).to_have_attribute("data-status", status)


def test_a_licence_is_found_suspended_refused_at_a_desk_and_resumed(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk, issuer = open_phone("holder-li"), open_desk("desk-zhao"), open_desk(CLERK)
    text = phone.show(holder, phone.FORKLIFT)
    find(issuer, CODE)
    assert CODE not in issuer.url
    assert CODE not in issuer.get_by_test_id("face").inner_text()
    issuer.get_by_test_id("reveal").click()
    assert CODE in issuer.get_by_test_id("face").inner_text()
    change(issuer, "暂停使用")
    expect_standing(issuer, "suspended")
    expect(issuer.get_by_test_id("history")).to_contain_text(REASON)
    desk.open_desk_page(clerk, desk.OPERATOR_REVIEW)
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "refused", "licence_suspended")
    change(issuer, "恢复为")
    expect_standing(issuer, "valid")


def test_a_file_is_sent_in_watched_and_its_bad_line_named(open_desk: OpenPage, data: Path) -> None:
    page = open_desk(CLERK)
    rows = [row_of(food_licence(data)) for _ in range(40)]
    rows[24] = row_of(food_licence(data), 有效期止="2000-01-01")
    page.goto(f"/issuer/batches?type={FOOD}")
    page.get_by_label("文件", exact=True).set_input_files(csv_file(csv_of(rows)))
    page.get_by_test_id("upload").click()
    page.wait_for_url("**/issuer/batches/*")
    expect(page.get_by_test_id("batch-state")).to_have_attribute("data-state", "done")
    expect(page.get_by_test_id("batch-stored")).to_have_text("39")
    expect(page.get_by_test_id("fault")).to_contain_text(["第 26 行"])
    expect(page.get_by_test_id("fault")).to_contain_text(["有效期止"])
    with page.expect_download() as download:
        page.get_by_test_id("errors-csv").click()
    assert "validity_reversed" in Path(download.value.path()).read_text("utf-8-sig")


def test_by_keys_alone_a_status_is_changed_and_changed_back(open_desk: OpenPage) -> None:
    page = open_desk(CLERK)
    page.goto("/issuer")
    tab_to(page, '[data-testid="find-text"]')
    page.keyboard.insert_text(CODE)
    press_enter(page, "[data-testid=found-licence]")
    for standing in ("suspended", "valid"):
        if standing == "suspended":
            tab_to(page, '[data-testid="found-licence"] a')
            press_enter(page, "[data-testid=change-status]")
        tab_to(page, '[data-testid="change-status"]')
        press_enter(page, "#reason")
        tab_to(page, "input[name=code]")
        page.keyboard.press("Space")
        tab_to(page, "#reason")
        page.keyboard.insert_text(REASON)
        tab_to(page, "#basis")
        page.keyboard.insert_text(BASIS)
        press_enter(page, "[data-testid=confirm-change]")
        tab_to(page, '[data-testid="confirm-change"]')
        press_enter(page, "[data-testid=history]")
        expect(page.get_by_role("status").first).to_contain_text("状态已变更")
        expect_standing(page, standing)


def test_without_scripts_the_search_the_change_and_the_upload_work(
    browser: Browser, address: str, contexts: Opens, data: Path
) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False, locale="zh-CN")
    page = contexts(context, CLERK)
    find(page, "李明")
    for word, standing in (("暂停使用", "suspended"), ("恢复为", "valid")):
        change(page, word)
        expect_standing(page, standing)
    page.goto(f"/issuer/batches?type={FOOD}")
    page.locator("#file").set_input_files(csv_file(csv_of([row_of(food_licence(data))])))
    page.get_by_test_id("upload").click()
    expect(page.get_by_test_id("batch-state")).to_have_attribute("data-state", "done")


def test_force_majeure_is_reported_and_closed_without_scripts(
    browser: Browser, address: str, contexts: Opens
) -> None:
    context = browser.new_context(
        base_url=address,
        java_script_enabled=False,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport=browsers.PHONE,
    )
    page = contexts(context, CLERK)
    page.goto("/issuer")
    page.get_by_role("link", name="同步与归集").click()
    page.get_by_role("link", name="不可抗力").click()
    page.get_by_test_id("report-new").click()
    page.get_by_label("故障开始时间").fill("2026-01-05T08:00")
    page.get_by_label("发生了什么").fill(WHAT)
    page.get_by_label("食品经营许可证").check()
    page.get_by_label("已采取的措施").fill(REASON)
    page.get_by_test_id("send-report").click()
    state = page.get_by_test_id("report-state")
    expect(state).to_have_attribute("data-state", "open")
    page.get_by_label("排除时间").fill("2026-01-06T17:00")
    page.get_by_test_id("to-clear").click()
    expect(page.get_by_text("2026-01-09")).to_be_visible()  # the Friday, of a Tuesday
    assert site.overflow(page) == []
    page.get_by_test_id("confirm").click()
    expect(state).to_have_attribute("data-state", "overdue")
    page.get_by_label("积压件数").fill("12")
    page.get_by_test_id("to-close").click()
    page.get_by_test_id("confirm").click()
    expect(state).to_have_attribute("data-state", "closed")
    expect(page.get_by_role("status")).to_contain_text("已办结")


def test_on_paper_the_page_is_left_and_the_menu_is_not(open_desk: OpenPage) -> None:
    page = open_desk(CLERK)
    page.goto("/issuer/licences")
    page.emulate_media(media="print")
    expect(page.locator(".console-nav")).to_be_hidden()
    expect(page.get_by_role("main")).to_be_visible()

"""Several licences in one code, chosen one by one or by the matter they are for."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.support import desk, phone, site
from tests.support.browser import OpenPage

DRIVING = "driving-licence"
IDENTITY = "identity-at-counter"
BUSINESS = "business-licence"


def pick(page: Page, type_code: str) -> Locator:
    """The box of the licence of that type."""
    return page.locator(f'input[value="{phone.held(page, type_code)["identifier"]}"]')


def test_two_licences_chosen_by_hand_are_seen_by_the_desk_with_one_scan(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    holder.goto("/wallet")
    holder.get_by_test_id("choose").tap()
    go = holder.get_by_test_id("show-code")
    expect(go).to_be_disabled()
    for type_code in (DRIVING, phone.FORKLIFT):
        pick(holder, type_code).check()
    expect(holder.get_by_text("已选 2 本")).to_be_visible()
    go.tap()
    text = phone.drawn_text(holder)
    sheet = holder.locator("dialog")
    expect(sheet.get_by_role("heading", level=1)).to_have_text(re.compile("等 2 本$"))
    expect(sheet.locator("#code-line")).to_contain_text(
        "机动车驾驶证、特种设备安全管理和作业人员证"
    )
    desk.open_desk_page(clerk, IDENTITY)
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "accepted", "ok")
    shown = desk.verdict(clerk)
    expect(shown).to_contain_text("机动车驾驶证")
    expect(shown).to_contain_text("特种设备安全管理和作业人员证")
    expect(holder.get_by_test_id("code-used")).to_be_visible()
    assert site.overflow(holder) == []


def test_a_matter_chooses_and_says_what_is_lacking(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    page.goto("/wallet/together")
    page.get_by_text("选要办的事").tap()
    page.get_by_role("searchbox").fill("开便利店")
    page.get_by_role("button", name="查找").tap()
    page.get_by_role("link", name=re.compile("开便利店一件事")).tap()
    matter = page.get_by_test_id("matter")
    expect(matter).to_contain_text("公共场所卫生许可证：已于")
    expect(matter).to_contain_text("您还没有这些电子证照：营业执照")
    expect(matter).to_contain_text("可持纸质证照原件到本大厅")
    expect(pick(page, phone.FOOD)).to_be_checked()
    expect(pick(page, DRIVING)).not_to_be_checked()
    with page.expect_request("**/api/v1/me/codes") as asked:
        page.get_by_test_id("show-code").tap()
    assert asked.value.post_data_json == {
        "licences": [phone.held(page, phone.FOOD)["identifier"]],
        "item": "open-a-shop",
    }
    phone.drawn_text(page)
    expect(page.locator("#code-hint")).to_have_text("办理“开便利店一件事”，请窗口人员扫码核验")
    page.get_by_test_id("withdraw-code").tap()
    page.get_by_role("link", name="换一个").tap()
    expect(page.get_by_test_id("matter")).to_have_count(0)


def test_own_and_entrusted_licences_are_not_offered_in_one_code(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    page.goto("/wallet/together")
    boxes = page.get_by_role("checkbox")
    boxes.nth(1).evaluate("box => { box.dataset.right = '王*'; }")
    boxes.nth(0).check()
    expect(page.get_by_test_id("show-code")).to_be_enabled()
    boxes.nth(1).check()
    expect(page.get_by_role("status").first).to_contain_text("不能放在一个码里")
    expect(page.get_by_test_id("show-code")).to_be_disabled()
    boxes.nth(0).uncheck()
    expect(page.get_by_test_id("show-code")).to_be_enabled()


def test_too_many_for_one_code_are_refused_in_words_and_can_be_chosen_anew(
    open_phone: OpenPage,
) -> None:
    page = open_phone("holder-li")
    page.goto("/wallet/together")
    page.route(
        "**/api/v1/me/codes",
        lambda route: route.fulfill(
            status=422, json={"slug": "too_many_licences", "status": 422, "detail": "太多"}
        ),
    )
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_test_id("show-code").tap()
    expect(page.locator("dialog")).to_contain_text("一个码放不下这么多证照")
    page.get_by_role("button", name="关闭").tap()
    expect(page.get_by_role("checkbox").first).to_be_checked()


def test_whatever_is_chosen_in_the_demo_goes_into_one_code_or_is_refused(
    open_phone: OpenPage,
) -> None:
    page = open_phone("holder-li")
    page.goto("/wallet/together")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_test_id("show-code").tap()
    sheet = page.locator("dialog")
    expect(
        sheet.get_by_test_id("live-code").or_(sheet.get_by_text("一个码放不下")).first
    ).to_be_visible()


def test_a_code_that_is_not_scanned_for_a_while_asks_for_more_light(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    page.clock.install()
    phone.show(page)
    hint = page.locator("#code-hint")
    page.clock.fast_forward(8_000)
    expect(hint).to_have_text("请窗口人员扫码核验")
    page.clock.fast_forward(3_000)
    expect(hint).to_have_text("扫不上？请把屏幕调亮，再离远一点")
    page.get_by_test_id("withdraw-code").tap()
    phone.show(page)
    expect(hint).to_have_text("请窗口人员扫码核验")


def test_a_line_with_licence_and_time_moves_below_the_code(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    phone.show(page)
    line = page.locator("#code-line")
    expect(line).to_contain_text(re.compile(r"食品经营许可证 \d\d:\d\d:\d\d"))
    moves = "line => line.getAnimations().some((one) => one.playState === 'running')"
    assert line.evaluate(moves)
    page.emulate_media(reduced_motion="reduce")
    assert not line.evaluate(moves)
    said = line.inner_text()
    expect(line).not_to_have_text(said)

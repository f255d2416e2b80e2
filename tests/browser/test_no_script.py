"""Without scripts: the wallet is searched, a code is shown, used, renewed and withdrawn."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import zxingcpp
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_drawn_code import read_picture
from tests.support import browser as browsers
from tests.support import desk, phone
from tests.support.browser import OpenPage
from tests.support.watch import Watch


@pytest.fixture(params=[(390, 844), (320, 640)], ids=["390", "320"])
def plain(
    request: pytest.FixtureRequest, browser: Browser, address: str, watch: Watch
) -> Iterator[Page]:
    """A phone of holder-li whose browser runs no script."""
    width, height = request.param
    with browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        device_scale_factor=2,
        java_script_enabled=False,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    ) as context:
        watch.over(context)
        browsers.sign_in(context, "holder-li")
        yield context.new_page()


def test_a_code_is_two_taps_away_is_read_and_its_use_is_seen(
    plain: Page, open_desk: OpenPage
) -> None:
    plain.goto("/wallet")
    phone.card(plain, phone.FOOD).get_by_test_id("show-code").click()
    code = phone.live_code(plain)
    text = code.get_attribute("data-text")
    assert text is not None
    read = read_picture(code.screenshot())
    assert (read.text, read.format) == (text, zxingcpp.BarcodeFormat.QRCode)
    assert text.split("#")[1] not in plain.url
    box = code.bounding_box()
    assert box is not None
    assert box["width"] >= 300
    expect(plain.get_by_test_id("withdraw-code")).to_be_visible()
    clerk = open_desk("desk-zhao")
    desk.open_desk_page(clerk)
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "accepted", "ok")
    # Nobody taps: the page asks again by itself.
    expect(plain.get_by_test_id("code-used")).to_contain_text("3 号窗口")
    expect(plain.get_by_test_id("code-used")).to_contain_text("食品经营许可证延续")
    plain.get_by_test_id("show-again").click()
    assert phone.live_code(plain).get_attribute("data-text") != text


def test_it_is_renewed_by_itself_and_withdrawn_at_a_tap(plain: Page, open_desk: OpenPage) -> None:
    plain.goto(f"/wallet/{phone.held(plain, phone.FOOD)['identifier']}")
    plain.get_by_test_id("show-code").click()
    first = str(phone.live_code(plain).get_attribute("data-text"))
    expect(phone.live_code(plain)).not_to_have_attribute("data-text", first)
    plain.get_by_test_id("withdraw-code").click()
    expect(plain.get_by_role("main")).to_contain_text("此码已收起")
    clerk = open_desk("desk-zhao")
    desk.open_desk_page(clerk)
    desk.type_in(clerk, first)
    desk.expect_verdict(clerk, "refused", "withdrawn")


def test_by_a_desk_number_the_code_reaches_the_desk_whose_name_was_confirmed(
    plain: Page, open_desk: OpenPage
) -> None:
    clerk = open_desk("desk-zhao")
    desk.open_desk_page(clerk)
    clerk.get_by_test_id("draw-number").click()
    digits = clerk.get_by_test_id("desk-number")
    expect(digits).to_have_text(re.compile(r"^\d{3} \d{3}$"))
    plain.goto("/wallet")
    phone.card(plain, phone.FOOD).get_by_test_id("show-code").click()
    plain.get_by_test_id("enter-number").click()
    expect(plain.get_by_test_id("number-input")).to_be_focused()
    plain.keyboard.type("12")
    plain.keyboard.press("Enter")
    expect(plain.get_by_role("alert")).to_contain_text("6 位数字")
    plain.get_by_test_id("number-input").fill(digits.inner_text())
    plain.get_by_test_id("number-send").click()
    expect(plain.get_by_role("main")).to_contain_text("东胜区政务服务大厅（演示）")
    expect(plain.get_by_role("main")).to_contain_text("3 号窗口")
    plain.get_by_test_id("number-send").click()
    desk.expect_verdict(clerk, "accepted", "ok")
    expect(plain.get_by_test_id("code-used")).to_contain_text("3 号窗口")


def test_search_and_choice_work_without_a_script_too(plain: Page) -> None:
    plain.goto("/wallet")
    plain.get_by_role("searchbox").fill("驾驶")
    plain.get_by_role("button", name="查找").click()
    expect(plain.get_by_test_id("licence-card")).to_have_count(1)
    expect(plain).to_have_url(re.compile(r"/wallet$"))
    plain.get_by_role("link", name="显示全部").click()
    plain.get_by_test_id("choose").click()
    for box in plain.get_by_role("checkbox").all()[:2]:
        box.check()
    plain.get_by_test_id("show-code").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text(re.compile("等 2 本"))
    assert read_picture(phone.live_code(plain).screenshot()).text == phone.live_code(
        plain
    ).get_attribute("data-text")

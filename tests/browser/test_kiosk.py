"""A screen in the hall: whoever chooses slowly loses nothing, and whoever walks away leaves nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.support.browser import OpenPage
from tests.support.watch import Watch
from wallet import numbers
from wallet.demo.data import load_holders

TOUCH = "/kiosk/touch"
EVERY = 20


@pytest.fixture
def screen(browser: Browser, address: str, watch: Watch) -> Iterator[Page]:
    """A browser in the hall that has no session of anybody."""
    with browser.new_context(
        base_url=address, viewport={"width": 1280, "height": 800}, locale="zh-CN"
    ) as context:
        watch.over(context)
        yield context.new_page()


def test_taps_on_choices_keep_the_screen_and_no_taps_end_it(
    screen: Page, open_desk: OpenPage
) -> None:
    screen.goto("/kiosk")
    screen.get_by_test_id("start").click()
    number = screen.get_by_test_id("number").inner_text()
    wang = open_desk("counter-wang")
    wang.goto("/")
    wang.keyboard.type(load_holders()["holder-elder"].code)
    wang.get_by_label("办什么事").fill("申领高龄津贴")
    wang.get_by_test_id("begin").click()
    wang.get_by_test_id("kiosk-number").fill(number)
    wang.get_by_test_id("release").click()
    expect(wang.get_by_test_id("kiosk-serving")).to_be_visible()

    screen.clock.install()
    expect(screen.get_by_test_id("served")).to_be_visible()
    screen.get_by_role("link", name="窗口办事本人核对").click()
    expect(screen.get_by_test_id("print")).to_be_visible()
    touches: list[Request] = []
    screen.on("request", lambda one: touches.append(one) if one.url.endswith(TOUCH) else None)
    for seconds in (1, 1):  # soon after each other: told once
        screen.get_by_role("checkbox").first.click()
        screen.clock.run_for(seconds * 1000)
    assert touches == []
    with screen.expect_response(lambda one: one.url.endswith(TOUCH)) as told:
        screen.clock.run_for(EVERY * 1000)
    assert told.value.status == 204
    screen.get_by_role("checkbox").first.check()
    screen.clock.run_for((numbers.KIOSK_IDLE - 1) * 1000)
    screen.get_by_role("checkbox").last.check()
    screen.clock.run_for((numbers.KIOSK_IDLE - 1) * 1000)
    expect(screen.get_by_role("checkbox").first).to_be_checked()
    assert len(touches) > 1

    wang.get_by_test_id("take-back-kiosk").click()
    expect(wang.get_by_test_id("kiosk-serving")).to_have_count(0)
    screen.clock.run_for((numbers.KIOSK_IDLE + 1) * 1000)
    expect(screen.get_by_test_id("start")).to_be_visible()
    screen.go_back()
    expect(screen.get_by_test_id("served")).to_have_count(0)

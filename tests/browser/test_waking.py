"""A phone that slept, lies on its side, must not fall asleep, or moves nothing: the code on it is still true."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support import desk, phone
from tests.support.browser import OpenPage
from tests.support.page_time import SECOND, hide, stand_still

NEXT = "**/api/v1/me/codes/*/next"

_KEEP_LOCKS = """
window.locks = [];
Object.defineProperty(navigator, "wakeLock", { configurable: true, value: {
  request: async () => {
    const lock = { held: true, release: async () => { lock.held = false; } };
    window.locks.push(lock);
    return lock;
  },
} });
"""


def held(page: Page) -> list[bool]:
    """Of each wake lock that was asked for, whether it is held."""
    locks: list[bool] = page.evaluate("window.locks.map((lock) => lock.held)")
    return locks


def test_a_code_that_ended_in_its_sleep_is_gone_before_the_page_is_painted(
    open_phone: OpenPage,
) -> None:
    page = open_phone("holder-li")
    page.clock.install()
    phone.show(page)
    stand_still(page)
    hide(page, hidden=True)
    page.route(NEXT, lambda route: None)
    # Time has passed and no timer has gone off: what the page does, it does as it is woken.
    page.evaluate("(late) => { const now = Date.now; Date.now = () => now() + late; }", 61 * SECOND)
    hide(page, hidden=False)
    assert page.evaluate("document.getElementById('code-live').hidden")


def test_a_phone_that_slept_past_its_code_shows_a_new_one(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    page, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    page.clock.install()
    first = phone.show(page)
    hide(page, hidden=True)
    page.clock.fast_forward(5 * 60 * SECOND)
    hide(page, hidden=False)
    text = phone.drawn_text(page, other_than=first)
    desk.open_desk_page(clerk)
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "accepted", "ok")
    expect(page.get_by_test_id("code-used")).to_be_visible()


def test_a_phone_that_wakes_without_a_network_shows_no_code_that_has_ended(
    open_phone: OpenPage,
) -> None:
    page = open_phone("holder-li")
    page.clock.install()
    first = phone.show(page)
    hide(page, hidden=True)
    page.context.set_offline(True)
    page.clock.fast_forward(61 * SECOND)
    hide(page, hidden=False)
    expect(phone.live_code(page)).to_be_hidden()
    expect(page.locator("dialog")).to_contain_text("网络不通，暂时不能亮码")
    page.context.set_offline(False)
    assert phone.drawn_text(page, other_than=first) != first


def test_a_showing_that_ended_in_its_sleep_says_so(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    page.clock.install()
    phone.show(page)
    hide(page, hidden=True)
    over = {"slug": "showing_ended", "status": 409, "title": "", "detail": ""}
    page.route(NEXT, lambda route: route.fulfill(status=409, json=over))
    page.clock.fast_forward(11 * 60 * SECOND)
    hide(page, hidden=False)
    expect(page.locator("dialog")).to_contain_text("本次亮码已满 10 分钟")
    expect(phone.live_code(page)).to_be_hidden()


def test_one_showing_in_two_tabs_is_used_in_both(open_phone: OpenPage, open_desk: OpenPage) -> None:
    page, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    page.goto("/wallet")
    licence = phone.held(page, phone.FOOD)["identifier"]
    token = next(one["value"] for one in page.context.cookies() if one["name"] == "csrf_token")
    form = {"licence": licence, "csrf_token": token}
    opened = page.request.post("/wallet/code", form=form, max_redirects=0)
    address = opened.headers["location"]
    other = page.context.new_page()
    texts = []
    for tab in (page, other):
        tab.goto(address)
        texts.append(phone.drawn_text(tab))
    desk.open_desk_page(clerk)
    desk.type_in(clerk, texts[0])
    desk.expect_verdict(clerk, "accepted", "ok")
    for tab in (page, other):
        tab.goto(address)
        expect(tab.get_by_test_id("code-used")).to_contain_text("3 号窗口")
        expect(phone.live_code(tab)).to_have_count(0)
    desk.open_desk_page(clerk, desk.OPERATOR_REVIEW)
    desk.open_desk_page(clerk)
    desk.type_in(clerk, texts[1])
    expect(clerk.get_by_test_id("verdict")).to_have_attribute("data-verdict", "accepted")


def test_the_screen_is_kept_on_as_long_as_there_is_a_code(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    page.add_init_script(_KEEP_LOCKS)
    page.goto("/wallet")
    assert held(page) == []
    phone.show(page)
    assert held(page) == [True]
    page.get_by_test_id("withdraw-code").tap()
    expect(page.locator("dialog")).to_be_hidden()
    assert held(page) == [False]


def test_a_used_code_lets_the_screen_go_and_a_phone_that_woke_keeps_it_again(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    page, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    page.add_init_script(_KEEP_LOCKS)
    text = phone.show(page)
    # The browser lets go by itself when the screen goes off.
    page.evaluate("window.locks[0].release()")
    hide(page, hidden=True)
    hide(page, hidden=False)
    assert held(page) == [False, True]
    desk.open_desk_page(clerk)
    desk.type_in(clerk, text)
    expect(page.get_by_test_id("code-used")).to_be_visible()
    assert not any(held(page))
    hide(page, hidden=False)
    assert not any(held(page))


@pytest.mark.parametrize(
    "wake_lock",
    ["undefined", "{ request: () => Promise.reject(new DOMException('', 'NotAllowedError')) }"],
)
def test_a_phone_that_cannot_be_kept_on_shows_the_code_as_well(
    open_phone: OpenPage, wake_lock: str
) -> None:
    page = open_phone("holder-li")
    page.add_init_script(f"Object.defineProperty(navigator, 'wakeLock', {{ value: {wake_lock} }});")
    phone.show(page)
    page.get_by_test_id("withdraw-code").tap()
    expect(page.locator("dialog")).to_be_hidden()


def test_on_its_side_the_phone_holds_code_time_and_buttons_at_once(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    phone.show(page)
    page.set_viewport_size({"width": 844, "height": 390})
    for part in ("live-code", "code-countdown", "withdraw-code"):
        expect(page.get_by_test_id(part)).to_be_in_viewport(ratio=1)
    box: Any = phone.live_code(page).bounding_box()
    assert box["width"] == box["height"] >= 300


def test_who_wants_nothing_to_move_sees_the_time_go_on_in_figures(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    page.emulate_media(reduced_motion="reduce")
    page.clock.install()
    phone.show(page)
    line = page.locator("#code-line")
    moving = "document.getAnimations().filter((one) => one.playState === 'running').length"
    assert page.evaluate(moving) == 0
    expect(line).to_be_visible()
    before = line.inner_text()
    page.clock.run_for(2 * SECOND)
    expect(line).not_to_have_text(before)

"""A clerk leaves the desk: one key covers it, and only the clerk opens it again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.support import browser as browsers
from tests.support import desk, offline, phone
from tests.support.browser import OpenPage
from tests.support.consent import BANK_ACCOUNT
from wallet import numbers

SECOND = 1000
UNLOCKING = re.compile(r"/step-up\?next=/desk$")
KEPT = """async () => {
  const { get } = await import(new URL("../desk/store.js", document.querySelector("script[type=module]").src));
  return [await caches.has("desk-page"), await get("kept", "trust") !== undefined];
}"""


def unlock(page: Page) -> None:
    """Prove again who one is."""
    page.get_by_test_id("step-up").click()
    expect(page).to_have_url(re.compile(r"/desk$"))


def hold(page: Page, address: str) -> list[Route]:
    """Requests to that address wait in this list until they are let on."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(address, keep)
    return held


def cover(page: Page) -> Locator:
    return page.get_by_test_id("locked")


def test_one_key_covers_the_desk_and_its_clerk_goes_on_where_it_was(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    desk.open_desk_page(clerk, desk.OPERATOR_REVIEW)
    desk.type_in(clerk, phone.show(holder, phone.FORKLIFT))
    desk.expect_verdict(clerk, "accepted", "ok")
    seen = [value for value in desk.shown_fields(clerk).values() if len(value) > 1]
    clerk.keyboard.press("F9")
    expect(clerk).to_have_url(UNLOCKING)
    expect(clerk.get_by_role("heading", name="已锁屏")).to_be_visible()
    expect(clerk.get_by_test_id("step-up")).to_be_focused()
    body = clerk.locator("body").inner_text()
    assert not [value for value in seen if value in body]
    clerk.goto("/desk")
    expect(clerk).to_have_url(UNLOCKING)
    unlock(clerk)
    expect(clerk.get_by_test_id("item-select")).to_have_value(desk.OPERATOR_REVIEW)
    expect(clerk.locator("#today-summary")).to_have_text("今天 · 通过 1 · 未通过 0")
    clerk.locator("#today-list button").first.click()
    desk.expect_verdict(clerk, "accepted", "ok")
    clerk.get_by_test_id("verdict-next").click()
    desk.expect_ready(clerk)


def test_the_lock_covers_every_tab_and_takes_page_and_keys_along(open_desk: OpenPage) -> None:
    page = open_desk("desk-zhao")
    desk.open_desk_page(page)
    offline.wait_until_prepared(page)
    other = page.context.new_page()
    desk.open_desk_page(other)
    other.get_by_test_id("lock").click()
    for tab in (other, page):
        expect(tab).to_have_url(UNLOCKING)
    assert page.evaluate(KEPT) == [False, False]


def test_a_desk_that_nobody_uses_says_so_and_then_locks_itself(open_desk: OpenPage) -> None:
    page = open_desk("desk-zhao")
    page.clock.install()
    desk.open_desk_page(page)
    page.clock.fast_forward((numbers.DESK_IDLE_LOCK - 20) * 1000)
    expect(page.get_by_test_id("lock-note")).to_contain_text("自动锁屏")
    page.keyboard.press("Shift")
    page.clock.fast_forward(2000)
    expect(page.get_by_test_id("lock-note")).to_be_hidden()
    page.clock.fast_forward((numbers.DESK_IDLE_LOCK - 20) * 1000)
    expect(page.get_by_test_id("lock-note")).to_be_visible()
    page.clock.fast_forward(21_000)
    expect(page).to_have_url(UNLOCKING)


def test_an_answer_that_arrives_while_the_desk_is_locked_shows_nothing_until_it_is_opened_again(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-bank")
    text = phone.show(holder)
    clerk.clock.install()
    desk.open_desk_page(clerk, BANK_ACCOUNT)
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "pending", "consent_pending")
    held = hold(clerk, "**/api/v1/desk/lock")
    with clerk.expect_request("**/api/v1/desk/lock"):
        clerk.keyboard.press("F9")
    asked: list[str] = []
    clerk.on("request", lambda request: asked.append(request.url))
    holder.get_by_test_id("consent-allow").tap()
    expect(holder.get_by_test_id("code-used")).to_be_visible()
    clerk.clock.run_for(5 * SECOND)
    expect(cover(clerk)).to_be_visible()
    assert desk.shown_fields(clerk) == {}
    assert not [url for url in asked if "/verifications" in url]
    held[0].continue_()
    expect(clerk).to_have_url(UNLOCKING)
    unlock(clerk)
    clerk.locator("#today-list button").first.click()
    desk.expect_verdict(clerk, "accepted", "ok")
    assert len(desk.shown_fields(clerk)) == 3


def test_a_verdict_that_comes_after_the_lock_is_in_the_list_and_not_on_the_screen(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    desk.open_desk_page(clerk)
    text = phone.show(holder)
    judged = hold(clerk, "**/api/v1/verifications")
    told = hold(clerk, "**/api/v1/desk/lock")
    with clerk.expect_request("**/api/v1/verifications"):
        desk.type_in(clerk, text)
    with clerk.expect_request("**/api/v1/desk/lock"):
        clerk.keyboard.press("F9")
    with clerk.expect_response("**/api/v1/verifications"):
        judged[0].continue_()
    expect(cover(clerk)).to_be_visible()
    expect(desk.verdict(clerk)).to_be_hidden()
    assert desk.shown_fields(clerk) == {}
    told[0].continue_()
    expect(clerk).to_have_url(UNLOCKING)
    unlock(clerk)
    clerk.locator("#today-list button").first.click()
    desk.expect_verdict(clerk, "accepted", "ok")


def test_a_lock_ends_the_camera_and_scanning_goes_on_once_the_desk_is_opened_again(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    clerk.add_init_script(path=Path(__file__).with_name("canvas_camera.js"))
    desk.open_desk_page(clerk)
    expect(clerk.locator("#viewport.on")).to_have_count(0)
    clerk.get_by_test_id("scan-start").click()
    expect(clerk.locator("#viewport.on")).to_be_visible()
    told = hold(clerk, "**/api/v1/desk/lock")
    with clerk.expect_request("**/api/v1/desk/lock"):
        clerk.keyboard.press("F9")
    assert clerk.evaluate("document.getElementById('video').srcObject") is None
    told[0].continue_()
    expect(clerk).to_have_url(UNLOCKING)
    unlock(clerk)
    expect(clerk.locator("#viewport.on")).to_be_visible()
    phone.show(holder)
    picture = phone.photograph(holder)
    clerk.evaluate("picture => holdUp(new Uint8Array(picture))", list(picture))
    desk.expect_verdict(clerk, "accepted", "ok")


def test_a_lock_takes_the_desk_number_off_the_screen_and_ends_it(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    desk.open_desk_page(clerk)
    clerk.get_by_test_id("draw-number").click()
    digits = clerk.get_by_test_id("desk-number")
    expect(digits).to_have_text(re.compile(r"^\d{3} \d{3}$"))
    number = digits.inner_text().replace(" ", "")
    assert holder.request.get(f"/api/v1/desk-numbers/{number}").status == 200
    clerk.keyboard.press("F9")
    expect(clerk).to_have_url(UNLOCKING)
    assert holder.request.get(f"/api/v1/desk-numbers/{number}").status == 404
    unlock(clerk)
    expect(clerk.get_by_test_id("draw-number")).to_be_visible()


@pytest.mark.parametrize("reopened", [False, True])
def test_without_a_network_the_desk_stays_covered_until_the_library_is_told(
    open_desk: OpenPage, data: Path, reopened: bool
) -> None:
    page = open_desk("desk-zhao")
    bundle = page.request.get("/.well-known/liangzheng-trust").json()
    library = offline.library(data, bundle)
    desk.open_desk_page(page)
    offline.wait_until_prepared(page)
    offline.cut(page)
    page.keyboard.press("F9")
    expect(cover(page)).to_contain_text("网络不通。屏幕已遮住")
    page.keyboard.press("Escape")
    page.keyboard.insert_text(library.live(issued=0))
    page.keyboard.press("Enter")
    expect(cover(page)).to_be_visible()
    expect(page.locator("#deskbar")).to_be_hidden()
    expect(page.locator("#desk")).to_be_hidden()
    expect(desk.verdict(page)).to_be_hidden()
    if reopened:
        page.evaluate("window.stop()")
        page.context.set_offline(False)
        page.goto("/desk")
    else:
        page.context.set_offline(False)
    expect(page).to_have_url(UNLOCKING)
    unlock(page)
    expect(page.locator("#network")).to_have_text("在线")


def test_somebody_else_signs_out_whoever_locked_the_desk(open_desk: OpenPage) -> None:
    page = open_desk("desk-zhao")
    desk.open_desk_page(page)
    page.keyboard.press("F9")
    page.get_by_test_id("sign-out").click()
    expect(page).to_have_url(re.compile(r"/$"))
    browsers.sign_in(page.context, "desk-qian")
    desk.open_desk_page(page)
    expect(page.locator(".who")).to_contain_text("钱")

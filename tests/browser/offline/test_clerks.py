"""Whose desk it is: a clerk who has left judges no more, and nobody judges in another's name."""

from __future__ import annotations

import re
from typing import Final

import pytest
from playwright.sync_api import Dialog, Error, Page, Playwright, expect

from tests.support import browser as browsers
from tests.support import desk, offline, phone
from tests.support.browser import OpenPage
from tests.support.offline import Library

_NOTHING_KEPT: Final = """async () => {
  const { get } = await import(new URL("../desk/store.js", document.querySelector("script[type=module]").src));
  return !(await caches.has("desk-page")) && await get("kept", "trust") === undefined;
}"""


def test_a_clerk_whose_session_has_ended_is_asked_to_sign_in_and_nothing_is_lost(
    clerk: Page, playwright: Playwright, address: str, open_phone: OpenPage
) -> None:
    desk.type_in(clerk, phone.show(open_phone("holder-li")))
    desk.expect_verdict(clerk, "accepted", "ok")
    browsers.sign_out_elsewhere(playwright, address, clerk.context)
    offline.restore(clerk)
    expect(clerk.get_by_text("有 1 条离线核验还没有上报，登录后自动上报。")).to_be_visible()
    expect(clerk.locator("#unsent-sign-in")).to_be_visible()
    offline.expect_unsent(clerk, "1 条待上报")
    browsers.sign_in(clerk.context, "desk-qian")
    desk.open_desk_page(clerk)
    expect(clerk.get_by_text("有 1 条离线核验是其他工作人员做的")).to_be_visible()
    browsers.sign_in(clerk.context, "desk-zhao")
    desk.open_desk_page(clerk)
    expect(clerk.get_by_test_id("unsent")).to_be_empty()
    expect(clerk.get_by_test_id("conflict")).to_have_count(0)


def test_signing_out_takes_page_and_keys_along_and_leaves_what_is_not_reported(
    clerk: Page, open_phone: OpenPage
) -> None:
    desk.type_in(clerk, phone.show(open_phone("holder-li")))
    desk.expect_verdict(clerk, "accepted", "ok")
    clerk.route("**/api/v1/offline-verifications", lambda route: route.fulfill(status=503))
    offline.restore(clerk)
    asked: list[str] = []
    clerk.goto("/account")

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    clerk.on("dialog", agree)
    clerk.get_by_test_id("sign-out").click()
    expect(clerk).to_have_url(re.compile(r"/$"))
    assert [message.partition("。")[0] for message in asked] == ["有 1 条离线核验还没有上报"]
    left = clerk.evaluate(
        """async () => {
          const { all, get } = await import(new URL("../desk/store.js", document.querySelector("script[type=module]").src));
          return [await caches.has("desk-page"), await get("kept", "trust"), (await all("unsent")).length];
        }"""
    )
    assert left == [False, None, 1]


def test_signing_out_ends_the_desk_in_every_tab(open_desk: OpenPage) -> None:
    page = open_desk("desk-zhao")
    desk.open_desk_page(page)
    offline.wait_until_prepared(page)
    other = page.context.new_page()
    other.goto("/account")
    other.get_by_test_id("sign-out").click()
    for tab in (other, page):
        expect(tab).to_have_url(re.compile(r"/$"))
        expect(tab.get_by_test_id("item-select")).to_have_count(0)
    offline.wait_for(page, _NOTHING_KEPT)


def test_a_desk_judges_nothing_any_more_once_its_clerk_has_signed_out(
    open_desk: OpenPage, library: Library
) -> None:
    page = open_desk("desk-zhao")
    desk.open_desk_page(page)
    offline.wait_until_prepared(page)
    page.route(re.compile(r"/$"), lambda route: route.fulfill(status=204))  # it cannot leave
    page.evaluate("new BroadcastChannel('desk').postMessage(null)")
    offline.wait_for(page, _NOTHING_KEPT)
    page.context.set_offline(True)
    desk.type_in(page, library.live(issued=0))
    desk.expect_verdict(page, "error", "offline")


def test_the_sign_in_page_takes_away_the_page_of_a_clerk_whose_session_has_ended(
    playwright: Playwright, address: str, open_desk: OpenPage
) -> None:
    page = open_desk("desk-zhao")
    desk.open_desk_page(page)
    offline.wait_until_prepared(page)
    browsers.sign_out_elsewhere(playwright, address, page.context)
    page.goto("/")
    offline.wait_for(page, "async () => !(await caches.has('desk-page'))")


def test_another_clerk_does_not_get_the_page_that_was_kept_for_the_former(
    open_desk: OpenPage,
) -> None:
    page = open_desk("desk-zhao")
    desk.open_desk_page(page)
    offline.wait_until_prepared(page)
    browsers.sign_in(page.context, "desk-qian")
    page.context.set_offline(True)
    with pytest.raises(Error, match="ERR_"):
        page.reload()
    page.context.set_offline(False)
    desk.open_desk_page(page)
    own = page.locator("#desk").get_attribute("data-account")
    page.context.set_offline(True)
    offline.reopen(page)
    expect(page.locator("#desk")).to_have_attribute("data-account", str(own))
    expect(page.locator(".who")).to_contain_text("钱")


def test_the_former_clerks_tab_ends_when_another_clerk_opens_the_desk(open_desk: OpenPage) -> None:
    former = open_desk("desk-zhao")
    desk.open_desk_page(former)
    was = former.locator("#desk").get_attribute("data-account")
    browsers.sign_in(former.context, "desk-qian")
    own = former.context.new_page()
    desk.open_desk_page(own)
    now = own.locator("#desk").get_attribute("data-account")
    assert was != now
    expect(former.locator("#desk")).to_have_attribute("data-account", str(now))

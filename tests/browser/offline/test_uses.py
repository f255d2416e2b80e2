"""A live code is accepted once at a desk, with a network or without; paper again and again."""

from __future__ import annotations

import time
from typing import Final

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support import desk, offline, phone
from tests.support.browser import OpenPage
from tests.support.offline import FOOD_TYPE, Library

_NO_USES: Final = """async () => {
  const { all } = await import(new URL("../desk/store.js", document.querySelector("script[type=module]").src));
  return (await all("used")).length === 0;
}"""


def test_a_code_that_was_accepted_here_is_refused_the_second_time_even_after_a_reload(
    clerk: Page, open_phone: OpenPage
) -> None:
    text = phone.show(open_phone("holder-li"))
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "accepted", "ok")
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "refused", "already_used")
    assert desk.shown_fields(clerk) == {}
    clerk.reload()
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "refused", "already_used")
    offline.expect_unsent(clerk, "3 条待上报")


def test_of_two_tabs_at_once_one_accepts(clerk: Page, open_phone: OpenPage) -> None:
    text = phone.show(open_phone("holder-li"))
    other = clerk.context.new_page()
    other.goto("/desk")
    for page in (clerk, other):
        page.get_by_test_id("scan-text").fill(text)
    for page in (clerk, other):
        page.evaluate("document.getElementById('type').requestSubmit()")
    for page in (clerk, other):
        expect(desk.verdict(page)).to_be_visible()
    reasons = [desk.verdict(page).get_attribute("data-reason") for page in (clerk, other)]
    assert sorted(map(str, reasons)) == ["already_used", "ok"]


def test_a_paper_code_may_be_shown_again(clerk: Page, library: Library) -> None:
    text = library.paper()
    for _ in range(2):
        desk.type_in(clerk, text)
        desk.expect_verdict(clerk, "accepted", "ok")
        expect(clerk.get_by_test_id("unchecked")).to_contain_text("是否给本单位使用")
        clerk.keyboard.press("Enter")
        desk.expect_ready(clerk)


@pytest.mark.parametrize("later", [180, 660 + 2 * 30 - 5])
def test_a_showing_that_was_accepted_here_is_refused_for_as_long_as_it_can_go_on(
    clerk: Page, library: Library, later: int
) -> None:
    began = int(time.time())
    desk.type_in(clerk, library.live(issued=0))
    desk.expect_verdict(clerk, "accepted", "ok")
    clerk.clock.set_fixed_time(began + later)
    offline.reopen(clerk)
    desk.type_in(clerk, library.live(issued=later))  # a later code of the same showing
    desk.expect_verdict(clerk, "refused", "already_used")


def test_a_showing_that_can_go_on_no_longer_is_forgotten(clerk: Page, library: Library) -> None:
    began = int(time.time())
    desk.type_in(clerk, library.live(issued=0))
    desk.expect_verdict(clerk, "accepted", "ok")
    clerk.clock.set_fixed_time(began + 660 + 2 * 30 + 5)
    offline.reopen(clerk)
    offline.wait_for(clerk, _NO_USES)


def test_what_the_library_accepted_at_this_desk_is_refused_without_a_network(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    text, page = phone.show(open_phone("holder-li")), open_desk("desk-zhao")
    desk.open_desk_page(page)
    offline.wait_until_prepared(page)
    desk.type_in(page, text)
    desk.expect_verdict(page, "accepted", "ok")
    page.keyboard.press("Enter")
    desk.expect_ready(page)
    offline.cut(page)
    desk.type_in(page, text)
    desk.expect_verdict(page, "refused", "already_used")
    assert desk.shown_fields(page) == {}
    offline.reopen(page)
    desk.type_in(page, text)
    desk.expect_verdict(page, "refused", "already_used")


def test_a_code_that_was_used_elsewhere_is_refused_without_a_network_once_this_desk_knows(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    text, page = phone.show(open_phone("holder-li")), open_desk("desk-zhao")
    colleague = open_desk("desk-qian")
    for at in (colleague, page):
        desk.open_desk_page(at)
        offline.wait_until_prepared(at)
        desk.type_in(at, text)
    desk.expect_verdict(page, "refused", "already_used")
    page.keyboard.press("Enter")
    desk.expect_ready(page)
    offline.cut(page)
    desk.type_in(page, text)
    desk.expect_verdict(page, "refused", "already_used")


def test_a_code_that_was_withdrawn_is_refused_without_a_network_once_this_desk_knows(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, page = open_phone("holder-li"), open_desk("desk-zhao")
    text = phone.show(holder)
    with holder.expect_response(lambda answer: answer.request.method == "DELETE"):
        holder.get_by_test_id("withdraw-code").tap()
    desk.open_desk_page(page)
    offline.wait_until_prepared(page)
    desk.type_in(page, text)
    desk.expect_verdict(page, "refused", "withdrawn")
    page.keyboard.press("Enter")
    desk.expect_ready(page)
    offline.cut(page)
    desk.type_in(page, text)
    desk.expect_verdict(page, "refused", "withdrawn")
    offline.restore(page)
    expect(page.get_by_test_id("unsent")).to_be_empty()
    expect(page.get_by_test_id("conflict")).to_have_count(0)


def test_a_use_whose_answer_was_lost_on_its_way_is_accepted_and_is_no_conflict(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    text, page = phone.show(open_phone("holder-li")), open_desk("desk-zhao")
    desk.open_desk_page(page)
    offline.wait_until_prepared(page)

    def lose(route: Route) -> None:
        assert route.fetch().json()["verdict"] == "accepted"
        route.abort()

    page.route("**/api/v1/verifications", lose)
    desk.type_in(page, text)
    desk.expect_verdict(page, "accepted", "ok")
    expect(desk.verdict(page).locator(".offline-tag")).to_be_visible()
    expect(page.get_by_test_id("unsent")).to_be_empty()
    expect(page.get_by_test_id("conflict")).to_have_count(0)


def test_a_licence_that_the_item_does_not_take_is_not_judged_and_not_used_up(
    clerk: Page, library: Library
) -> None:
    other = next(key for key, name in library.bundle.types.items() if name != FOOD_TYPE)
    desk.type_in(clerk, library.live(issued=0, t=other))
    desk.expect_verdict(clerk, "error", "not_permitted")
    offline.expect_unsent(clerk, "")
    desk.type_in(clerk, library.live(issued=0))  # a code of the same showing
    desk.expect_verdict(clerk, "accepted", "ok")

"""The desk's list of today: whatever this clerk judged at this computer, in any tab, until the desk is handed over."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support import desk, phone
from tests.support.browser import OpenPage


def summary(page: Page) -> str:
    return page.locator("#today-summary").inner_text()


def test_every_tab_shows_the_same_list_and_a_new_one_has_it_too(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, page = open_phone("holder-li"), open_desk("desk-zhao")
    desk.open_desk_page(page)
    other = page.context.new_page()
    desk.open_desk_page(other)
    desk.type_in(page, phone.show(holder))
    desk.expect_verdict(page, "accepted", "ok")
    desk.type_in(other, "no code of ours")
    desk.expect_verdict(other, "refused", "malformed")
    for tab in (page, other):
        expect(tab.locator("#today-summary")).to_have_text("今天 · 通过 1 · 未通过 1")
    page.close()
    other.close()
    later = other.context.new_page()
    later.goto("/desk")
    expect(later.locator("#today-list li")).to_have_count(2)
    later.locator("#today-list button").nth(1).click()
    desk.expect_verdict(later, "accepted", "ok")


def test_what_could_not_be_judged_is_neither_accepted_nor_refused(open_desk: OpenPage) -> None:
    page = open_desk("desk-zhao")
    desk.open_desk_page(page)
    verdict = {
        "id": "v", "verdict": "undetermined", "reason": "trust_stale", "message": "请稍候再扫。",
        "checked_at": "2026-11-27T10:32:09+08:00", "status_as_of": "2026-11-27T10:32:09+08:00",
        "licences": [], "unchecked": [],
    }  # fmt: skip
    page.route("**/api/v1/verifications", lambda route: route.fulfill(json=verdict))
    desk.type_in(page, "something")
    desk.expect_verdict(page, "undetermined", "trust_stale")
    expect(page.locator("#today-summary")).to_have_text("今天 · 通过 0 · 未通过 0 · 无法判断 1")


def test_the_list_of_another_day_is_gone(open_desk: OpenPage) -> None:
    page = open_desk("desk-zhao")
    desk.open_desk_page(page)
    desk.type_in(page, "no code of ours")
    desk.expect_verdict(page, "refused", "malformed")
    page.close()
    later = page.context.new_page()
    later.clock.install(time="2036-01-01T08:00:00+08:00")
    later.goto("/desk")
    expect(later.locator("#today-summary")).to_have_text("今天 · 通过 0 · 未通过 0")
    assert (
        later.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('desk.today'))")
        == []
    )


def test_another_clerk_at_the_same_computer_begins_with_nothing(open_desk: OpenPage) -> None:
    page = open_desk("desk-zhao")
    desk.open_desk_page(page)
    desk.type_in(page, "no code of ours")
    desk.expect_verdict(page, "refused", "malformed")
    page.context.request.post("/demo/session", form={"persona": "desk-qian"})
    page.goto("/desk")
    assert summary(page) == "今天 · 通过 0 · 未通过 0"

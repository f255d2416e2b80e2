"""What was judged offline is reported, and what the library found otherwise is shown."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from tests.support import desk, offline, phone
from tests.support.browser import OpenPage
from tests.support.offline import FOOD_TYPE, Library


def test_good_expired_and_revoked_codes_are_judged_offline_and_one_conflict_comes_back(
    clerk: Page, library: Library, open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, colleague = open_phone("holder-li"), open_desk("desk-qian")
    used_elsewhere = phone.show(holder)
    desk.open_desk_page(colleague)
    desk.type_in(colleague, used_elsewhere)
    desk.expect_verdict(colleague, "accepted", "ok")

    desk.type_in(clerk, used_elsewhere)
    desk.expect_verdict(clerk, "accepted", "ok")
    desk.type_in(clerk, library.live(issued=-200))
    desk.expect_verdict(clerk, "refused", "expired")
    desk.type_in(clerk, library.revoked_paper())
    desk.expect_verdict(clerk, "refused", "copy_revoked")
    expect(desk.verdict(clerk)).to_contain_text("纸质件")
    fresh = phone.show(holder)
    desk.type_in(clerk, fresh)
    desk.expect_verdict(clerk, "accepted", "ok")
    offline.expect_unsent(clerk, "4 条待上报")

    offline.restore(clerk)
    expect(clerk.get_by_test_id("unsent")).to_be_empty()
    expect(clerk.get_by_test_id("conflict")).to_have_count(1)
    conflict = clerk.get_by_test_id("conflict")
    expect(conflict).to_have_attribute("data-reason", "already_used")
    expect(conflict).to_contain_text("离线时已通过，库中查到不能用")
    expect(conflict).to_contain_text(FOOD_TYPE)
    expect(clerk.locator("#today-list .entry.refused")).to_have_count(3)
    expect(phone.live_code(holder)).to_be_hidden()  # the phone was told that it was used

    clerk.reload()
    expect(clerk.get_by_test_id("conflict")).to_have_count(1)
    clerk.get_by_role("button", name="知道了").click()
    expect(clerk.get_by_test_id("conflict")).to_have_count(0)
    clerk.reload()
    expect(clerk.locator("#today-list li")).to_have_count(4)
    expect(clerk.get_by_test_id("conflict")).to_have_count(0)


def test_what_the_library_refuses_does_not_stay_on_the_screen_as_accepted(
    clerk: Page, open_phone: OpenPage, open_desk: OpenPage
) -> None:
    text, colleague = phone.show(open_phone("holder-li")), open_desk("desk-qian")
    desk.open_desk_page(colleague)
    desk.type_in(colleague, text)
    desk.expect_verdict(colleague, "accepted", "ok")
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "accepted", "ok")
    offline.restore(clerk)
    desk.expect_verdict(clerk, "refused", "already_used")
    assert desk.shown_fields(clerk) == {}
    expect(clerk.get_by_test_id("conflict")).to_have_count(1)
    clerk.keyboard.press("Enter")
    desk.expect_ready(clerk)
    expect(clerk.get_by_test_id("conflict")).to_have_count(1)


_JUDGE = """async (judgements) => {
  const { judgeAlone } = await import(new URL("../desk/alone.js", document.querySelector("script[type=module]").src));
  const { account } = document.getElementById("desk").dataset;
  for (const [text, item] of judgements) await judgeAlone(text, { item, account, label: () => text });
}"""


def test_a_long_outage_is_reported_in_portions_as_fast_as_the_library_takes_them(
    clerk: Page,
) -> None:
    clerk.evaluate(_JUDGE, [[f"no code {number}", desk.FOOD_RENEWAL] for number in range(120)])
    sent: list[int] = []

    def answer(route: Route) -> None:
        sent.append(len((route.request.post_data_json or {})["judgements"]))
        if len(sent) == 2:
            route.fulfill(
                status=429, headers={"Retry-After": "1"}, json={"slug": "too_many_requests"}
            )
        else:
            route.continue_()

    clerk.reload()
    expect(clerk.get_by_test_id("unsent")).to_have_text("120 条待上报")
    expect(clerk.locator("#network")).to_contain_text("断网")
    clerk.route("**/offline-verifications", answer)
    offline.restore(clerk)
    expect(clerk.get_by_test_id("unsent")).to_be_empty()
    assert sent == [50, 50, 50, 20]


def test_what_the_library_does_not_take_in_holds_up_nothing_and_is_shown(clerk: Page) -> None:
    items = [desk.FOOD_RENEWAL, "no-such-item", "no\u0007item", desk.FOOD_RENEWAL]
    clerk.evaluate(_JUDGE, [[f"no code {number}", item] for number, item in enumerate(items)])
    clerk.reload()
    expect(clerk.get_by_test_id("unsent")).to_have_text("4 条待上报")
    offline.restore(clerk)
    expect(clerk.get_by_test_id("unsent")).to_be_empty()
    shown = clerk.get_by_test_id("conflict")
    expect(shown).to_have_count(2)
    expect(shown.filter(has_text="no code 1")).to_have_attribute("data-reason", "not_permitted")
    expect(shown.filter(has_text="no code 2")).to_have_attribute("data-reason", "invalid")
    expect(shown.first).to_contain_text("离线核验没有被系统接收")


def test_what_became_of_the_person_is_reported_too(clerk: Page, open_phone: OpenPage) -> None:
    holder = open_phone("holder-li")
    desk.type_in(clerk, phone.show(holder))
    desk.expect_verdict(clerk, "accepted", "ok")
    clerk.get_by_test_id("person-mismatch").click()
    expect(desk.verdict(clerk)).to_contain_text("已记录：人与证照不符")
    offline.restore(clerk)
    expect(clerk.get_by_test_id("unsent")).to_be_empty()
    use = holder.request.get("/api/v1/me/uses").json()["items"][0]
    assert (use["served"], use["offline"]) == ("person_mismatch", True)

"""What a clerk does after a scan: served, not the person, or simply the next one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.support import browser as browsers
from tests.support import desk, phone
from tests.support.browser import OpenPage

NO_WEBCRYPTO = "Object.defineProperty(crypto, 'subtle', { value: undefined })"
"""As on a page that came over plain http from another computer."""


def accepted(holder: Page, clerk: Page, item: str = desk.FOOD_RENEWAL) -> str:
    """Show a licence and have it accepted at the desk; gives the code's text."""
    desk.open_desk_page(clerk, item)
    shown = phone.FORKLIFT if item == desk.OPERATOR_REVIEW else phone.FOOD
    text = phone.show(holder, shown)
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "accepted", "ok")
    return text


def last_use(holder: Page) -> dict[str, object]:
    uses: list[dict[str, object]] = holder.request.get("/api/v1/me/uses").json()["items"]
    return uses[0]


def test_an_item_with_a_photo_shows_it_beside_exactly_its_fields(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    accepted(holder, clerk, desk.OPERATOR_REVIEW)
    identifier = phone.held(holder, phone.FORKLIFT)["identifier"]
    granted = desk.granted_fields(holder, identifier, desk.OPERATOR_REVIEW)
    assert desk.shown_fields(clerk) == granted
    photo = desk.verdict(clerk).get_by_role("img", name="证照上的照片")
    assert photo.evaluate("image => image.naturalWidth") > 100
    expect(desk.verdict(clerk)).to_contain_text(
        f"只显示本事项登记的 {len(granted) + 1} 项信息（含照片）"
    )


def test_enter_serves_the_person_and_readies_the_desk(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    accepted(holder, clerk)
    with clerk.expect_response("**/outcome") as told:
        clerk.keyboard.press("Enter")
    assert told.value.request.post_data_json == {"outcome": "served"}
    assert told.value.status == 204
    desk.expect_ready(clerk)
    assert desk.shown_fields(clerk) == {}


def test_enter_leaves_a_refusal_for_the_next_person(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    text = accepted(holder, clerk)
    qian = open_desk("desk-qian")
    desk.open_desk_page(qian)
    desk.type_in(qian, text)
    desk.expect_verdict(qian, "refused", "already_used")
    channel = desk.verdict(qian).get_by_text("不用手机也能办")
    expect(channel).to_be_visible()
    qian.keyboard.press("Enter")
    desk.expect_ready(qian)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_verdict_is_read_from_two_metres_with_what_to_do_and_the_way_without_a_phone(
    open_desk: OpenPage, width: int
) -> None:
    clerk = open_desk("desk-zhao")
    clerk.set_viewport_size({"width": width, "height": 844})
    desk.open_desk_page(clerk)
    items = clerk.request.get("/api/v1/items").json()["items"]
    channel = next(one for one in items if one["code"] == desk.FOOD_RENEWAL)["traditional_channel"]
    desk.type_in(clerk, "no code of ours")
    desk.expect_verdict(clerk, "refused", "malformed")
    shown = desk.verdict(clerk)
    band = shown.locator(".band")
    across = band.bounding_box(), shown.bounding_box()
    assert across[0] is not None
    assert across[1] is not None
    assert across[0]["width"] == across[1]["width"]
    size = band.get_by_role("heading").evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    assert size >= (60 if width == 1280 else 40)  # px; of 15 mm and more
    expect(band.locator(".mark svg")).to_be_visible()
    expect(band.get_by_role("heading")).to_have_text("未通过")
    expect(band).to_contain_text("请持证人重新亮码")
    expect(shown).to_contain_text(f"不用手机也能办：{channel}")
    expect(clerk.get_by_test_id("verdict-next")).to_be_in_viewport()


def test_a_person_who_does_not_match_is_recorded_and_the_holder_learns_of_it(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    accepted(holder, clerk, desk.OPERATOR_REVIEW)
    with clerk.expect_response("**/outcome") as told:
        clerk.get_by_role("button", name="人与照片不符").click()
    assert told.value.request.post_data_json == {"outcome": "person_mismatch"}
    assert told.value.status == 204
    expect(desk.verdict(clerk)).to_contain_text("已记录：人与证照不符")
    assert desk.shown_fields(clerk) == {}
    expect(desk.verdict(clerk).get_by_role("img", name="证照上的照片")).to_have_count(0)
    clerk.keyboard.press("Enter")
    desk.expect_ready(clerk)
    holder.goto("/wallet/uses")
    newest = holder.get_by_test_id("use-history").get_by_role("listitem").first
    expect(newest).to_contain_text("窗口认为不是本人")


def test_a_new_scan_replaces_the_verdict_without_a_click(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    accepted(holder, clerk)
    clerk.keyboard.type("https://example.org/no-code-of-ours")
    clerk.keyboard.press("Enter")
    desk.expect_verdict(clerk, "refused", "malformed")
    assert desk.shown_fields(clerk) == {}
    clerk.keyboard.type(phone.show(holder))
    clerk.keyboard.press("Enter")
    desk.expect_verdict(clerk, "accepted", "ok")


def test_a_verdict_that_a_quick_second_scan_replaced_can_be_opened_again(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    accepted(holder, clerk)
    fields = desk.shown_fields(clerk)
    expect(clerk.get_by_test_id("unserved")).to_be_hidden()
    desk.type_in(clerk, "no code of ours")
    desk.expect_verdict(clerk, "refused", "malformed")
    clerk.get_by_test_id("unserved").focus()
    clerk.keyboard.press("Enter")
    desk.expect_verdict(clerk, "accepted", "ok")
    assert desk.shown_fields(clerk) == fields
    expect(clerk.get_by_test_id("unserved")).to_be_hidden()


def test_a_verdict_that_was_finished_is_not_offered_again(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    accepted(holder, clerk)
    clerk.keyboard.press("Enter")
    desk.expect_ready(clerk)
    desk.type_in(clerk, "no code of ours")
    desk.expect_verdict(clerk, "refused", "malformed")
    expect(clerk.get_by_test_id("unserved")).to_be_hidden()


def test_the_same_desk_gets_its_answer_again_and_no_second_use(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    text = accepted(holder, clerk)
    with clerk.expect_response("**/api/v1/verifications") as judged:
        desk.type_in(clerk, text)
    expect(desk.verdict(clerk)).to_contain_text("同一个码刚刚已核验")
    assert judged.value.json()["id"] == last_use(holder)["id"]
    expect(clerk.locator("#today-list li")).to_have_count(1)


def test_a_licence_that_the_item_does_not_cover_is_not_judged_and_not_used_up(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    desk.open_desk_page(clerk, desk.OPERATOR_REVIEW)
    text = phone.show(holder)
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "error", "not_permitted")
    expect(desk.verdict(clerk)).to_contain_text("此码没有用掉")
    clerk.get_by_test_id("item-select").select_option(desk.FOOD_RENEWAL)
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "accepted", "ok")


def test_the_chosen_item_is_still_chosen_after_a_reload(open_desk: OpenPage) -> None:
    clerk = open_desk("desk-zhao")
    desk.open_desk_page(clerk, desk.OPERATOR_REVIEW)
    clerk.reload()
    expect(clerk.get_by_test_id("item-select")).to_have_value(desk.OPERATOR_REVIEW)


def test_fields_leave_the_screen_after_two_minutes_and_the_verdict_stays(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    clerk.clock.install()
    accepted(holder, clerk)
    clerk.clock.fast_forward(110_000)
    assert len(desk.shown_fields(clerk)) == 4
    clerk.clock.fast_forward(11_000)
    expect(desk.verdict(clerk)).to_contain_text("两分钟后不再显示")
    assert desk.shown_fields(clerk) == {}
    desk.expect_verdict(clerk, "accepted", "ok")


def test_a_desk_that_can_neither_ask_nor_judge_says_so_and_enter_tries_again(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    clerk.add_init_script(NO_WEBCRYPTO)
    text = phone.show(holder)
    desk.open_desk_page(clerk)
    clerk.context.set_offline(True)
    expect(clerk.locator("#network")).to_contain_text("断网")
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "error", "offline")
    clerk.context.set_offline(False)
    expect(clerk.locator("#network")).to_contain_text("在线")
    clerk.keyboard.press("Enter")
    desk.expect_verdict(clerk, "accepted", "ok")


def test_a_desk_whose_session_has_ended_is_led_to_sign_in(
    playwright: Playwright, address: str, open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    text = phone.show(holder)
    desk.open_desk_page(clerk)
    browsers.sign_out_elsewhere(playwright, address, clerk.context)
    desk.type_in(clerk, text)
    expect(desk.verdict(clerk)).to_contain_text("登录已过期，请重新登录")
    expect(desk.verdict(clerk)).to_have_attribute("data-verdict", "error")
    clerk.keyboard.press("Enter")
    expect(clerk).to_have_url(re.compile(r"/\?next=%2Fdesk$"))

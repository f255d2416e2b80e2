"""After a scan the desk says what else the matter needs, and what of it need not be handed in again."""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Page, Request, expect

from tests.support import desk, phone
from tests.support.browser import OpenPage
from tests.support.holdings import DRIVING_CARD, ON_POST, OPERATOR_CARD, REGISTRATION

ASKED: Final = "/api/v1/holdings"


def scanned(holder: Page, clerk: Page, item: str, licence: str) -> list[str]:
    """Show a licence and have it accepted; gives the paths that the page has asked meanwhile."""
    desk.open_desk_page(clerk, item)
    text, asked = phone.show(holder, licence), []

    def note(request: Request) -> None:
        if request.method == "POST":
            asked.append("/" + request.url.split("/", 3)[3])

    clerk.on("request", note)
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "accepted", "ok")
    return asked


@pytest.mark.parametrize("width", [1280, 390])
def test_it_says_what_need_not_be_handed_in_and_what_is_still_needed(
    open_phone: OpenPage, open_desk: OpenPage, width: int
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    clerk.set_viewport_size({"width": width, "height": 844})
    asked = scanned(holder, clerk, ON_POST, phone.FORKLIFT)
    told = clerk.get_by_test_id("materials")
    expect(told).to_contain_text(f"不用再交：{DRIVING_CARD}（库里有）。")
    expect(told).to_contain_text(f"还需要：{REGISTRATION}。库里没有可以用的，请申请人提交。")
    expect(told).not_to_contain_text(OPERATOR_CARD)
    assert asked == ["/api/v1/verifications", ASKED]
    assert clerk.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_paper_that_is_wanted_nonetheless_is_recorded_with_reason_and_basis(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    scanned(holder, clerk, ON_POST, phone.FORKLIFT)
    clerk.get_by_test_id("want-paper").click()
    clerk.get_by_label("理由").fill("照片看不清")
    clerk.get_by_label("依据").fill("《条例》第九条")
    with clerk.expect_response("**/refusals") as sent:
        clerk.keyboard.press("Enter")
    assert sent.value.status == 201
    assert DRIVING_CARD in str(sent.value.request.post_data_json)
    expect(clerk.get_by_test_id("materials")).to_contain_text("已登记")
    desk.expect_verdict(clerk, "accepted", "ok")  # Enter in the form serves nobody
    holder.goto("/wallet/uses")
    expect(holder.get_by_text(f"窗口仍要求交纸质的“{DRIVING_CARD}”。").first).to_be_visible()


def test_an_item_with_one_material_asks_nothing_more(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    asked = scanned(holder, clerk, desk.OPERATOR_REVIEW, phone.FORKLIFT)
    expect(clerk.get_by_test_id("materials")).to_be_hidden()
    assert asked == ["/api/v1/verifications"]


def test_the_next_person_begins_without_it(open_phone: OpenPage, open_desk: OpenPage) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    scanned(holder, clerk, ON_POST, phone.FORKLIFT)
    expect(clerk.get_by_test_id("materials")).to_be_visible()
    clerk.get_by_test_id("verdict-next").click()
    desk.expect_ready(clerk)
    desk.type_in(clerk, "not a code")
    desk.expect_verdict(clerk, "refused", "malformed")
    expect(clerk.get_by_test_id("materials")).to_be_hidden()

"""A lost phone: from another device all showing is stopped, at once and on every screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from tests.support import desk, phone
from tests.support.browser import OpenPage
from tests.support.consent import BANK_ACCOUNT


@contextmanager
def stopped(elsewhere: Page) -> Iterator[None]:
    """Stop all showing from another device; at the end it goes on, for the tests that follow."""
    elsewhere.goto("/wallet")
    elsewhere.get_by_role("link", name="手机丢了？立即停用亮码").tap()
    elsewhere.get_by_test_id("freeze").tap()
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("亮码已停用")
    try:
        yield
    finally:
        elsewhere.goto("/wallet/freeze")
        elsewhere.get_by_test_id("unfreeze").tap()
        expect(elsewhere.get_by_test_id("freeze")).to_be_visible()


def test_a_code_on_the_lost_phone_is_refused_and_gone_and_no_other_is_given(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    lost, elsewhere, clerk = (
        open_phone("holder-li"), open_phone("holder-li"), open_desk("desk-zhao"),
    )  # fmt: skip
    text = phone.show(lost)
    with stopped(elsewhere):
        desk.open_desk_page(clerk)
        desk.type_in(clerk, text)
        desk.expect_verdict(clerk, "refused", "withdrawn")
        expect(lost.get_by_role("dialog")).to_contain_text("您已停用亮码，已经亮出的码也已作废")
        expect(phone.live_code(lost)).to_be_hidden()
        lost.goto("/wallet")
        expect(lost.get_by_test_id("frozen")).to_contain_text("现在不能出示任何证照")
        phone.card(lost, phone.FOOD).get_by_test_id("show-code").tap()
        expect(lost.get_by_role("dialog")).to_contain_text("恢复以后才能亮码")
        lost.get_by_role("button", name="查看或恢复").tap()
        expect(lost.get_by_role("heading", level=1)).to_have_text("亮码已停用")
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "refused", "withdrawn")
    desk.type_in(clerk, phone.show(elsewhere))
    desk.expect_verdict(clerk, "accepted", "ok")
    assert lost.request.get("/api/v1/me/licences").status == 401


def test_what_a_desk_is_asking_the_lost_phone_for_is_taken_back(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    lost, elsewhere, clerk = (
        open_phone("holder-li"), open_phone("holder-li"), open_desk("desk-bank"),
    )  # fmt: skip
    text = phone.show(lost)
    desk.open_desk_page(clerk, BANK_ACCOUNT)
    desk.type_in(clerk, text)
    expect(lost.get_by_test_id("consent-allow")).to_be_visible()
    with stopped(elsewhere):
        desk.expect_verdict(clerk, "refused", "withdrawn")
        expect(lost.get_by_test_id("consent-allow")).to_be_hidden()

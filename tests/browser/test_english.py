"""English: no Chinese word is left but names and values, which stay as they are stored.

For pages as they open that is part of test_every_page.py.
"""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.support import desk, phone
from tests.support.browser import OpenPage
from tests.support.english import CHINESE, in_english, left_over, stored_words


def test_the_switch_turns_the_wallet_to_english_and_back(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    page.goto("/wallet")
    page.get_by_role("link", name="English").tap()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_url(re.compile(r"/wallet$"))
    page.get_by_role("link", name="中文").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("我的证照")


def test_no_chinese_word_is_left_from_the_code_to_its_use(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = in_english(open_phone("holder-li")), in_english(open_desk("desk-zhao"))
    stored = stored_words(holder)
    text = phone.show(holder, phone.FORKLIFT)
    assert left_over(holder, stored) == []
    desk.open_desk_page(clerk, desk.OPERATOR_REVIEW)
    assert left_over(clerk, stored) == []
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "accepted", "ok")
    assert left_over(clerk, stored) == []
    expect(holder.get_by_test_id("code-used")).to_be_visible()
    assert left_over(holder, stored) == []
    clerk.get_by_test_id("person-mismatch").click()
    expect(clerk.get_by_test_id("person-mismatch")).to_be_hidden()
    assert left_over(clerk, stored) == []


def test_a_refusal_is_told_in_english(open_desk: OpenPage) -> None:
    clerk = in_english(open_desk("desk-zhao"))
    desk.open_desk_page(clerk)
    desk.type_in(clerk, "no code of ours")
    desk.expect_verdict(clerk, "refused", "malformed")
    heading = desk.verdict(clerk).get_by_role("heading").inner_text()
    assert heading.isascii()
    sentence = desk.verdict(clerk).locator("#verdict-sentence").inner_text()
    assert not CHINESE.search(sentence)
    assert sentence


def test_a_verdict_and_a_used_code_name_type_matter_and_fields_in_english(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = in_english(open_phone("holder-li")), in_english(open_desk("desk-zhao"))
    desk.open_desk_page(clerk, desk.OPERATOR_REVIEW)
    seen = clerk.locator("#item-fields").inner_text()
    desk.type_in(clerk, phone.show(holder, phone.FORKLIFT))
    desk.expect_verdict(clerk, "accepted", "ok")
    expect(desk.verdict(clerk).locator(".judged h2")).to_have_text(
        "Special Equipment Operator Certificate"
    )
    labels = list(desk.shown_fields(clerk))
    assert set(labels) < set(seen.split(", "))
    used = holder.get_by_test_id("code-used")
    expect(used.get_by_role("heading")).to_contain_text("Verified by")
    expect(used).to_contain_text("Special equipment operator review")
    holder.goto("/wallet/uses")
    newest = holder.get_by_test_id("use-history").get_by_role("listitem").first
    for label in labels:
        assert not CHINESE.search(label)
        expect(newest).to_contain_text(label)


def test_a_problem_that_the_page_does_not_know_is_told_in_english(open_desk: OpenPage) -> None:
    clerk = in_english(open_desk("desk-zhao"))
    desk.open_desk_page(clerk)
    problem = {"slug": "something_new", "status": 409, "title": "新", "detail": "新的情况"}
    clerk.route("**/api/v1/verifications", lambda route: route.fulfill(status=409, json=problem))
    desk.type_in(clerk, "any code")
    desk.expect_verdict(clerk, "error", "something_new")
    sentence = desk.verdict(clerk).locator("#verdict-sentence").inner_text()
    assert sentence.isascii()
    assert "something_new" in sentence

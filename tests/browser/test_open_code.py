"""What any phone's camera opens: /v with the code behind the #."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support import desk, phone
from tests.support.browser import OpenPage


def state(page: Page, wanted: str) -> None:
    expect(page.locator("#answer")).to_have_attribute("data-state", wanted)


def test_a_passer_by_learns_that_a_code_is_genuine_and_nothing_else(
    open_phone: OpenPage, open_desk: OpenPage, address: str
) -> None:
    holder, passer_by, clerk = open_phone("holder-li"), open_phone(None), open_desk("desk-zhao")
    text = phone.show(holder)
    sent: list[str] = []
    passer_by.on("request", lambda request: sent.append(request.url))
    passer_by.goto(text)
    state(passer_by, "genuine")
    told = passer_by.get_by_role("status").inner_text()
    identifier = phone.held(holder, phone.FOOD)["identifier"]
    licence = holder.request.get(f"/api/v1/me/licences/{identifier}").json()
    assert not [one["value"] for one in licence["fields"] if str(one["value"]) in told]
    assert licence["identifier"] not in told

    assert passer_by.evaluate("location.href") == f"{address}/v"
    token = text.partition("#")[2]
    assert not [url for url in sent if token[:40] in url.partition("#")[0]]

    desk.open_desk_page(clerk)
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "accepted", "ok")


def test_a_passer_by_cannot_tell_a_used_or_withdrawn_code_from_a_fresh_one(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, passer_by, clerk = open_phone("holder-li"), open_phone(None), open_desk("desk-zhao")
    desk.open_desk_page(clerk)
    used = phone.show(holder)
    desk.type_in(clerk, used)
    desk.expect_verdict(clerk, "accepted", "ok")
    withdrawn = phone.show(holder)
    holder.get_by_test_id("withdraw-code").tap()
    expect(phone.live_code(holder)).to_be_hidden()
    answers = set()
    for text in (used, withdrawn, phone.show(holder)):
        passer_by.goto("/catalogue")
        passer_by.goto(text)
        state(passer_by, "genuine")
        answers.add(passer_by.get_by_role("status").inner_text())
    assert len(answers) == 1, answers


def test_an_altered_code_is_said_to_be_none_of_ours(open_phone: OpenPage) -> None:
    holder, passer_by = open_phone("holder-li"), open_phone(None)
    text = phone.show(holder)
    passer_by.goto(text[:-20] + "A" * 20)
    state(passer_by, "not_genuine")


def test_the_page_without_a_code_says_what_it_is_for(open_phone: OpenPage) -> None:
    page = open_phone(None)
    page.goto("/v")
    state(page, "none")
    expect(page.get_by_role("main")).to_contain_text("用手机相机扫一扫")


def test_a_second_code_in_the_same_tab_is_looked_at_anew(open_phone: OpenPage) -> None:
    page = open_phone(None)
    page.goto("/v")
    state(page, "none")
    page.evaluate("location.hash = 'no-code-of-ours'")
    state(page, "not_genuine")

"""A network that is slow, or a server that is overloaded: the good code stays, and nobody is pestered."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support import phone
from tests.support.browser import OpenPage
from tests.support.page_time import SECOND, calls, keep_calls, stand_still

NEXT = "**/api/v1/me/codes/*/next"
GROWING = [2, 4, 8, 15, 15]
"""Seconds between one try and the next."""


def unavailable(route: Route) -> None:
    route.fulfill(status=503, json={"slug": "unavailable"})


def shown(page: Page) -> str:
    """A code on a page whose time stands still."""
    keep_calls(page)
    page.clock.install()
    text = phone.show(page)
    stand_still(page)
    return text


def tried(page: Page) -> int:
    return len(calls(page, "POST", "/next"))


@pytest.mark.parametrize("status", [502, 503])
def test_a_server_that_fails_is_asked_again_after_pauses_that_grow(
    open_phone: OpenPage, status: int
) -> None:
    page = open_phone("holder-li")
    first = shown(page)
    page.route(NEXT, lambda route: route.fulfill(status=status, body="bad gateway"))
    with page.expect_response(NEXT):
        page.clock.run_for(30 * SECOND)
    countdown = page.get_by_test_id("code-countdown")
    for pause in GROWING:
        before = tried(page)
        page.clock.run_for(pause * SECOND - SECOND)
        assert tried(page) == before, f"not within {pause} s"
        with page.expect_response(NEXT):
            page.clock.run_for(SECOND + 100)
        if calls(page, "POST", "/next")[-1] - calls(page, "POST", "/codes")[0] < 58 * SECOND:
            expect(countdown).to_contain_text(re.compile(r"网络不通，此码还可用 \d+ 秒"))
            assert phone.live_code(page).get_attribute("data-text") == first
    expect(phone.live_code(page)).to_be_hidden()
    expect(page.locator("dialog")).to_contain_text("网络不通，暂时不能亮码")
    page.unroute(NEXT)
    with page.expect_response(NEXT):
        page.clock.run_for(16 * SECOND)
    assert phone.drawn_text(page, other_than=first) != first


def test_who_is_told_to_wait_waits_as_long(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    first = shown(page)
    busy = {"slug": "too_many", "status": 429, "title": "", "detail": ""}
    page.route(
        NEXT, lambda route: route.fulfill(status=429, json=busy, headers={"Retry-After": "20"})
    )
    with page.expect_response(NEXT):
        page.clock.run_for(30 * SECOND)
    expect(page.get_by_test_id("code-countdown")).to_contain_text("此码还可用")
    before = tried(page)
    page.clock.run_for(19 * SECOND)
    assert tried(page) == before
    page.unroute(NEXT)
    with page.expect_response(NEXT):
        page.clock.run_for(SECOND + 100)
    assert phone.drawn_text(page, other_than=first) != first


def test_an_answer_that_never_comes_is_given_up_and_the_code_stays_good_meanwhile(
    open_phone: OpenPage,
) -> None:
    page = open_phone("holder-li")
    first = shown(page)
    held: list[Route] = []
    page.route(NEXT, lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks its handlers
    with page.expect_request(NEXT):
        page.clock.run_for(30 * SECOND)
    page.clock.run_for(14 * SECOND)
    assert phone.live_code(page).get_attribute("data-text") == first
    expect(phone.live_code(page)).to_be_visible()
    page.clock.run_for(SECOND + 100)
    expect(page.get_by_test_id("code-countdown")).to_contain_text("此码还可用")
    page.unroute(NEXT)
    with page.expect_response(NEXT):
        page.clock.run_for(3 * SECOND)
    assert phone.drawn_text(page, other_than=first) != first
    assert len(held) == 1


def test_questions_about_the_code_grow_rare_while_nobody_answers_them(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    shown(page)
    asked = re.compile(r"/api/v1/me/codes/[^/]+$")
    page.route(asked, unavailable)
    for pause in (2, 4, 8, 15):
        with page.expect_response(asked):
            page.clock.run_for(pause * SECOND + 200)
    page.unroute(asked)
    with page.expect_response(asked) as answered:
        page.clock.run_for(16 * SECOND)
    assert answered.value.ok

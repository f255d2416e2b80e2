"""A verdict is heard and felt as well as read; the sound can be turned off, the words stay."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support import desk, phone
from tests.support.browser import OpenPage

RECORDED = """
  window.felt = [];
  window.heard = [];
  navigator.vibrate = (pattern) => { window.felt.push([pattern].flat()); return true; };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) {
    window.heard.push(this.frequency.value);
    return start.apply(this, when);
  };
"""
HIGH, LOW = [880, 1320], [240, 190]


@pytest.fixture
def clerk(open_desk: OpenPage) -> Page:
    """A desk that keeps what it let be heard and felt; its clerk has touched a key."""
    page = open_desk("desk-zhao")
    page.add_init_script(RECORDED)
    desk.open_desk_page(page)
    page.keyboard.press("Shift")
    page.wait_for_function("navigator.userActivation.hasBeenActive")
    return page


def expect_signals(page: Page, heard: list[int], felt: list[list[int]]) -> None:
    page.wait_for_function("count => window.heard.length === count", arg=len(heard))
    assert page.evaluate("[window.heard, window.felt]") == [heard, felt]
    page.evaluate("window.heard = []; window.felt = [];")


def test_accepted_and_refused_differ_in_sound_in_touch_and_in_words(
    clerk: Page, open_phone: OpenPage
) -> None:
    desk.type_in(clerk, phone.show(open_phone("holder-li")))
    desk.expect_verdict(clerk, "accepted", "ok")
    expect_signals(clerk, HIGH, [[80]])
    expect(clerk.get_by_role("alert").last).to_contain_text("通过")
    desk.type_in(clerk, "no code of ours")
    desk.expect_verdict(clerk, "refused", "malformed")
    expect_signals(clerk, LOW, [[160, 80, 160]])
    expect(clerk.get_by_role("alert").last).to_contain_text("未通过")


def test_where_nothing_was_judged_a_third_sound_says_so(clerk: Page) -> None:
    clerk.route("**/api/v1/verifications", lambda route: route.fulfill(status=429, json={}))
    desk.type_in(clerk, "something")
    expect(desk.verdict(clerk)).to_have_attribute("data-verdict", "error")
    expect_signals(clerk, [520], [[60, 60, 60]])


def test_the_sound_is_turned_off_by_a_key_and_stays_off_and_the_words_stay(clerk: Page) -> None:
    sound = clerk.get_by_role("button", name="声音提示")
    expect(sound).to_have_attribute("aria-pressed", "true")
    sound.focus()
    clerk.keyboard.press("Enter")
    expect(sound).to_have_attribute("aria-pressed", "false")
    clerk.reload()
    expect(sound).to_have_attribute("aria-pressed", "false")
    desk.type_in(clerk, "no code of ours")
    desk.expect_verdict(clerk, "refused", "malformed")
    assert clerk.evaluate("[window.heard, window.felt]") == [[], [[160, 80, 160]]]
    expect(clerk.get_by_role("alert").last).to_contain_text("未通过")


def test_an_earlier_verdict_is_looked_at_in_silence(clerk: Page) -> None:
    desk.type_in(clerk, "no code of ours")
    expect_signals(clerk, LOW, [[160, 80, 160]])
    clerk.get_by_test_id("verdict-next").click()
    clerk.locator("#today-list button").first.click()
    desk.expect_verdict(clerk, "refused", "malformed")
    assert clerk.evaluate("[window.heard, window.felt]") == [[], []]

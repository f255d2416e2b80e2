"""A desk that runs alone: the same page, on trust bundles, without a library."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import browser as browsers
from tests.support import desk, offline
from tests.support.codes import Signer, make
from tests.support.lone_desk import running_desk
from tests.support.watch import Watch
from verify.verdict import offline_sentence


@pytest.fixture
def alone(browser: Browser, tmp_path: Path) -> Iterator[tuple[Page, Signer]]:
    """A page of a desk that runs alone, and who signs for its library."""
    with running_desk(tmp_path) as (address, library):
        watch = Watch(address)
        with browsers.desk_context(browser, address) as context:
            watch.over(context)
            yield context.new_page(), library
    assert watch.troubles == []


def test_it_accepts_a_good_code_once_and_says_what_it_did_not_check(
    alone: tuple[Page, Signer],
) -> None:
    page, library = alone
    page.goto("/")
    expect(page.locator("#network")).to_contain_text("单机核验")
    text = make({}, library, int(time.time()))
    desk.type_in(page, text)
    desk.expect_verdict(page, "accepted", "ok")
    expect(page.get_by_test_id("unchecked")).to_contain_text("是否已经用过")
    expect(desk.verdict(page)).to_contain_text("已记在本机")
    expect(desk.verdict(page)).not_to_contain_text("上报")
    assert desk.shown_fields(page) == {"持证人": "李*"}
    page.get_by_test_id("verdict-next").click()
    desk.expect_ready(page)
    desk.type_in(page, text.replace("/v#", "/V#"))
    desk.expect_verdict(page, "refused", "already_used")


def test_it_speaks_english(alone: tuple[Page, Signer]) -> None:
    page, library = alone
    page.goto("/preferences?lang=en&next=/desk")
    desk.type_in(page, make({}, library, int(time.time())))
    desk.expect_verdict(page, "accepted", "ok")
    expect(desk.verdict(page)).to_contain_text(offline_sentence("live", "en"))
    expect(page.get_by_test_id("item-select")).to_contain_text("Offline check")


def test_the_page_goes_on_while_its_desk_is_away_and_tells_it_afterwards(
    alone: tuple[Page, Signer],
) -> None:
    page, library = alone
    page.goto("/desk")
    offline.wait_until_prepared(page)
    offline.cut(page)
    desk.type_in(page, make({}, library, int(time.time())))
    desk.expect_verdict(page, "accepted", "ok")
    expect(page.get_by_test_id("unsent")).to_have_text("1 条待上报")
    page.context.set_offline(False)
    expect(page.get_by_test_id("unsent")).to_have_text("")
    expect(page.get_by_test_id("conflicts").locator("article")).to_have_count(0)

"""The inbox: what became of a licence, opened once, with its time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.support.browser import OpenPage
from tests.support.server import running_demo


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A demo of its own: where the others run, news soon fills more than a page."""
    with running_demo(tmp_path_factory.mktemp("inbox") / "data") as served:
        yield served


@pytest.mark.parametrize("care", [0, 1])
def test_news_is_counted_opened_and_then_read(open_phone: OpenPage, care: int) -> None:
    page = open_phone("holder-company" if care else "holder-elder")
    page.goto(f"/preferences?care={care}&next=/wallet")
    tab = page.get_by_role("link", name="消息")
    expect(tab).to_contain_text("条未读")
    count = page.locator(".tabs .count [aria-hidden]")
    before = int(count.inner_text())
    tab.tap()
    unread = page.locator("[data-testid=inbox-entry][data-read='0']")
    expect(unread).to_have_count(before)
    page.locator("[data-act='issue'][data-read='0']").first.get_by_test_id("open-entry").tap()
    expect(page.locator("header.hero")).to_be_visible()
    page.goto("/wallet")
    if before > 1:
        expect(count).to_have_text(str(before - 1))
    page.goto("/wallet/inbox")
    expect(unread).to_have_count(before - 1)
    expect(page.locator("[data-read='1']").first).to_contain_text("已读")

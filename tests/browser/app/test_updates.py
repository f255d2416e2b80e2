"""A new release: it is noticed and offered, and takes nobody's code off the screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support import browser as browsers
from tests.support import phone, suits
from tests.support.installed import kept, wait_until_kept
from tests.support.relay import Relay, relay

NEWER: Final = "0123456789abcdef"


@pytest.fixture
def gateway(address: str) -> Iterator[Relay]:
    """Where the release changes."""
    with relay(address) as between:
        yield between


@pytest.fixture
def page(browser: Browser, gateway: Relay) -> Iterator[Page]:
    """A phone that has opened the wallet before."""
    with browsers.phone_context(browser, gateway.address) as context:
        browsers.sign_in(context, "holder-li")
        opened = context.new_page()
        opened.goto("/wallet")
        wait_until_kept(opened)
        yield opened


def release(page: Page) -> str:
    """Of which release the page is."""
    address = page.locator('link[rel="stylesheet"]').first.get_attribute("href")
    assert address is not None
    return address.split("/")[2].removeprefix("~")


def publish(gateway: Relay, page: Page) -> None:
    """Let there be a newer release, which a phone notices when somebody looks at it again."""
    gateway.renamed = (release(page), NEWER)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def offer(page: Page) -> Locator:
    return page.get_by_role("button", name="有新版本，点此更新")


def test_a_new_release_is_offered_and_comes_with_a_tap(page: Page, gateway: Relay) -> None:
    expect(offer(page)).to_have_count(0)
    publish(gateway, page)
    expect(offer(page)).to_be_visible()
    assert release(page) != NEWER
    assert suits.faults(page, 0) == []
    offer(page).tap()
    expect(page.locator(f'link[rel="stylesheet"][href*="~{NEWER}/"]').first).to_be_attached()
    wait_until_kept(page)
    expect(offer(page)).to_have_count(0)
    assert {address.split(" ")[0] for address in kept(page)} == {f"wallet-files-{NEWER}"}


def test_a_code_on_the_screen_stays_there_and_the_offer_waits(page: Page, gateway: Relay) -> None:
    text = phone.show(page)
    wait_until_kept(page)
    publish(gateway, page)
    expect(page.locator("#update button")).to_be_attached()
    assert phone.drawn_text(page) == text
    page.get_by_test_id("withdraw-code").tap()
    expect(page.locator("dialog")).to_be_hidden()
    offer(page).tap()
    expect(page.locator(f'link[rel="stylesheet"][href*="~{NEWER}/"]').first).to_be_attached()


def test_each_tab_is_asked_and_none_reloads_with_another(page: Page, gateway: Relay) -> None:
    other = page.context.new_page()
    text = phone.show(other)
    wait_until_kept(other)
    publish(gateway, page)
    offer(page).tap()
    expect(page.locator(f'link[rel="stylesheet"][href*="~{NEWER}/"]').first).to_be_attached()
    assert release(other) != NEWER
    assert phone.drawn_text(other) == text
    expect(other.locator("#update button")).to_be_attached()


def test_who_goes_on_to_another_page_has_the_new_release_without_being_asked(
    page: Page, gateway: Relay
) -> None:
    publish(gateway, page)
    expect(offer(page)).to_be_visible()
    page.get_by_role("link", name="使用记录").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("使用记录")
    assert release(page) == NEWER
    wait_until_kept(page)
    expect(offer(page)).to_have_count(0)

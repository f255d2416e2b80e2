"""The wallet without a network: a page that says so and what to do, and goes on by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import browser as browsers
from tests.support import phone, suits
from tests.support.browser import OpenPage
from tests.support.english import left_over
from tests.support.installed import wait_until_kept
from tests.support.relay import Relay, relay


@pytest.fixture
def installed(open_phone: OpenPage) -> Page:
    """A phone that has opened the wallet before."""
    page = open_phone("holder-li")
    page.goto("/wallet")
    wait_until_kept(page)
    return page


def says_so(page: Page) -> None:
    expect(page.get_by_test_id("offline")).to_be_visible()


@pytest.mark.parametrize("path", ["/wallet", "/wallet/uses", "/account", "/"])
def test_a_page_that_cannot_be_had_says_so_and_comes_when_the_network_is_back(
    installed: Page, address: str, path: str
) -> None:
    installed.context.set_offline(True)
    installed.goto(path)
    says_so(installed)
    expect(installed.get_by_role("heading", level=1)).to_have_text("没有网络，或网络太慢")
    expect(installed.get_by_role("main")).to_contain_text("带证件原件到窗口")
    expect(installed).to_have_url(f"{address}{path}")
    installed.context.set_offline(False)
    expect(installed.get_by_test_id("offline")).to_have_count(0)
    expect(installed).to_have_url(f"{address}{'/wallet' if path == '/' else path}")


def test_trying_again_without_a_network_changes_nothing(installed: Page) -> None:
    installed.context.set_offline(True)
    installed.goto("/wallet")
    installed.get_by_role("link", name="再试一次").tap()
    says_so(installed)
    installed.context.set_offline(False)
    expect(phone.card(installed, phone.FOOD)).to_be_visible()


def test_who_opens_the_page_itself_comes_to_the_wallet(installed: Page, address: str) -> None:
    installed.goto("/wallet/offline")
    installed.get_by_role("link", name="再试一次").tap()
    expect(installed).to_have_url(f"{address}/wallet")


@pytest.mark.parametrize(("lang", "care"), [("zh", 2), ("en", 1)])
def test_it_is_in_the_language_and_size_of_type_that_was_chosen_last(
    installed: Page, lang: str, care: int
) -> None:
    installed.goto(f"/preferences?lang={lang}&care={care}&next=/wallet")
    wait_until_kept(installed)
    installed.wait_for_function(
        """async ([lang, care]) => {
          const page = await (await caches.match("/wallet/offline")).text();
          return page.includes(`lang="${lang === "en" ? "en" : "zh-CN"}" data-care="${care ? 1 : 0}"`)
            && page.includes(" data-largest>") === (care === 2);
        }""",
        arg=[lang, care],
    )
    installed.context.set_offline(True)
    installed.goto("/wallet")
    says_so(installed)
    assert suits.faults(installed, care) == []
    if lang == "en":
        assert left_over(installed, []) == []


@pytest.fixture
def behind_a_gateway(browser: Browser, address: str) -> Iterator[tuple[Page, Relay]]:
    """A phone that has opened the wallet before, and the gateway that it goes through."""
    with relay(address) as gateway, browsers.phone_context(browser, gateway.address) as context:
        browsers.sign_in(context, "holder-li")
        page = context.new_page()
        page.goto("/wallet")
        wait_until_kept(page)
        yield page, gateway


def test_a_gateway_without_its_server_is_no_network(
    behind_a_gateway: tuple[Page, Relay],
) -> None:
    page, gateway = behind_a_gateway
    gateway.is_gone = True
    page.goto("/wallet/uses")
    says_so(page)
    gateway.is_gone = False
    expect(page.get_by_role("heading", level=1)).to_have_text("使用记录")

"""A tap on 亮码 that comes before the page's script is not lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.support.browser import OpenPage


@pytest.mark.parametrize("place", ["card", "licence"])
def test_a_tap_before_the_script_opens_the_code_as_well(open_phone: OpenPage, place: str) -> None:
    phone = open_phone("holder-li")
    blocked = "**/static/*/wallet/*.js"

    def hold(route: Route) -> None:
        route.fulfill(content_type="text/javascript", body="")

    phone.route(blocked, hold)
    phone.goto("/wallet")
    if place == "licence":
        phone.goto(
            str(phone.get_by_test_id("licence-card").locator("a").first.get_attribute("href"))
        )
    phone.unroute(blocked, hold)
    phone.get_by_test_id("show-code").first.tap()
    phone.locator("[data-testid=live-code][data-text]").wait_for()
    assert "?" not in phone.url


def test_what_is_typed_before_the_script_is_looked_for_as_well(open_phone: OpenPage) -> None:
    phone = open_phone("holder-li")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    phone.add_init_script("delete Navigator.prototype.serviceWorker")
    phone.route("**/static/*/wallet/wallet.js", hold)
    with phone.expect_request("**/static/*/wallet/wallet.js"):
        phone.goto("/wallet", wait_until="commit")
    phone.get_by_role("searchbox").fill("没有这样的证照")
    expect(phone.locator("#search-empty")).to_be_hidden()
    for route in held:
        route.continue_()
    expect(phone.locator("#search-empty")).to_be_visible()

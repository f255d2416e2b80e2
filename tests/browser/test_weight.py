"""What a phone fetches to open the wallet and to draw a code: little, once, and from here alone."""

from __future__ import annotations

from playwright.sync_api import Browser, Request

from bench.weigh import FIRST_VISIT_MAX, weigh
from tests.support import browser as browsers
from tests.support.relay import relay


def test_the_first_visit_is_light_the_second_fetches_the_page_and_a_code_is_one_request(
    browser: Browser, address: str
) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    with relay(address) as counted, browsers.phone_context(browser, counted.address) as context:
        browsers.sign_in(context, "holder-li")
        context.on("request", note)
        first, second, code = weigh(context.new_page(), counted)
    assert 0 < first.size <= FIRST_VISIT_MAX
    assert not any("zxing" in one.path for one in first.exchanges)
    # Whether there is a new release, a browser asks when it likes; the answer has no body.
    asked_again = {(one.path, one.status) for one in second.exchanges}
    assert asked_again - {("/wallet-worker.js", 304)} == {("/wallet", 200)}
    assert [(one.method, one.path) for one in code.exchanges] == [("POST", "/api/v1/me/codes")]
    assert [url for url in asked if not url.startswith(f"{counted.address}/")] == []

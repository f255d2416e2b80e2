"""A desk that was opened once opens again without a network, and judges."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import browser as browsers
from tests.support import desk, offline, phone, site
from tests.support.browser import OpenPage
from tests.support.offline import FOOD_TYPE, Library
from tests.support.server import free_port, running_demo


def test_the_desk_opens_again_without_a_network_and_judges_a_good_code(
    clerk: Page, open_phone: OpenPage
) -> None:
    clerk.reload()
    expect(clerk.get_by_test_id("offline-note")).to_contain_text("正在离线核验")
    desk.type_in(clerk, phone.show(open_phone("holder-li")))
    desk.expect_verdict(clerk, "accepted", "ok")
    shown = desk.verdict(clerk)
    expect(shown.locator(".offline-tag")).to_be_visible()
    expect(shown).to_contain_text("此码真实、未过时")
    expect(shown.get_by_test_id("unchecked")).to_have_text(
        "请核对身份证件。离线没有查：是否已经用过、持证人是否已冻结、证照现在是否有效、是否适用于本事项"
    )
    assert desk.shown_fields(clerk) == {"持证人": "李*"}
    assert [text for text in desk.other_values(clerk) if text] == [FOOD_TYPE]
    offline.expect_unsent(clerk, "1 条待上报")


def test_all_that_the_page_loads_is_kept(open_desk: OpenPage) -> None:
    page = open_desk("desk-zhao")
    loaded: set[str] = set()
    page.context.on("request", lambda request: loaded.add(urlsplit(request.url).path))
    desk.open_desk_page(page)
    offline.wait_until_prepared(page)
    kept = page.evaluate(
        """async () => {
          const names = (await caches.keys()).filter((name) => name.startsWith("desk-files-"));
          const files = await (await caches.open(names[0])).keys();
          return [names.length, files.map((file) => new URL(file.url).pathname)];
        }"""
    )
    assert kept[0] == 1
    static = {path for path in loaded if path.startswith("/static/")}
    assert any(path.endswith("/verify/check.js") for path in static)
    assert static - {*kept[1]} == set()


def test_a_picture_is_read_without_a_network(clerk: Page, open_phone: OpenPage) -> None:
    holder = open_phone("holder-li")
    phone.show(holder)
    clerk.reload()
    clerk.get_by_test_id("scan-file").set_input_files(
        {"name": "code.png", "mimeType": "image/png", "buffer": phone.photograph(holder)}
    )
    desk.expect_verdict(clerk, "accepted", "ok")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_verdict_and_conflict_fit_a_phone_and_are_in_the_pages_language(
    lang: str, open_phone: OpenPage, open_desk: OpenPage, library: Library
) -> None:
    page, colleague = open_phone("desk-zhao"), open_desk("desk-qian")
    page.goto(f"/preferences?lang={lang}&next=/desk")
    offline.wait_until_prepared(page)
    page.get_by_test_id("item-select").select_option(desk.FOOD_RENEWAL)
    text = phone.show(open_phone("holder-li"))
    desk.open_desk_page(colleague)
    desk.type_in(colleague, text)
    desk.expect_verdict(colleague, "accepted", "ok")
    page.context.set_offline(True)
    desk.type_in(page, text)
    desk.expect_verdict(page, "accepted", "ok")
    assert_fits(page)
    said = desk.verdict(page).inner_text()
    desk.type_in(page, library.revoked_paper())
    desk.expect_verdict(page, "refused", "copy_revoked")
    page.context.set_offline(False)
    conflict = page.get_by_test_id("conflict")
    expect(conflict).to_be_visible()
    assert_fits(page)
    if lang == "en":
        said += page.get_by_role("main").inner_text() + page.locator("#today-list").inner_text()
        channel = page.locator("#verdict-channel-text").inner_text()
        assert re.findall(r"[\u4e00-\u9fff]", said.replace("李*", "").replace(channel, "")) == []


def assert_fits(page: Page) -> None:
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        assert site.overflow(page) == []
        assert site.small_targets(page, 44) == []


def test_an_item_that_asks_the_holder_is_not_judged_offline(
    open_desk: OpenPage, library: Library
) -> None:
    page = open_desk("desk-bank")
    page.goto("/desk")
    offline.wait_until_prepared(page)
    offline.cut(page)
    desk.type_in(page, library.live(issued=0))
    desk.expect_verdict(page, "error", "cannot_ask")
    offline.expect_unsent(page, "")


@pytest.mark.parametrize(
    ("status", "slug", "verdict", "reason"),
    [(502, "", "accepted", "ok"), (503, "unavailable", "error", "unavailable")],
)
def test_a_gateway_without_its_server_is_no_network_and_a_server_without_a_record_is_an_answer(
    open_desk: OpenPage, library: Library, status: int, slug: str, verdict: str, reason: str
) -> None:
    page = open_desk("desk-zhao")
    desk.open_desk_page(page)
    offline.wait_until_prepared(page)
    body = f'{{"slug": "{slug}"}}' if slug else "<h1>Bad Gateway</h1>"
    page.route("**/api/v1/verifications", lambda route: route.fulfill(status=status, body=body))
    desk.type_in(page, library.live(issued=0))
    desk.expect_verdict(page, verdict, reason)


def test_a_server_that_does_not_answer_is_no_network(open_desk: OpenPage, library: Library) -> None:
    page = open_desk("desk-zhao")
    page.clock.install()
    desk.open_desk_page(page)
    offline.wait_until_prepared(page)
    silent: list[str] = []
    for address in ("**/api/v1/verifications", "**/desk.webmanifest"):
        page.route(address, lambda route: silent.append(route.request.url))
    with page.expect_request("**/api/v1/verifications"):
        desk.type_in(page, library.live(issued=0))
    page.clock.fast_forward(8_100)
    desk.expect_verdict(page, "accepted", "ok")
    desk.type_in(page, "no code")
    desk.expect_verdict(page, "refused", "malformed")
    assert [urlsplit(url).path for url in silent].count("/api/v1/verifications") == 1


def test_a_desk_whose_server_was_stopped_goes_on_and_reports_when_it_is_started_again(
    browser: Browser, tmp_path: Path
) -> None:
    place, port = tmp_path / "data", free_port()
    with ExitStack() as contexts:
        with running_demo(place, port) as there:
            holder, clerk = (
                contexts.enter_context(context).new_page()
                for context in (
                    browsers.phone_context(browser, there),
                    browsers.desk_context(browser, there),
                )
            )
            browsers.sign_in(holder.context, "holder-li")
            browsers.sign_in(clerk.context, "desk-zhao")
            desk.open_desk_page(clerk)
            offline.wait_until_prepared(clerk)
            text = phone.show(holder)
        clerk.reload()
        expect(clerk.locator("#network")).to_contain_text("断网 · 离线核验")
        desk.type_in(clerk, text)
        desk.expect_verdict(clerk, "accepted", "ok")
        with running_demo(place, port):
            expect(clerk.get_by_test_id("unsent")).to_be_empty(timeout=40_000)
            expect(clerk.locator("#network")).to_have_text("在线")
            expect(clerk.get_by_test_id("conflict")).to_have_count(0)
            use = holder.request.get("/api/v1/me/uses").json()["items"][0]
            assert (use["outcome"], use["offline"]) == ("accepted", True)

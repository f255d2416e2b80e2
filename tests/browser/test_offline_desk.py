"""A desk without a network opens, judges with what it keeps, and reports it when it is back."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Page, Playwright, Request, expect

from tests.support import browser as browsers
from tests.support import desk, offline, phone, site
from tests.support.browser import OpenPage
from tests.support.offline import FOOD_TYPE, Library
from tests.support.server import free_port, running_demo


@pytest.fixture
def library(data: Path, open_desk: OpenPage) -> Library:
    """The running demo's library."""
    bundle = open_desk(None).request.get("/.well-known/liangzheng-trust").json()
    return offline.library(data, bundle)


@pytest.fixture
def clerk(open_desk: OpenPage) -> Page:
    """A desk that was opened once and whose network is gone since."""
    page = open_desk("desk-zhao")
    desk.open_desk_page(page)
    offline.wait_until_prepared(page)
    offline.cut(page)
    return page


def unsent(page: Page) -> str:
    return page.get_by_test_id("unsent").inner_text()


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
    assert unsent(clerk) == "1 条待上报"


def test_good_expired_and_revoked_codes_are_judged_offline_and_one_conflict_comes_back(
    clerk: Page, library: Library, open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, colleague = open_phone("holder-li"), open_desk("desk-qian")
    used_elsewhere = phone.show(holder)
    desk.open_desk_page(colleague)
    desk.type_in(colleague, used_elsewhere)
    desk.expect_verdict(colleague, "accepted", "ok")

    desk.type_in(clerk, used_elsewhere)
    desk.expect_verdict(clerk, "accepted", "ok")
    desk.type_in(clerk, library.live(issued=-200))
    desk.expect_verdict(clerk, "refused", "expired")
    desk.type_in(clerk, library.revoked_paper())
    desk.expect_verdict(clerk, "refused", "copy_revoked")
    expect(desk.verdict(clerk)).to_contain_text("纸质件")
    fresh = phone.show(holder)
    desk.type_in(clerk, fresh)
    desk.expect_verdict(clerk, "accepted", "ok")
    assert unsent(clerk) == "4 条待上报"

    offline.restore(clerk)
    expect(clerk.get_by_test_id("unsent")).to_be_empty()
    expect(clerk.get_by_test_id("conflict")).to_have_count(1)
    conflict = clerk.get_by_test_id("conflict")
    expect(conflict).to_have_attribute("data-reason", "already_used")
    expect(conflict).to_contain_text("离线时已通过，库中查到不能用")
    expect(conflict).to_contain_text(FOOD_TYPE)
    expect(clerk.locator("#today-list .entry.refused")).to_have_count(3)
    expect(phone.live_code(holder)).to_be_hidden()  # the phone was told that it was used

    clerk.reload()
    expect(clerk.get_by_test_id("conflict")).to_have_count(1)
    clerk.get_by_role("button", name="知道了").click()
    expect(clerk.get_by_test_id("conflict")).to_have_count(0)
    clerk.reload()
    expect(clerk.locator("#today-list li")).to_have_count(4)
    expect(clerk.get_by_test_id("conflict")).to_have_count(0)


def test_what_the_library_refuses_does_not_stay_on_the_screen_as_accepted(
    clerk: Page, open_phone: OpenPage, open_desk: OpenPage
) -> None:
    text, colleague = phone.show(open_phone("holder-li")), open_desk("desk-qian")
    desk.open_desk_page(colleague)
    desk.type_in(colleague, text)
    desk.expect_verdict(colleague, "accepted", "ok")
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "accepted", "ok")
    offline.restore(clerk)
    desk.expect_verdict(clerk, "refused", "already_used")
    assert desk.shown_fields(clerk) == {}
    expect(clerk.get_by_test_id("conflict")).to_have_count(1)
    clerk.keyboard.press("Enter")
    desk.expect_ready(clerk)
    expect(clerk.get_by_test_id("conflict")).to_have_count(1)


def test_a_code_that_was_accepted_here_is_refused_the_second_time_even_after_a_reload(
    clerk: Page, open_phone: OpenPage
) -> None:
    text = phone.show(open_phone("holder-li"))
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "accepted", "ok")
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "refused", "already_used")
    assert desk.shown_fields(clerk) == {}
    clerk.reload()
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "refused", "already_used")
    assert unsent(clerk) == "3 条待上报"


def test_of_two_tabs_at_once_one_accepts(clerk: Page, open_phone: OpenPage) -> None:
    text = phone.show(open_phone("holder-li"))
    other = clerk.context.new_page()
    other.goto("/desk")
    for page in (clerk, other):
        page.get_by_test_id("scan-text").fill(text)
    for page in (clerk, other):
        page.evaluate("document.getElementById('type').requestSubmit()")
    for page in (clerk, other):
        expect(desk.verdict(page)).to_be_visible()
    reasons = [desk.verdict(page).get_attribute("data-reason") for page in (clerk, other)]
    assert sorted(map(str, reasons)) == ["already_used", "ok"]


def test_a_paper_code_may_be_shown_again(clerk: Page, library: Library) -> None:
    text = library.paper()
    for _ in range(2):
        desk.type_in(clerk, text)
        desk.expect_verdict(clerk, "accepted", "ok")
        expect(clerk.get_by_test_id("unchecked")).to_contain_text("是否给本单位使用")
        clerk.keyboard.press("Enter")
        desk.expect_ready(clerk)


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
    assert "/static/verify/check.js" in static
    assert static - {*kept[1]} == set()


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


def test_a_picture_is_read_without_a_network(clerk: Page, open_phone: OpenPage) -> None:
    holder = open_phone("holder-li")
    phone.show(holder)
    clerk.reload()
    clerk.get_by_test_id("scan-file").set_input_files(
        {"name": "code.png", "mimeType": "image/png", "buffer": phone.photograph(holder)}
    )
    desk.expect_verdict(clerk, "accepted", "ok")


def test_a_bundle_past_its_limit_accepts_nothing(clerk: Page, library: Library) -> None:
    clerk.clock.set_fixed_time(library.bundle.as_of * 1000 + 25 * 3600 * 1000)
    desk.type_in(clerk, library.live(issued=25 * 3600))
    desk.expect_verdict(clerk, "undetermined", "trust_stale")
    assert desk.shown_fields(clerk) == {}


def test_a_clock_that_was_put_back_accepts_nothing(clerk: Page, library: Library) -> None:
    clerk.clock.set_fixed_time(library.bundle.as_of * 1000 - 3600 * 1000)
    desk.type_in(clerk, library.live(issued=-3600))
    desk.expect_verdict(clerk, "undetermined", "trust_stale")
    desk.type_in(clerk, "no code")
    desk.expect_verdict(clerk, "refused", "malformed")


@pytest.mark.parametrize(("off", "verdict"), [(25, "accepted"), (40, "undetermined")])
def test_a_clock_is_compared_with_the_servers_while_there_is_one(
    open_desk: OpenPage, library: Library, off: int, verdict: str
) -> None:
    page = open_desk("desk-zhao")
    page.add_init_script(f"const now = Date.now; Date.now = () => now() + {off * 1000};")
    desk.open_desk_page(page)
    offline.wait_until_prepared(page)
    offline.cut(page)
    desk.type_in(page, library.live(issued=0))
    desk.expect_verdict(page, verdict, "ok" if verdict == "accepted" else "trust_stale")


def test_an_item_that_asks_the_holder_is_not_judged_offline(
    open_desk: OpenPage, library: Library
) -> None:
    page = open_desk("desk-bank")
    page.goto("/desk")
    offline.wait_until_prepared(page)
    offline.cut(page)
    desk.type_in(page, library.live(issued=0))
    desk.expect_verdict(page, "error", "not_permitted")
    assert unsent(page) == ""


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


def test_a_clerk_whose_session_has_ended_is_asked_to_sign_in_and_nothing_is_lost(
    clerk: Page, playwright: Playwright, address: str, open_phone: OpenPage
) -> None:
    desk.type_in(clerk, phone.show(open_phone("holder-li")))
    desk.expect_verdict(clerk, "accepted", "ok")
    browsers.sign_out_elsewhere(playwright, address, clerk.context)
    offline.restore(clerk)
    expect(clerk.get_by_text("有 1 条离线核验还没有上报，登录后自动上报。")).to_be_visible()
    expect(clerk.locator("#unsent-sign-in")).to_be_visible()
    assert unsent(clerk) == "1 条待上报"
    browsers.sign_in(clerk.context, "desk-qian")
    desk.open_desk_page(clerk)
    expect(clerk.get_by_text("有 1 条离线核验是其他工作人员做的")).to_be_visible()
    browsers.sign_in(clerk.context, "desk-zhao")
    desk.open_desk_page(clerk)
    expect(clerk.get_by_test_id("unsent")).to_be_empty()
    expect(clerk.get_by_test_id("conflict")).to_have_count(0)


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


_JUDGE = """async (judgements) => {
  const { judgeAlone } = await import("/static/desk/alone.js");
  const { account } = document.getElementById("desk").dataset;
  for (const [text, item] of judgements) await judgeAlone(text, { item, account, label: () => text });
}"""


def test_a_long_outage_is_reported_in_portions(clerk: Page) -> None:
    clerk.evaluate(_JUDGE, [[f"no code {number}", desk.FOOD_RENEWAL] for number in range(120)])
    sent: list[int] = []

    def count(request: Request) -> None:
        if request.url.endswith("/offline-verifications"):
            sent.append(len((request.post_data_json or {})["judgements"]))

    clerk.reload()
    expect(clerk.get_by_test_id("unsent")).to_have_text("120 条待上报")
    expect(clerk.locator("#network")).to_contain_text("断网")
    clerk.on("request", count)
    offline.restore(clerk)
    expect(clerk.get_by_test_id("unsent")).to_be_empty()
    assert sent == [50, 50, 20]


def test_what_the_library_does_not_take_in_holds_up_nothing_and_is_shown(clerk: Page) -> None:
    items = [desk.FOOD_RENEWAL, "no-such-item", "no\u0007item", desk.FOOD_RENEWAL]
    clerk.evaluate(_JUDGE, [[f"no code {number}", item] for number, item in enumerate(items)])
    clerk.reload()
    expect(clerk.get_by_test_id("unsent")).to_have_text("4 条待上报")
    offline.restore(clerk)
    expect(clerk.get_by_test_id("unsent")).to_be_empty()
    shown = clerk.get_by_test_id("conflict")
    expect(shown).to_have_count(2)
    expect(shown.filter(has_text="no code 1")).to_have_attribute("data-reason", "not_permitted")
    expect(shown.filter(has_text="no code 2")).to_have_attribute("data-reason", "invalid")
    expect(shown.first).to_contain_text("离线核验没有被系统接收")


def test_what_became_of_the_person_is_reported_too(clerk: Page, open_phone: OpenPage) -> None:
    holder = open_phone("holder-li")
    desk.type_in(clerk, phone.show(holder))
    desk.expect_verdict(clerk, "accepted", "ok")
    clerk.get_by_test_id("person-mismatch").click()
    expect(desk.verdict(clerk)).to_contain_text("已记录：人与证照不符")
    offline.restore(clerk)
    expect(clerk.get_by_test_id("unsent")).to_be_empty()
    use = holder.request.get("/api/v1/me/uses").json()["items"][0]
    assert (use["served"], use["offline"]) == ("person_mismatch", True)


def test_signing_out_takes_page_and_keys_along_and_leaves_what_is_not_reported(
    clerk: Page, open_phone: OpenPage
) -> None:
    desk.type_in(clerk, phone.show(open_phone("holder-li")))
    desk.expect_verdict(clerk, "accepted", "ok")
    clerk.route("**/api/v1/offline-verifications", lambda route: route.fulfill(status=503))
    offline.restore(clerk)
    asked: list[str] = []
    clerk.goto("/account")

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    clerk.on("dialog", agree)
    clerk.get_by_test_id("sign-out").click()
    expect(clerk).to_have_url(re.compile(r"/$"))
    assert [message.partition("。")[0] for message in asked] == ["有 1 条离线核验还没有上报"]
    left = clerk.evaluate(
        """async () => {
          const { all, get } = await import("/static/desk/store.js");
          return [await caches.has("desk-page"), await get("kept", "trust"), (await all("unsent")).length];
        }"""
    )
    assert left == [False, None, 1]

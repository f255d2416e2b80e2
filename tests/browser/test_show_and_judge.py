"""The main job on real parts: the phone shows, a desk reads, the code is used up."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support import desk, phone
from tests.support.browser import OpenPage, OpenSeeingPage
from tests.support.video import write_video
from wallet.web.cookies import CSRF_COOKIE, CSRF_HEADER

UNIT = "东胜区政务服务大厅（演示）"


def csrf(page: Page) -> dict[str, str]:
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    return {CSRF_HEADER: cookies[CSRF_COOKIE]}


def test_two_taps_lead_from_the_wallet_to_a_code(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    page.goto("/wallet")
    phone.card(page, phone.FOOD).get_by_role("link").tap()
    page.wait_for_url("**/wallet/1.*")  # and until its scripts have run
    page.get_by_test_id("show-code").tap()
    assert phone.drawn_text(page).startswith("http://127.0.0.1:")


def test_a_camera_reads_the_code_once_and_phone_and_desks_agree(
    open_phone: OpenPage,
    open_desk: OpenPage,
    open_desk_with_camera: OpenSeeingPage,
    tmp_path: Path,
) -> None:
    holder = open_phone("holder-li")
    holder.clock.install()
    with holder.expect_response("**/api/v1/me/codes") as opened:
        first = phone.show(holder)
    showing = opened.value.json()["id"]
    holder.clock.fast_forward(31_000)
    second = phone.drawn_text(holder, other_than=first)
    licence = phone.held(holder, phone.FOOD)

    zhao = open_desk_with_camera(
        "desk-zhao", write_video(tmp_path / "phone.mjpeg", phone.photograph(holder))
    )
    desk.open_desk_page(zhao)
    zhao.get_by_test_id("scan-start").click()
    desk.expect_verdict(zhao, "accepted", "ok")
    expect(desk.verdict(zhao).get_by_role("heading", level=1)).to_have_text("通过")
    granted = desk.granted_fields(holder, licence["identifier"], desk.FOOD_RENEWAL)
    assert len(granted) == 4
    assert desk.shown_fields(zhao) == granted
    assert desk.other_values(zhao) == [
        licence["type"]["name"],
        f"有效期至 {licence['valid_until']}",
    ]

    used = holder.get_by_test_id("code-used")
    expect(used).to_be_visible()
    expect(phone.live_code(holder)).to_be_hidden()
    expect(used.get_by_role("heading")).to_have_text(f"已被 {UNIT} 3 号窗口 核验")
    for words in ("食品经营许可证延续", *granted):
        expect(used).to_contain_text(words)
    state = holder.request.get(f"/api/v1/me/codes/{showing}").json()
    expect(used.locator("time")).to_have_attribute("datetime", state["used_at"])
    expect(used.locator("time")).to_have_text(state["used_at"][:19].replace("T", " "))

    following = holder.request.post(f"/api/v1/me/codes/{showing}/next", headers=csrf(holder))
    assert (following.status, following.json()["slug"]) == (409, "already_used")

    qian = open_desk("desk-qian")
    desk.open_desk_page(qian)
    for text in (second, first):
        desk.type_in(qian, text)
        desk.expect_verdict(qian, "refused", "already_used")
        assert desk.shown_fields(qian) == {}
        assert desk.other_values(qian) == []


def test_a_live_camera_takes_one_phone_after_the_other(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    """What the camera sees is drawn on a canvas, from what the phone shows at that moment."""
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    clerk.add_init_script(path=Path(__file__).with_name("canvas_camera.js"))
    desk.open_desk_page(clerk)
    clerk.get_by_test_id("scan-start").click()
    texts = set()
    for _ in range(2):
        texts.add(phone.show(holder))
        with clerk.expect_response("**/api/v1/verifications") as judged:
            hold_up(clerk, phone.photograph(holder))
        assert judged.value.json()["verdict"] == "accepted"
        desk.expect_verdict(clerk, "accepted", "ok")
        expect(holder.get_by_test_id("code-used")).to_be_visible()
    assert len(texts) == 2


def test_a_code_that_stays_before_the_camera_is_sent_once(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    sent: list[str] = []
    clerk.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    clerk.add_init_script(path=Path(__file__).with_name("canvas_camera.js"))
    desk.open_desk_page(clerk)
    clerk.get_by_test_id("scan-start").click()
    phone.show(holder)
    hold_up(clerk, phone.photograph(holder))
    desk.expect_verdict(clerk, "accepted", "ok")
    seen = clerk.evaluate("framesRead")
    clerk.wait_for_function("seen => framesRead >= seen + 20", arg=seen)
    assert len(sent) == 1


def test_a_picture_of_the_code_may_be_uploaded(open_phone: OpenPage, open_desk: OpenPage) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    phone.show(holder)
    desk.open_desk_page(clerk)
    upload(clerk, holder.screenshot())
    desk.expect_verdict(clerk, "accepted", "ok")
    expect(holder.get_by_test_id("code-used")).to_be_visible()


def test_a_picture_without_a_code_is_said_to_have_none(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    holder.goto("/wallet")
    desk.open_desk_page(clerk)
    upload(clerk, holder.screenshot())
    desk.expect_verdict(clerk, "error", "no_code")


@pytest.mark.parametrize("ending", ["Enter", "Tab"])
def test_a_wired_scanner_types_the_code_wherever_the_focus_is(
    open_phone: OpenPage, open_desk: OpenPage, ending: str
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    text = phone.show(holder)
    desk.open_desk_page(clerk)
    clerk.evaluate("document.activeElement.blur()")
    clerk.keyboard.type(text)
    clerk.keyboard.press(ending)
    desk.expect_verdict(clerk, "accepted", "ok")


def test_a_scanner_does_not_change_the_chosen_item(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    text = phone.show(holder)
    desk.open_desk_page(clerk)
    clerk.get_by_test_id("item-select").focus()
    clerk.keyboard.type(text)
    clerk.keyboard.press("Enter")
    desk.expect_verdict(clerk, "accepted", "ok")
    expect(clerk.get_by_test_id("item-select")).to_have_value(desk.FOOD_RENEWAL)


def test_a_code_may_be_typed_or_pasted(open_phone: OpenPage, open_desk: OpenPage) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    desk.open_desk_page(clerk)
    desk.type_in(clerk, phone.show(holder))
    desk.expect_verdict(clerk, "accepted", "ok")
    expect(clerk.get_by_test_id("scan-text")).to_have_value("")


def upload(page: Page, picture: bytes) -> None:
    page.get_by_test_id("scan-file").set_input_files(
        {"name": "code.png", "mimeType": "image/png", "buffer": picture}
    )


def hold_up(page: Page, picture: bytes) -> None:
    """Show a PNG to the canvas that stands for the camera."""
    page.evaluate("picture => holdUp(new Uint8Array(picture))", list(picture))

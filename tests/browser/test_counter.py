"""An elder without a phone is served, a copy is printed, another desk accepts it, a relative revokes it on a phone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.support import desk, offline, phone
from tests.support.browser import OpenPage
from tests.support.showing import SENIOR
from wallet.demo.data import load_holders

ALLOWANCE = "senior-allowance"
_KNOWS_NOW = """async () => {
  const { get } = await import(new URL("../desk/store.js", document.querySelector("script[type=module]").src));
  const [kept] = [await get("kept", "trust")].flat();
  const [told] = [await (await fetch("/.well-known/liangzheng-trust")).json()].flat();
  return JSON.stringify(kept.lists) === JSON.stringify(told.lists);
}"""
_COUNT_STEPS = """() => {
  window.steps = { keys: 0, clicks: 0 };
  addEventListener("keydown", (event) => { if (event.key.length > 1 && event.key !== "Shift") steps.keys += 1; }, true);
  addEventListener("click", (event) => { if (event.isTrusted && event.detail) steps.clicks += 1; }, true);
}"""


def test_from_the_card_to_the_copy_at_another_desk_and_to_its_revocation(
    open_desk: OpenPage, open_phone: OpenPage, address: str, data: Path, tmp_path: Path
) -> None:
    wang, zhao = open_desk("counter-wang"), open_desk("desk-zhao")
    serial, text = _printed(wang, tmp_path)

    desk.open_desk_page(zhao, ALLOWANCE)
    desk.type_in(zhao, text)
    desk.expect_verdict(zhao, "accepted", "ok")
    expect(desk.verdict(zhao)).to_contain_text("王秀英")
    expect(zhao.get_by_test_id("on-paper")).to_contain_text(
        "仅用于申领高龄津贴；给东胜区政务服务大厅"
    )
    expect(zhao.get_by_test_id("on-paper")).to_contain_text("第 1 次使用")

    # Another day the hall's network is gone: the same desk judges by itself.
    offline.wait_until_prepared(zhao)
    offline.cut(zhao)
    desk.type_in(zhao, text)
    desk.expect_verdict(zhao, "accepted", "ok")
    expect(desk.verdict(zhao)).to_contain_text("离线")
    offline.restore(zhao)
    assert _by_command(address, text, tmp_path) == (0, "ok")

    niece = open_phone("delegate-li")
    niece.goto("/account")
    niece.get_by_test_id("copies").click()
    mine = niece.get_by_test_id("copy").filter(has_text=serial)
    expect(mine).to_contain_text("申领高龄津贴")
    mine.get_by_test_id("revoke-copy").click()
    expect(niece.get_by_role("status").first).to_contain_text("已撤回")
    desk.open_desk_page(zhao, ALLOWANCE)
    desk.type_in(zhao, text)
    desk.expect_verdict(zhao, "refused", "copy_revoked")
    desk.type_in(zhao, serial)
    desk.expect_verdict(zhao, "refused", "copy_revoked")

    # The lists of a quarter of an hour later say it to whoever is offline.
    for kept in (data / "status-lists").glob("*.jwt"):
        kept.unlink()
    assert _by_command(address, text, tmp_path) == (1, "copy_revoked")
    zhao.reload()
    offline.wait_until_prepared(zhao)
    offline.wait_for(zhao, _KNOWS_NOW)
    offline.cut(zhao)
    desk.type_in(zhao, text)
    desk.expect_verdict(zhao, "refused", "copy_revoked")
    offline.restore(zhao)


def test_a_code_and_a_copy_take_the_same_steps_at_the_desk(
    open_desk: OpenPage, open_phone: OpenPage, tmp_path: Path
) -> None:
    """Scanned, read, handed over: what the clerk presses and clicks is the same for both."""
    wang, zhao, elder = (
        open_desk("counter-wang"),
        open_desk("desk-zhao"),
        open_phone("holder-elder"),
    )
    _, copy = _printed(wang, tmp_path)
    code = phone.show(elder, SENIOR)
    desk.open_desk_page(zhao, ALLOWANCE)
    zhao.evaluate(_COUNT_STEPS)
    steps = []
    for text in (code, copy):
        zhao.keyboard.type(text)
        zhao.keyboard.press("Enter")
        desk.expect_verdict(zhao, "accepted", "ok")
        zhao.keyboard.press("Enter")
        desk.expect_ready(zhao)
        steps.append(
            zhao.evaluate(
                "() => { const was = { ...steps }; steps.keys = steps.clicks = 0; return was; }"
            )
        )
    assert steps == [{"keys": 2, "clicks": 0}] * 2


def _printed(wang: Page, folder: Path) -> tuple[str, str]:
    """From the card to the paper: the serial of a copy, and the code that is read off its first page."""
    wang.goto("/")
    # A wedge types the number into the field that has the focus, and an Enter.
    expect(wang.locator("#code")).to_be_focused()
    wang.keyboard.type(load_holders()["holder-elder"].code)
    wang.keyboard.press("Enter")
    expect(wang.locator("#matter")).to_be_focused()
    wang.keyboard.type("申领高龄津贴")
    wang.keyboard.press("Enter")
    expect(wang.get_by_test_id("served")).to_have_text("王*")
    row = wang.get_by_test_id("licence").filter(has_text="老年人优待证")
    row.get_by_test_id("to-print").click()
    expect(wang.locator("#recipient")).to_be_focused()
    wang.keyboard.type("东胜区政务服务大厅")
    wang.keyboard.press("Enter")
    serial = wang.get_by_test_id("serial").inner_text()
    with wang.expect_download() as download:
        wang.get_by_test_id("pdf").click()
    return serial, _read(Path(download.value.path()), folder)


def _by_command(address: str, text: str, folder: Path) -> tuple[int, str]:
    """Exit code and reason of the command that checks with nothing but a bundle."""
    trust = folder / "trust.json"
    for arguments in (["trust", address, "-o", str(trust)], ["check", text, "--trust", str(trust)]):
        done = subprocess.run(
            [sys.executable, "-m", "verify", *arguments],
            capture_output=True,
            check=False,
            text=True,
        )
    return done.returncode, json.loads(done.stdout)["reason"]


def _read(pdf: Path, folder: Path) -> str:
    """The code on the first page, from a raster of 150 dots an inch; it is 55 mm wide at least."""
    drawn = folder / "copy"
    subprocess.run(
        ["pdftoppm", "-r", "150", "-png", "-singlefile", str(pdf), str(drawn)], check=True
    )
    with Image.open(drawn.with_suffix(".png")) as page:
        found = zxingcpp.read_barcode(page)
    assert found is not None
    width = found.position.top_right.x - found.position.top_left.x
    assert width / 150 * 25.4 >= 55
    return found.text

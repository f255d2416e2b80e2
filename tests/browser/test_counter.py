"""An elder without a phone is served, a copy is printed, another desk accepts it, a relative revokes it on a phone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from tests.support import desk
from tests.support.browser import OpenPage
from tests.support.licences import day
from wallet.demo.data import load_holders

ALLOWANCE = "senior-allowance"


def test_from_the_card_to_the_copy_at_another_desk_and_to_its_revocation(
    open_desk: OpenPage, open_phone: OpenPage, tmp_path: Path
) -> None:
    wang, zhao = open_desk("counter-wang"), open_desk("desk-zhao")
    wang.goto("/")
    # A wedge types the number into the field that has the focus.
    expect(wang.locator("#code")).to_be_focused()
    wang.keyboard.type(load_holders()["holder-elder"].code)
    wang.get_by_label("办什么事").fill("申领高龄津贴")
    wang.get_by_test_id("begin").click()
    expect(wang.get_by_test_id("served")).to_have_text("王*")
    row = wang.get_by_test_id("licence").filter(has_text="老年人优待证")
    row.get_by_test_id("to-print").click()
    wang.get_by_label("给谁").fill("东胜区政务服务大厅")
    wang.get_by_label("用到哪一天").fill(day(20))
    wang.get_by_test_id("print-copy").click()
    serial = wang.get_by_test_id("serial").inner_text()
    with wang.expect_download() as download:
        wang.get_by_test_id("pdf").click()
    text = _read(Path(download.value.path()), tmp_path)

    desk.open_desk_page(zhao, ALLOWANCE)
    desk.type_in(zhao, text)
    desk.expect_verdict(zhao, "accepted", "ok")
    expect(desk.verdict(zhao)).to_contain_text("王秀英")
    expect(zhao.get_by_test_id("on-paper")).to_contain_text(
        "仅用于申领高龄津贴；给东胜区政务服务大厅"
    )
    expect(zhao.get_by_test_id("on-paper")).to_contain_text("第 1 次使用")

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

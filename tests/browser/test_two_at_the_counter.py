"""An elder lets a relative show for her: one staff member prepares it, a second confirms, the relative accepts on the phone."""

from __future__ import annotations

import subprocess
from pathlib import Path

from playwright.sync_api import expect

from tests.support.browser import OpenPage
from wallet.demo.data import load_holders


def test_prepared_at_one_desk_confirmed_at_another_accepted_on_a_phone(
    open_desk: OpenPage, open_phone: OpenPage
) -> None:
    people = load_holders()
    wang, liu = open_desk("counter-wang"), open_desk("counter-liu")
    liu.goto("/counter/confirmations")
    expect(liu.get_by_test_id("confirmation")).to_have_count(0)
    wang.goto("/")
    wang.keyboard.type(people["holder-elder"].code)
    wang.get_by_label("办什么事").fill("请邻居代办")
    wang.get_by_test_id("begin").click()
    wang.get_by_test_id("to-delegations").click()
    wang.get_by_test_id("new-delegation").click()
    wang.get_by_label("代办人姓名").fill(people["holder-li"].name)
    wang.get_by_label("证件号码").fill(people["holder-li"].code)
    wang.get_by_label("老年人优待证").check()
    wang.get_by_label("不限事项").check()
    wang.get_by_test_id("prepare-delegation").click()
    act = wang.get_by_test_id("act")
    expect(act.locator("[data-state]")).to_have_attribute("data-state", "waiting")

    # The colleague's list shows it by itself, and the menu says how many wait.
    expect(liu.get_by_test_id("confirmation")).to_have_count(1, timeout=15_000)
    expect(liu.get_by_test_id("waiting-confirmations")).to_contain_text("1")
    liu.get_by_test_id("confirmation").get_by_role("link").click()
    shown = liu.get_by_test_id("confirmation")
    for word in ("王*", "已看身份证", "请邻居代办", "王芳", "李明", people["holder-li"].code):
        expect(shown).to_contain_text(word)
    liu.get_by_test_id("confirm-act").click()
    expect(liu.get_by_test_id("act-state").locator("[data-state=done]")).to_be_visible()
    # The first desk learns it by itself.
    expect(act.locator("[data-state]")).to_have_attribute("data-state", "done", timeout=15_000)

    li = open_phone("holder-li")
    li.goto("/wallet/delegations")
    li.get_by_role("link", name="王秀英").click()
    li.get_by_test_id("accept-delegation").click()
    expect(li.get_by_test_id("delegation")).to_have_attribute("data-state", "active")

    # She may have it back at the counter, at once.
    wang.get_by_test_id("to-delegations").click()
    given = wang.get_by_test_id("delegation").filter(has_text="李明")
    given.get_by_test_id("end-delegation").click()
    expect(given).to_have_count(0)
    li.reload()
    expect(li.get_by_test_id("delegation")).to_have_attribute("data-state", "ended")

    wang.get_by_role("link", name="回到此人的证照").click()
    wang.get_by_test_id("end").click()
    wang.get_by_test_id("last-receipt").click()
    with wang.expect_download() as download:
        wang.get_by_test_id("receipt-pdf").click()
    assert "请邻居代办" in _words(Path(download.value.path()))


def _words(pdf: Path) -> str:
    told = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, check=True)
    return told.stdout.decode()

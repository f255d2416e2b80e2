"""A manager adds a unit and its people, files who answers for it, hands over, disables, and closes it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.browser import OpenPage
from tests.support.units import DISTRICT, usable_code

CODE = usable_code("1", "150602", "MADEM9700")


def test_a_unit_from_its_registration_to_its_end(open_desk: OpenPage) -> None:
    sun = open_desk("manager-sun")
    sun.goto(f"/manager/units/{DISTRICT}")
    sun.get_by_role("link", name="新增下级单位").click()
    sun.get_by_label("统一社会信用代码").fill(CODE[:-1] + "0")
    sun.get_by_label("名称", exact=True).fill("东胜区新设局（演示）")
    sun.get_by_label("英文名称").fill("New Bureau (demo)")
    sun.get_by_label("用证单位", exact=True).check()
    sun.get_by_test_id("save").click()
    # What is wrong is named at its field, and nothing typed is lost.
    expect(sun.locator("#code-wrong")).to_be_visible()
    expect(sun.get_by_label("名称", exact=True)).to_have_value("东胜区新设局（演示）")
    expect(sun.get_by_label("用证单位", exact=True)).to_be_checked()
    sun.get_by_label("统一社会信用代码").fill(CODE)
    sun.get_by_test_id("save").click()
    expect(sun.get_by_role("heading", level=1)).to_have_text("东胜区新设局（演示）")
    expect(sun.get_by_text("这个单位还没有备案专人。")).to_be_visible()

    for login, name in (("new-first", "Demo Jia"), ("new-second", "Demo Yi")):
        _add(sun, login, name)
    for name, phone in (("Demo Jia", "0477-8500011"), ("Demo Yi", "0477-8500012")):
        sun.get_by_test_id("file").click()
        sun.get_by_label(name).check()
        sun.get_by_label("办公电话").fill(phone)
        sun.get_by_test_id("save").click()
        expect(sun.get_by_test_id("tenures").locator("li").first).to_contain_text(phone)
    history = sun.get_by_test_id("tenures").locator("li")
    expect(history).to_have_count(2)
    expect(history.last).to_contain_text("Demo Jia")
    expect(history.last).not_to_contain_text("0477")

    sun.get_by_role("link", name="Demo Jia").click()
    sun.get_by_test_id("access").click()
    sun.get_by_test_id("confirm").click()
    expect(sun.get_by_role("heading", level=1).locator("..")).to_contain_text("已停用")

    sun.goto(f"/manager/units/{CODE}")
    sun.get_by_test_id("close").click()
    sun.get_by_test_id("confirm").click()
    expect(sun.get_by_role("status")).to_contain_text("已撤销")
    sun.goto("/manager/units?q=新设局")
    expect(sun.get_by_test_id("unit")).to_have_count(0)
    sun.get_by_label("包括已撤销的").check()
    sun.get_by_test_id("find").click()
    expect(sun.get_by_test_id("unit")).to_contain_text("已撤销")


def _add(sun: Page, login: str, name: str) -> None:
    sun.goto(f"/manager/units/{CODE}")
    sun.get_by_test_id("new-member").click()
    sun.get_by_label("登录名").fill(login)
    sun.get_by_label("姓名").fill(name)
    sun.get_by_label("窗口人员").check()
    sun.get_by_test_id("save").click()
    expect(sun.get_by_test_id("roles")).to_have_text("窗口人员")
    sun.goto(f"/manager/units/{CODE}")


def test_the_responsible_person_looks_after_the_own_unit_and_no_other(open_desk: OpenPage) -> None:
    liu = open_desk("desk-liu")
    liu.goto("/account")
    expect(liu.get_by_test_id("responsible")).to_contain_text("刘洋")
    liu.get_by_role("link", name="本单位").click()
    expect(liu.get_by_test_id("member")).to_have_count(1)
    liu.get_by_role("link", name="单位", exact=True).click()
    expect(liu.get_by_test_id("unit")).to_have_count(1)
    expect(liu.get_by_test_id("new-unit")).to_have_count(0)
    liu.get_by_test_id("unit").get_by_role("link").click()
    expect(liu.get_by_test_id("close")).to_have_count(0)
    expect(liu.get_by_test_id("new-member")).to_be_visible()

"""A bank applies, is reviewed, filed, granted, verifies with consent, asks one field too many, is refused, is suspended."""

from __future__ import annotations

import io
from typing import Any, Final
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.support import desk, phone
from tests.support.browser import OpenPage
from tests.support.licences import day
from wallet.web.cookies import CSRF_COOKIE, CSRF_HEADER

NAME: Final = "小微商户贷款申请"
CODE: Final = "bank-merchant-loan"


def test_a_bank_from_its_application_to_its_suspension(
    open_phone: OpenPage, open_desk: OpenPage
) -> None:
    bank, sun, wu = open_desk("desk-bank"), open_desk("manager-sun"), open_desk("manager-wu")
    _item_published(bank, sun)
    bank.goto("/desk")
    expect(bank.locator(f'[data-testid="item-select"] option[value="{CODE}"]')).to_have_count(0)

    address = _applied(bank)
    _decided(sun, address, "pass")
    sun.goto(address)
    expect(sun.get_by_test_id("another")).to_be_visible()
    expect(sun.get_by_test_id("decide")).to_have_count(0)
    _decided(wu, address, "approve")
    bank.goto("/desk")
    expect(bank.locator(f'[data-testid="item-select"] option[value="{CODE}"]')).to_have_count(0)
    sun.goto(address)
    sun.get_by_test_id("decide").click()
    sun.get_by_label("数据保护措施").fill("专线传输，贷后五年销毁")
    sun.get_by_test_id("file").click()
    expect(sun.get_by_test_id("application-state")).to_have_attribute("data-state", "granted")
    number = sun.get_by_test_id("filing-number").inner_text()

    li = open_phone("holder-li")
    text = phone.show(li)
    desk.open_desk_page(bank, CODE)
    desk.type_in(bank, text)
    desk.expect_verdict(bank, "pending", "consent_pending")
    li.get_by_test_id("consent-allow").tap()
    desk.expect_verdict(bank, "accepted", "ok")
    assert list(desk.shown_fields(bank)) == ["许可证编号", "经营者名称"]

    refused = _asks(bank, phone.show(li), fields=["number", "operator_name", "premises"])
    assert (refused["status"], refused["slug"]) == (403, "not_permitted")
    sun.goto("/manager")
    sun.get_by_role("link", name="条用证告警待处理").click()
    expect(sun.get_by_test_id("alerts")).to_contain_text("超出登记的信息")
    expect(sun.get_by_test_id("alerts")).to_contain_text(NAME)

    sun.get_by_role("link", name=NAME).first.click()
    sun.get_by_label("暂停原因").fill("多次索取登记之外的信息")
    sun.get_by_test_id("confirm").click()
    expect(sun.get_by_test_id("grant-state")).to_contain_text("已暂停")
    refused = _asks(bank, phone.show(li))
    assert (refused["status"], refused["slug"]) == (403, "not_permitted")
    assert "暂停" in refused["detail"]

    han = open_desk("manager-han")
    han.goto("/manager")
    han.get_by_role("link", name="件下级报备待阅").click()
    han.get_by_role("link", name=NAME).first.click()
    expect(han.get_by_test_id("filing-number")).to_have_text(number)
    han.get_by_test_id("decide").click()
    han.get_by_test_id("noted").click()
    expect(han.get_by_test_id("steps").locator("li").last).to_contain_text("上级已阅")


def _item_published(bank: Page, sun: Page) -> None:
    """The bank drafts the matter, with the way in which it is done without a phone; the manager publishes it."""
    bank.goto("/account")
    bank.get_by_role("link", name="本单位").click()
    bank.get_by_role("link", name="用证申请").click()
    bank.get_by_test_id("apply").click()
    bank.get_by_role("link", name="没有要找的？起草用证事项").click()
    bank.get_by_role("link", name="起草新事项").click()
    texts = {
        "code": CODE, "name": NAME, "name_en": "Loan for a small shop", "purpose": "核对经营资格", "purpose_en":
        "To check that the shop is licensed", "retention": "贷款结清后五年", "retention_en": "Five years after the loan",
        "basis": "商业银行法（演示引用）", "traditional_channel": "持纸质证照到任一网点办理，不收复印费。",
        "traditional_channel_en": "Bring the paper licence to any branch.", "material-0-name": "食品经营许可证",
        "material-0-name_en": "Food operation permit",
    }  # fmt: skip
    for name, text in texts.items():
        bank.locator(f"[name={name}]").fill(text)
    bank.locator("[name=scene]").select_option("social")
    bank.locator("[name=consent]").select_option("ask")
    bank.locator("[name=material-0-type-0]").select_option("food-operation-permit")
    bank.locator("button[name=list]").click()
    for key in ("number", "operator_name"):
        bank.locator(f"[name=material-0-type-0-field-{key}]").check()
    bank.locator("button[name=save]").click()
    bank.locator("button[name=submit]").click()
    expect(bank.get_by_test_id("draft-state")).to_have_attribute("data-state", "submitted")
    sun.goto(urlsplit(bank.url).path)
    for decision, state in (("pass", "reviewed"), ("publish", "published")):
        sun.locator(f"button[value={decision}]").click()
        expect(sun.get_by_test_id("draft-state")).to_have_attribute("data-state", state)


def _applied(bank: Page) -> str:
    """The bank fills in what it asks for, adds a proof, and hands it in; gives the address of the application."""
    bank.goto("/manager/applications/new")
    bank.get_by_role("link", name=NAME).click()
    bank.get_by_test_id("save").click()
    expect(bank.locator("#types-wrong")).to_be_visible()
    for box in bank.locator("[name^=type-]").all():
        box.check()
    bank.get_by_label("用途和理由").fill("核对小微商户的经营资格")
    bank.get_by_label("截止日").fill(day(300))
    bank.get_by_label("确认不涉及国家秘密").check()
    bank.get_by_test_id("save").click()
    bank.get_by_test_id("submit").click()
    expect(bank.get_by_role("alert")).to_contain_text("证明材料")
    picture = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(picture, "PNG")
    file: FilePayload = {
        "name": "登记证书.png",
        "mimeType": "image/png",
        "buffer": picture.getvalue(),
    }
    bank.locator("#file").set_input_files(file)
    bank.get_by_test_id("send-proof").click()
    expect(bank.get_by_test_id("proofs")).to_contain_text("登记证书.png")
    bank.get_by_test_id("submit").click()
    expect(bank.get_by_test_id("application-state")).to_have_attribute("data-state", "submitted")
    return urlsplit(bank.url).path


def _decided(manager: Page, address: str, decision: str) -> None:
    manager.goto("/manager")
    manager.get_by_role("link", name="件用证申请待您办理").click()
    manager.locator(f'a[href="{address}"]').click()
    manager.get_by_test_id("decide").click()
    manager.get_by_test_id(decision).click()
    expect(manager.get_by_test_id("steps")).to_be_visible()


def _asks(bank: Page, code: str, **more: Any) -> dict[str, Any]:
    """What the library answers to a request of the bank's desk."""
    if "fields" in more:
        more["fields"] = {"food-operation-permit": more["fields"]}
    token = next(one["value"] for one in bank.context.cookies() if one["name"] == CSRF_COOKIE)
    answer = bank.request.post(
        "/api/v1/verifications",
        data={"code": code, "item": CODE, **more},
        headers={CSRF_HEADER: token},
    )
    members: dict[str, Any] = answer.json()
    return members

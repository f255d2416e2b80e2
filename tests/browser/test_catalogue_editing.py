"""A new version of a type, from its form to its publication, in the browsers of two people."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support import site
from tests.support.browser import OpenPage

FOOD = "food-operation-permit"


def test_a_version_is_drafted_returned_mended_reviewed_and_published(open_desk: OpenPage) -> None:
    chen, sun = open_desk("issuer-chen"), open_desk("manager-sun")
    chen.goto(f"/issuer/catalogue/new?code={FOOD}")
    chen.locator("[name=field-8-label]").fill("备注说明")
    chen.locator("[name=field-9-label]").fill("等级")
    chen.locator("[name=field-9-key]").fill("Grade")
    chen.get_by_role("button", name="保存草案").click()
    # What is wrong is named, and nothing typed is lost.
    expect(chen.get_by_role("alert")).to_contain_text("等级")
    expect(chen.locator("[name=field-8-label]")).to_have_value("备注说明")
    chen.locator("[name=field-9-key]").fill("grade")
    chen.get_by_role("button", name="保存草案").click()
    expect(chen.get_by_test_id("draft-state")).to_have_attribute("data-state", "draft")
    chen.get_by_role("button", name="保存并提交审核").click()
    expect(chen.get_by_test_id("draft-state")).to_have_attribute("data-state", "submitted")

    sun.goto("/manager/catalogue")
    sun.get_by_role("link", name="食品经营许可证").click()
    expect(sun.get_by_test_id("changes").locator("li")).to_have_count(2)
    expect(sun.get_by_test_id("changes")).to_contain_text("由“备注”改为“备注说明”")
    sun.get_by_role("button", name="退回").click()
    expect(sun.get_by_role("alert")).to_contain_text("理由")
    sun.get_by_label("退回的理由").fill("请写明等级的依据")
    sun.get_by_role("button", name="退回").click()
    expect(sun.get_by_test_id("draft-state")).to_have_attribute("data-state", "returned")

    chen.reload()
    expect(chen.get_by_text("请写明等级的依据")).to_be_visible()
    for page in (chen, sun):
        page.set_viewport_size({"width": 390, "height": 844})
        assert site.overflow(page) == []
    chen.get_by_role("button", name="保存并提交审核").click()
    sun.reload()
    sun.get_by_role("button", name="审核通过").click()
    sun.get_by_role("button", name="发布", exact=True).click()
    expect(sun.get_by_test_id("draft-state")).to_have_attribute("data-state", "published")
    sun.goto(f"/catalogue/{FOOD}")
    expect(sun.get_by_text("备注说明")).to_be_visible()
    expect(sun.get_by_test_id("versions").locator("tbody tr")).to_have_count(2)

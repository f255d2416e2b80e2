"""What a clerk does at a desk."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

FOOD_RENEWAL = "food-permit-renewal"
OPERATOR_REVIEW = "special-operator-review"


def open_desk_page(page: Page, item: str = FOOD_RENEWAL) -> None:
    """Open /desk with that use item chosen."""
    page.goto("/desk")
    page.get_by_test_id("item-select").select_option(item)


def type_in(page: Page, text: str) -> None:
    """Type a code into the field and send it."""
    field = page.get_by_test_id("scan-text")
    field.fill(text)
    field.press("Enter")


def verdict(page: Page) -> Locator:
    """The verdict on the screen."""
    return page.get_by_test_id("verdict")


def expect_verdict(page: Page, kind: str, reason: str) -> None:
    """Wait for that verdict for that reason."""
    shown = verdict(page)
    expect(shown).to_have_attribute("data-reason", reason)
    expect(shown).to_have_attribute("data-verdict", kind)
    expect(shown).to_be_visible()


def expect_ready(page: Page) -> None:
    """Wait until the desk is ready for the next person."""
    expect(verdict(page)).to_be_hidden()
    expect(page.get_by_role("heading", name="请扫持证人的亮证码")).to_be_visible()


def shown_fields(page: Page) -> dict[str, str]:
    """Label → value of the licence's fields that the verdict shows, without the photo."""
    lines = verdict(page).locator(".judged [data-field]")
    pairs = [
        (one.locator("dt").inner_text(), one.locator("dd").inner_text()) for one in lines.all()
    ]
    assert len(dict(pairs)) == len(pairs), pairs
    return dict(pairs)


def other_values(page: Page) -> list[str]:
    """What else the verdict says of the licence: its name and its end."""
    return verdict(page).locator(".judged h2, .judged h2 + p").all_inner_texts()


def granted_fields(phone: Page, identifier: str, item: str) -> dict[str, str]:
    """Label → value of what the item may see of a licence, without the photo."""
    items = phone.request.get("/api/v1/items").json()["items"]
    granted = next(one["fields"] for one in items if one["code"] == item)
    licence = phone.request.get(f"/api/v1/me/licences/{identifier}").json()
    return {
        field["label"]: str(field["value"])
        for field in licence["fields"]
        if field["key"] in granted[licence["type"]["code"]] and field["type"] != "photo"
    }

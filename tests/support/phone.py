"""What a holder does on a phone."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

FOOD = "food-operation-permit"
FORKLIFT = "special-equipment-operator"


def held(page: Page, type_code: str) -> dict[str, Any]:
    """The licence of that type in the wallet, as the API gives it."""
    items = page.request.get("/api/v1/me/licences").json()["items"]
    found: dict[str, Any] = next(item for item in items if item["type"]["code"] == type_code)
    return found


def card(page: Page, type_code: str) -> Locator:
    """The card of that type on the wallet page."""
    return page.locator(
        f'[data-testid="licence-card"][data-identifier="{held(page, type_code)["identifier"]}"]'
    )


def live_code(page: Page) -> Locator:
    """The drawn code."""
    return page.get_by_test_id("live-code")


def show(page: Page, type_code: str = FOOD) -> str:
    """Open the wallet, tap 亮码; gives the text of the code that is then drawn."""
    page.goto("/wallet")
    card(page, type_code).get_by_test_id("show-code").click()
    return drawn_text(page)


def drawn_text(page: Page, other_than: str = "") -> str:
    """The text of the code on the screen, once there is one."""
    code = live_code(page)
    if other_than:
        expect(code).not_to_have_attribute("data-text", other_than)
    expect(code).to_have_attribute("data-text", re.compile("/v#."))
    expect(code).to_be_visible()
    text = code.get_attribute("data-text")
    assert text is not None
    return text


def photograph(page: Page) -> bytes:
    """PNG of the drawn code, as it is on the screen."""
    return live_code(page).screenshot()

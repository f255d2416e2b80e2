"""Mongolian is drawn with a font of our own, downwards where the template says so."""

from __future__ import annotations

from playwright.sync_api import Page, Request, expect

from tests.support.browser import OpenPage

FONT = "NotoSansMongolian"


def fonts_asked_for(page: Page) -> list[str]:
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.resource_type == "font":
            asked.append(request.url)

    page.on("request", note)
    return asked


def test_a_page_with_mongolian_fetches_the_font_and_one_without_does_not(
    open_phone: OpenPage,
) -> None:
    page = open_phone("holder-li")
    asked = fonts_asked_for(page)
    page.goto("/catalogue")
    page.evaluate("document.fonts.ready")
    assert asked == []
    page.goto("/wallet")
    page.wait_for_function(
        "document.fonts.ready.then(() => document.fonts.check('20px Mongolian', 'ᠮᠣᠩᠭᠣᠯ'))"
    )
    assert len(asked) == 1
    assert FONT in asked[0]


def test_a_template_with_mongolian_on_the_left_is_written_downwards(open_phone: OpenPage) -> None:
    page = open_phone("holder-elder")
    page.goto("/wallet")
    card = page.get_by_test_id("licence-card").filter(has_text="不动产权证书")
    expect(card.locator(".mn")).to_have_css("writing-mode", "vertical-lr")
    strip, heading = card.locator(".mn").bounding_box(), card.locator("h2").bounding_box()
    assert strip
    assert heading
    assert strip["x"] + strip["width"] <= heading["x"]
    assert strip["height"] > strip["width"]
    card.get_by_role("link").click()
    name = page.get_by_role("heading", level=1)
    expect(name).to_have_css("writing-mode", "vertical-rl")
    size = "element => getComputedStyle(element).fontSize"
    assert page.locator(".names .mn").evaluate(size) == name.evaluate(size)


def test_in_english_the_name_is_not_turned(open_phone: OpenPage) -> None:
    page = open_phone("holder-elder")
    page.goto("/preferences?lang=en&next=/wallet")
    page.get_by_test_id("licence-card").filter(has_text="Real").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_css("writing-mode", "horizontal-tb")

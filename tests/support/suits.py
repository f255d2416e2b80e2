"""Whether a page, as it is now, suits everybody: axe, sizes at every width, the focus, what moves."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page

from tests.support import axe, site

PHONE: Final = 390
NARROW: Final = 320
WIDE: Final = 1280
_HEIGHT: Final = 844


def faults(page: Page, care: int) -> list[str]:
    """What does not suit: to axe in the light and the dark, in size, by keys. `care` is the size of type."""
    found = axe.faults(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {one}" for one in axe.contrast(page)]
    page.emulate_media(color_scheme="light")
    return (
        found + in_size(page, care) + [f"focus not seen: {one}" for one in site.unseen_focus(page)]
    )


def in_size(page: Page, care: int) -> list[str]:
    """What does not fit at some width; leaves the page as wide as a phone."""
    page.set_viewport_size({"width": NARROW, "height": _HEIGHT})
    found = [f"{NARROW} px wide: {one}" for one in site.overflow(page)]
    for width in (WIDE, PHONE):
        page.set_viewport_size({"width": width, "height": _HEIGHT})
        unfit = site.unfit(page, care) + (site.cut_placeholders(page) if care < 2 else [])
        found += [f"{width} px wide: {one}" for one in unfit]
    return found

"""Whether what a page refuses goes together with what else one can do (O-19)."""

from __future__ import annotations

from typing import Any, Final

from playwright.sync_api import Page

_UNHELPED: Final = """() => {
  if (/^[/](manager|issuer|auditor)/.test(location.pathname)) return [];
  const seen = (one) => one !== null && one.checkVisibility();
  const refusals = [...document.querySelectorAll(
    "main .notice.bad[role=alert], main [data-slug], [data-testid=verdict]:is([data-verdict=refused], [data-verdict=undetermined])"
  )].filter(seen);
  const ways = [...document.querySelectorAll("[data-testid=other-way], #verdict-channel")];
  return ways.some(seen) ? [] : refusals.map((one) => one.textContent.trim().slice(0, 60));
}"""


def unhelped(page: Page) -> list[str]:
    """The refusals on a page that leave who is refused without another way; the forms of managers and issuers stop
    nobody who has come to a counter."""
    found: list[Any] = page.evaluate(_UNHELPED)
    return [f"names no other way: {one}" for one in found]

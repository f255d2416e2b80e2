"""A page whose time the test moves: its timers stand still, its calls are kept with when they were made."""

from __future__ import annotations

from playwright.sync_api import Page

SECOND = 1000
"""In milliseconds, as the clock of a page counts."""

_KEEP_CALLS = """
window.keptCalls = [];
const sent = window.fetch;
window.fetch = (address, options) => {
  window.keptCalls.push([Date.now(), `${options?.method ?? "GET"} ${new URL(address, location).pathname}`]);
  return sent(address, options);
};
"""


def keep_calls(page: Page) -> None:
    """Keep every call that the page makes from its next load on."""
    page.add_init_script(_KEEP_CALLS)


def calls(page: Page, method: str, ending: str) -> list[float]:
    """When calls of that method were made whose path ends so, in milliseconds of the page's time."""
    kept: list[tuple[float, str]] = page.evaluate("window.keptCalls")
    return [at for at, call in kept if call.startswith(f"{method} ") and call.endswith(ending)]


def stand_still(page: Page) -> None:
    """No timer of the page goes off any more but by the test."""
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 0.1"))  # in seconds


def hide(page: Page, *, hidden: bool) -> None:
    """The phone turns the screen off, or on again, as the page sees it."""
    page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
          Object.defineProperty(document, "visibilityState",
            { configurable: true, get: () => (hidden ? "hidden" : "visible") });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )

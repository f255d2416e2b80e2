"""The pages of the demo, and what can be measured on any of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page

from tests.support import phone

MISSING = "/no-such-page"
PUBLIC = ("/", "/catalogue", f"/catalogue/{phone.FOOD}", "/v", MISSING)
DESK = ("/desk", "/account")
ISSUER = (
    "/issuer",
    "/issuer/licences",
    "/issuer/licences?q=AAAA&type=none",
    "/issuer/batches",
    "/issuer/coverage",
    "/issuer/late",
    "/issuer/force-majeure",
    "/issuer/force-majeure/new",
)
WALLET = ("/wallet", "/wallet/inbox", "/wallet/uses", "/account")


def wallet_pages(page: Page) -> Iterator[str]:
    """The wallet's pages, with one licence that may be shown and one that may not."""
    yield from WALLET
    for type_code in (phone.FORKLIFT, "special-equipment-registration"):
        yield f"/wallet/{phone.held(page, type_code)['identifier']}"


def issuer_pages(page: Page) -> Iterator[str]:
    """The issuer's pages, with one licence and the forms of it."""
    yield from ISSUER
    page.goto("/issuer/licences?type=special-equipment-operator")
    licence = page.get_by_test_id("found-licence").get_by_role("link").first.get_attribute("href")
    assert licence is not None
    yield licence
    yield f"{licence}/status"
    page.goto("/issuer/licences?status=in_review")
    for waiting in page.get_by_test_id("found-licence").get_by_role("link").all()[:1]:
        yield f"{waiting.get_attribute('href')}/review"
    page.goto("/issuer/force-majeure")
    for report in page.get_by_test_id("report").get_by_role("link").all()[:1]:
        yield str(report.get_attribute("href"))


def overflow(page: Page) -> list[str]:
    """What is wider than the screen: the page itself, or the open code."""
    found: list[str] = page.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll('dialog[open]')]
          .filter((one) => one.scrollWidth > Math.min(one.clientWidth, screen.width))
          .map((one) => `${one.tagName} is ${one.scrollWidth} wide on ${one.clientWidth}`)"""
    )
    return found


def small_targets(page: Page, least: int) -> list[str]:
    """What can be tapped and is smaller than `least` px in one direction.

    A hidden file input is tapped through its label, and so is a choice. Links within a sentence may have the height
    of its line (WCAG 2.5.8), as may a masked value within a list of fields.
    """
    found: list[str] = page.evaluate(
        """(least) => [...document.querySelectorAll(
            'a[href], button, select, input:not([type=hidden]), textarea, summary, label.button, label.choice')]
          .filter((one) => one.checkVisibility({ visibilityProperty: true })
            && !one.matches('.visually-hidden, .skip, .choice input')
            && !one.closest('p, td'))
          .map((one) => [one, one.getBoundingClientRect()])
          .filter(([, box]) => Math.min(box.width, box.height) < least - 0.5)
          .map(([one, box]) => `${one.outerHTML.slice(0, 90)} is ${box.width} × ${box.height}`)""",
        least,
    )
    return found


def small_texts(page: Page, least: float) -> list[str]:
    """Visible texts whose letters are smaller than `least` px."""
    found: list[str] = page.evaluate(
        """(least) => {
          const small = [];
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walk.nextNode()) {
            const { textContent: text, parentElement: one } = walk.currentNode;
            if (!text.trim() || one.closest('script, noscript, .visually-hidden, .skip')) continue;
            const size = parseFloat(getComputedStyle(one).fontSize);
            if (one.checkVisibility() && size < least) small.push(`${size}: ${text.trim()}`);
          }
          return small;
        }""",
        least,
    )
    return found


def words(page: Page) -> list[str]:
    """Everything a visitor reads or hears: texts, names, placeholders, outside foreign parts.

    A part whose own `lang` says another language than the page, as the switch to Chinese does, is
    left out.
    """
    found: list[str] = page.evaluate(
        """() => {
          const said = [document.title];
          const foreign = (one) => one.closest('body [lang]') !== null;
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walk.nextNode()) {
            const one = walk.currentNode.parentElement;
            if (one.closest('script, noscript') || foreign(one)) continue;
            said.push(walk.currentNode.textContent.trim());
          }
          for (const one of document.body.querySelectorAll('*')) {
            if (foreign(one)) continue;
            for (const name of ['aria-label', 'placeholder', 'title', 'alt']) {
              if (one.hasAttribute(name)) said.push(one.getAttribute(name));
            }
          }
          return said.filter(Boolean);
        }"""
    )
    return found


def data_words(*answers: Any) -> set[str]:
    """Every text inside answers of the API: names and values that stay as they are stored."""
    found: set[str] = set()
    for answer in answers:
        if isinstance(answer, str):
            found.add(answer)
        elif isinstance(answer, dict):
            found |= data_words(*answer.values())
        elif isinstance(answer, list):
            found |= data_words(*answer)
    return found

"""What can be measured on any page: sizes, distances, focus, words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from playwright.sync_api import Page


@dataclass(frozen=True)
class Sizes:
    """What a size of type must hold, in px: letters of running text, the smallest letters of all, targets."""

    body: int
    letters: int
    target: int


SIZES: Final = (Sizes(17, 14, 44), Sizes(20, 18, 60), Sizes(30, 18, 60))
"""By the cookie `care`: standard type, elder mode, and elder mode as large as it can be (MIIT: 18 dp at least,
up to 30 dp)."""


def unfit(page: Page, care: int) -> list[str]:
    """What of the page, as it is now, is too wide, too small or too narrow for this size of type."""
    sizes = SIZES[care]
    body: float = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    return [
        *([] if body >= sizes.body else [f"the letters of its text are {body} px"]),
        *overflow(page),
        *small_texts(page, sizes.letters),
        *low_lines(page),
        *small_targets(page, sizes.target),
    ]


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

    A box to tick, a choice and a hidden field for a file are tapped through their label. A link that stands in
    a line of running text may have the height of that line (WCAG 2.5.8).
    """
    found: list[str] = page.evaluate(
        """(least) => {
          const inText = (one) => one.matches('a') && getComputedStyle(one).display === 'inline'
            && [...one.parentElement.childNodes].some((beside) => beside !== one && beside.textContent.trim());
          return [...document.querySelectorAll('a[href], button, select, input:not([type=hidden]), textarea, summary, '
              + 'label:has([type=checkbox], [type=radio], [type=file]), [role=button], [tabindex="0"]')]
            .filter((one) => one.checkVisibility({ visibilityProperty: true })
              && !one.matches('.visually-hidden, .skip, label input:is([type=checkbox], [type=radio], [type=file])')
              && !one.closest('.visually-hidden') && !inText(one))
            .map((one) => [one, one.getBoundingClientRect()])
            .filter(([, box]) => Math.min(box.width, box.height) < least - 0.5)
            .map(([one, box]) => `${one.outerHTML.slice(0, 90)} is ${box.width} × ${box.height}`);
        }""",
        least,
    )
    return found


def low_lines(page: Page, least: float = 1.3) -> list[str]:
    """Visible texts whose lines are less than `least` times as high as their letters."""
    found: list[str] = page.evaluate(
        """(least) => {
          const low = [];
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walk.nextNode()) {
            const { textContent: text, parentElement: one } = walk.currentNode;
            if (!text.trim() || one.closest('script, noscript, option') || !one.checkVisibility()) continue;
            const { fontSize, lineHeight } = getComputedStyle(one);
            const high = parseFloat(lineHeight) / parseFloat(fontSize);
            if (!(high >= least - 0.005)) low.push(`${lineHeight} on ${fontSize}: ${text.trim().slice(0, 60)}`);
          }
          return low;
        }""",
        least,
    )
    return found


def unseen_focus(page: Page) -> list[str]:
    """What can be reached by keys, and does not look different when it is."""
    page.keyboard.press("Tab")
    found: list[str] = page.evaluate(
        """() => {
          const framed = (one) => {
            const { outlineStyle, outlineWidth } = getComputedStyle(one);
            return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
          };
          const open = document.querySelector('dialog:modal') ?? document;
          return [...open.querySelectorAll('a[href], button, select, input, textarea, summary, [tabindex="0"]')]
            .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && !one.closest('[inert]'))
            .filter((one) => {
              one.focus({ preventScroll: true });
              return document.activeElement === one && ![one, one.closest('label'), one.closest('li, article')]
                .some((shown) => shown && framed(shown));
            })
            .map((one) => one.outerHTML.slice(0, 90));
        }"""
    )
    return found


def moving(page: Page) -> list[str]:
    """What moves on the page by itself."""
    found: list[str] = page.evaluate(
        """() => document.getAnimations().filter((one) => one.playState === 'running')
          .map((one) => `${one.animationName ?? one.transitionProperty} on ${one.effect.target.outerHTML.slice(0, 90)}`)"""
    )
    return found


def cut_placeholders(page: Page) -> list[str]:
    """What an empty field asks for and cannot be read to its end."""
    found: list[str] = page.evaluate(
        """() => {
          const pen = document.createElement('canvas').getContext('2d');
          return [...document.querySelectorAll('input[placeholder]')]
            .filter((one) => one.checkVisibility() && !one.value)
            .map((one) => {
              const { font, paddingLeft, paddingRight } = getComputedStyle(one);
              pen.font = font;
              const room = one.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
              return [one.placeholder, pen.measureText(one.placeholder).width, room];
            })
            .filter(([, width, room]) => width > room)
            .map(([words, width, room]) => `${words} is cut: ${width} px on ${room}`);
        }"""
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

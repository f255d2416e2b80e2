"""axe-core, another party's judge of what a page is to those who do not see, hear or point as others do.

It is a package of `tests/foreign`, installed by `.ci/setup foreign`, and for tests only (MPL-2.0).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

_SCRIPT: Final = Path(__file__).parents[1] / "foreign/node_modules/axe-core/axe.min.js"
_WEIGHTY: Final = ("serious", "critical")
_RUN: Final = """async ([rules, impacts]) => {
  const only = rules.length ? { runOnly: { type: 'rule', values: rules } } : {};
  const { violations } = await axe.run(document, { resultTypes: ['violations'], ...only });
  return violations.filter((one) => impacts.includes(one.impact)).flatMap((one) => one.nodes.map(
    (node) => `${one.impact} ${one.id}: ${node.html.slice(0, 120)}: ${node.failureSummary.split('\\n')[1] ?? ''}`));
}"""


@cache
def _source() -> str:
    return _SCRIPT.read_text("utf-8")


def faults(page: Page, *rules: str) -> list[str]:
    """What axe finds `serious` or `critical` on the page as it is now; of these rules, else of all."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    found: list[str] = page.evaluate(_RUN, [rules, _WEIGHTY])
    return found


def contrast(page: Page) -> list[str]:
    """Letters that stand out too little from their ground, which is all that colours change."""
    return faults(page, "color-contrast")

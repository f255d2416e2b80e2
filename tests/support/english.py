"""Which Chinese is left on an English page: names and values stay as they are stored, nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

from tests.support import site

CHINESE: Final = re.compile(r"[⺀-鿿豈-﫿︰-﹏]")
_DEMO: Final = Path(__file__).parents[2] / "wallet" / "demo" / "data"
_NAMES: Final = (
    "people.json",
    "units.json",
    "licences.json",
    "basis_documents.json",
    "clients.json",
)
_MASK: Final = "••••"
"""In the middle of a licence's number, which may begin or end in Chinese."""


def in_english(page: Page) -> Page:
    """Choose English in this browser."""
    page.goto("/preferences?lang=en&next=/v")
    return page


def stored_words(holder: Page, *more: str) -> list[str]:
    """Names and values of the demo, longest first, masked names too, and these."""
    get = holder.request.get
    paths = [f"/licences/{one['identifier']}" for one in _items(get("/api/v1/me/licences"))]
    answers = [get(f"/api/v1/me{path}").json() for path in ("", "/licences", "/uses", *paths)]
    answers += [get(f"/api/v1/{path}").json() for path in ("items", "catalogue")]
    answers += [json.loads((_DEMO / name).read_text("utf-8")) for name in _NAMES]
    stored = site.data_words(*answers) | {"赵*", "（演示）", "演示数据导入（演示）", *more}
    return sorted((word for word in stored if CHINESE.search(word)), key=len, reverse=True)


def left_over(page: Page, stored: list[str]) -> list[str]:
    """What is Chinese on the page and not stored that way."""
    left = []
    for said in site.words(page):
        rest = said
        for word in stored:
            rest = rest.replace(word, "")
        if CHINESE.search(rest) and _MASK not in said:
            left.append(said)
    return left


def _items(answer: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = answer.json()["items"]
    return items

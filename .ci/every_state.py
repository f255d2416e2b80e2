"""Draw every page and every state of the demo, on a phone and on a computer, into a folder with an index.

The pages are those of tests/support/pages.py, the states those of tests/support/states.py, so nothing can be
drawn that the tests do not look at, and nothing is forgotten here that they know.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize

from tests.support import browser as browsers
from tests.support import pages, states

SIZES: Final[dict[str, ViewportSize]] = {"phone": browsers.PHONE, "desk": browsers.DESK}
SCALE: Final = 1.5
TALLEST: Final = 4
"""Screens that a long page is drawn down to."""
BEST: Final = {
    "together-chosen": ("phone", "together"),
    "code-asked": ("phone", "code-asked"),
    "desk-waiting": ("desk", "desk-waiting"),
    "desk-number": ("desk", "desk-number"),
    "number-found": ("phone", "code-number"),
    "freeze-frozen": ("phone", "freeze"),
    "delegation-confirm": ("phone", "delegation"),
    "code-offline": ("phone", "code-offline"),
    "desk-offline-accepted": ("desk", "desk-offline"),
    "drawn-code": ("phone", "code-no-script"),
}
"""States that docs/images shows too: the size in which, and the picture's name."""

Save = Callable[[Image.Image, str], None]


def draw_every_page_and_state(
    browser: Browser, address: str, data: Path, folder: Path, save_best: Save
) -> int:
    """Write `{size}-{name}.png` and `index.html` into `folder`; gives how many pictures.

    `data` is the running demo's folder; `save_best` takes a picture of docs/images and its name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    names: list[str] = []
    with ExitStack() as stack:

        def visit(persona: str | None) -> Page:
            context = stack.enter_context(
                browser.new_context(
                    base_url=address,
                    viewport=browsers.PHONE,
                    device_scale_factor=SCALE,
                    has_touch=True,
                    permissions=["camera"],
                    locale="zh-CN",
                    timezone_id="Asia/Shanghai",
                    reduced_motion="reduce",
                )
            )
            if persona is not None:
                browsers.sign_in(context, persona)
            return context.new_page()

        def draw(page: Page, name: str, *, whole: bool) -> None:
            names.append(name)
            for size, viewport in SIZES.items():
                picture = _picture(page, viewport, whole=whole)
                picture.save(folder / f"{size}-{name}.png", optimize=True)
                if BEST.get(name, ("", ""))[0] == size:
                    save_best(picture, BEST[name][1])
            page.set_viewport_size(browsers.PHONE)

        pages.furnish(visit(pages.ISSUER), data)
        for persona in pages.PERSONAS:
            page = visit(persona)
            for shown in (one for one in pages.PAGES if one.persona == persona):
                page.goto(shown.address(page))
                draw(page, _name_of(shown, names), whole=True)
        for bring_about in states.STATES:
            for name, page in bring_about(states.Stage(visit, data)):
                draw(page, name, whole=False)
    missing = BEST.keys() - set(names)
    assert not missing, f"no state is called {missing}"
    _write_index(folder, names)
    return len(names) * len(SIZES)


def _picture(page: Page, viewport: ViewportSize, *, whole: bool) -> Image.Image:
    page.set_viewport_size(viewport)
    page.evaluate("document.fonts.ready")
    if not whole:
        return _opened(page.screenshot(animations="disabled"))
    high = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size(
        {"width": viewport["width"], "height": _within(high, viewport["height"])}
    )
    return _opened(page.screenshot(animations="disabled"))


def _within(high: int, screen: int) -> int:
    return min(max(high, screen), TALLEST * screen)


def _opened(png: bytes) -> Image.Image:
    with Image.open(BytesIO(png)) as picture:
        return picture.convert("RGB")


def _name_of(shown: pages.Shown, taken: list[str]) -> str:
    """A file's name for a page: its route and whose it is, numbered where there are several."""
    route = "-".join(part.strip("<>") for part in shown.route.split("/") if part) or "home"
    name = f"{shown.persona or 'anyone'}-{route}"
    among = sum(one == name or one.startswith(f"{name}--") for one in taken)
    return f"{name}--{among + 1}" if among else name


def _write_index(folder: Path, names: list[str]) -> None:
    figures = "\n".join(
        f"<h2>{escape(name)}</h2>\n<p>"
        + " ".join(
            f'<a href="{size}-{escape(name)}.png"><img loading="lazy" src="{size}-{escape(name)}.png" '
            f'alt="{size}" height="420"></a>'
            for size in SIZES
        )
        + "</p>"
        for name in names
    )
    (folder / "index.html").write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page and state</title>\n'
        f"<h1>{len(names)} pages and states</h1>\n{figures}\n</html>\n",
        encoding="utf-8",
    )

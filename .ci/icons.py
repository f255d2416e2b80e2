"""Draw the pictures of static/img that are icons of the wallet as an app: `PYTHONPATH=. python .ci/icons.py`.

They are ours: a licence card with a code and a seal, and the shortcuts' marks from templates/components/icons.svg.
"""

import io
import re
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page

from tests.support import browser as browsers

ROOT: Final = Path(__file__).resolve().parents[1]
IMAGES: Final = ROOT / "static" / "img"
SPRITE: Final = (ROOT / "templates" / "components" / "icons.svg").read_text("utf-8")
SHORTCUTS: Final = {"code": "qr", "uses": "history", "lost": "shield"}

GROUND: Final = """<linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop stop-color="#0b5d66"/>
<stop offset="1" stop-color="#128a86"/></linearGradient>"""
CARD: Final = """
<rect x="8" y="15" width="48" height="34" rx="6" fill="#fff"/>
<path d="M8 25v-4a6 6 0 016-6h36a6 6 0 016 6v4z" fill="#bfe0dc"/>
<rect x="14.3" y="30.3" width="12.4" height="12.4" rx="3" fill="none" stroke="#0b5d66" stroke-width="2.6"/>
<rect x="18.6" y="34.6" width="3.8" height="3.8" rx="1" fill="#0b5d66"/>
<path d="M31 32.4h3M31 40.6h1.4" stroke="#0b5d66" stroke-width="2.6" stroke-linecap="round"/>
<circle cx="45" cy="40" r="11.2" fill="#f2c766" stroke="#fff" stroke-width="2.4"/>
<path d="M39.8 40.3l3.7 3.8 6.8-7.6" fill="none" stroke="#0b4a50" stroke-width="3.4" stroke-linecap="round"
 stroke-linejoin="round"/>"""


def svg(corner: float, inner: str) -> str:
    """A picture of 64 × 64 on our ground."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><defs>{GROUND}</defs>'
        f'<rect width="64" height="64" rx="{corner}" fill="url(#g)"/>{inner}</svg>'
    )


def small(inner: str, by: float) -> str:
    """What is drawn on 64 × 64, smaller about its middle: a launcher may cut off what is around it."""
    return f'<g transform="translate(32 32) scale({by}) translate(-32 -32)">{inner}</g>'


def mark(name: str) -> str:
    """A mark of the pages' sprite, in white."""
    found = re.search(rf'<symbol id="i-{name}" viewBox="0 0 24 24">(.*?)</symbol>', SPRITE)
    assert found is not None
    return (
        '<g transform="translate(14 14) scale(1.5)" fill="none" stroke="#fff" stroke-width="1.9" '
        f'stroke-linecap="round" stroke-linejoin="round">{found[1]}</g>'
    )


def draw(page: Page, name: str, side: int, picture: str) -> None:
    """Write a picture as a PNG of `side` pixels."""
    page.set_viewport_size({"width": side, "height": side})
    page.set_content(
        f'<body style="margin:0">{picture.replace("<svg ", f"<svg width={side} height={side} ", 1)}'
    )
    drawn = Image.open(io.BytesIO(page.screenshot(omit_background=True)))
    drawn.save(IMAGES / f"{name}-{side}.png", optimize=True)


def main() -> None:
    """Draw all of them."""
    with browsers.playwright() as started, browsers.chromium(started) as browser:
        page = browser.new_page()
        for side in (192, 512):
            draw(page, "wallet", side, svg(15, CARD))
        draw(page, "wallet", 180, svg(0, small(CARD, 0.94)))
        draw(page, "wallet-maskable", 512, svg(0, small(CARD, 0.78)))
        for name, icon in SHORTCUTS.items():
            draw(page, f"shortcut-{name}", 96, svg(32, mark(icon)))


if __name__ == "__main__":
    main()

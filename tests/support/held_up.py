"""Codes on a phone, one after another, and what a desk's camera sees of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final, Literal

from PIL import Image
from playwright.sync_api import Browser, ViewportSize

from tests.support import browser as browsers
from tests.support import camera, phone

NEXT_CODE: Final = 31_000
"""ms after which the phone has asked for the next code of its showing."""


@dataclass(frozen=True)
class Look:
    """How the phone shows the code: its width in CSS pixels, the size of type, light or dark."""

    width: int
    care: int = 0
    scheme: Literal["light", "dark"] = "light"

    def __str__(self) -> str:
        said = ("elder mode" if self.care else "standard", "dark" if self.scheme == "dark" else "")
        return f"{self.width} px, {', '.join(filter(None, said))}"


@dataclass(frozen=True)
class HeldUp:
    """A screenshot of the phone with a code on it: the code's text and its middle, in device pixels."""

    text: str
    png: bytes
    middle: tuple[float, float]
    ratio: int

    def read_sharp(self) -> str | None:
        """What the reader finds in the screenshot itself."""
        with Image.open(BytesIO(self.png)) as screen:
            return camera.read(screen)

    def seen(self, share: float, seed: int) -> Image.Image:
        """What the camera sees; at `share` 1 a phone 390 wide fills the corners of its picture."""
        return camera.frame(self.png, self.middle, camera.FULL * share / self.ratio, seed)


def codes_held_up(browser: Browser, address: str, look: Look, count: int) -> Iterator[HeldUp]:
    """That many codes of one showing, each as the phone draws it."""
    context = browsers.phone_context(browser, address, look.scheme)
    with context:
        browsers.sign_in(context, "holder-li")
        page = context.new_page()
        size: ViewportSize = {"width": look.width, "height": 1024 if look.width > 600 else 844}
        page.set_viewport_size(size)
        page.goto(f"/preferences?care={look.care}&next=/v")
        page.clock.install()
        text = phone.show(page)
        for _ in range(count):
            box = phone.live_code(page).bounding_box()
            assert box is not None
            ratio: int = page.evaluate("devicePixelRatio")
            middle = ((box["x"] + box["width"] / 2) * ratio, (box["y"] + box["height"] / 2) * ratio)
            yield HeldUp(text, page.screenshot(), middle, ratio)
            page.clock.fast_forward(NEXT_CODE)
            text = phone.drawn_text(page, other_than=text)

"""A code that the server draws is what a reader of others reads."""

from __future__ import annotations

import re

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from verify.codes import LIVE_TEXT_MAX
from wallet.base.qr import QUIET, Drawing, draw_qr

PIXELS = 5
RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")


def picture(drawing: Drawing) -> Image.Image:
    """The drawing in black on white."""
    image = Image.new("L", (drawing.across * PIXELS,) * 2, 255)
    pen = ImageDraw.Draw(image)
    assert RUN.sub("", drawing.path) == ""
    for x, y, length, back in (map(int, run) for run in RUN.findall(drawing.path)):
        assert length == back
        right = (x + length) * PIXELS - 1
        pen.rectangle((x * PIXELS, y * PIXELS, right, y * PIXELS + PIXELS - 1), fill=0)
    return image


@pytest.mark.parametrize(
    "text",
    ["http://127.0.0.1:8000/v#" + "aZ9_-." * 50, "食品经营许可证 · 李*", "1", "x" * LIVE_TEXT_MAX],
)
def test_it_is_read_back_as_it_was(text: str) -> None:
    found = zxingcpp.read_barcodes(picture(draw_qr(text)))
    assert [one.text for one in found] == [text]
    assert found[0].ec_level == "L"


def test_the_longest_live_code_is_no_larger_than_version_12() -> None:
    assert draw_qr("x" * LIVE_TEXT_MAX).across == 17 + 4 * 12 + 2 * QUIET


def test_the_margin_is_white() -> None:
    drawing = draw_qr("x" * 300)
    for x, y, length, _ in (map(int, run) for run in RUN.findall(drawing.path)):
        assert x >= QUIET
        assert x + length <= drawing.across - QUIET
        assert QUIET <= y < drawing.across - QUIET


def test_what_has_no_room_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        draw_qr("x" * 5000)

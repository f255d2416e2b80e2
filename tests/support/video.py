"""A video of a phone that shows a code, as the camera of a desk would see it."""

from __future__ import annotations

import math
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

FRAME: Final = (640, 480)
CODE: Final = 340
"""Pixels that the picture of the code is wide in a frame."""
FRAMES: Final = 12


def write_video(path: Path, code: bytes) -> Path:
    """Write an MJPEG (JPEGs one after another) of a hand that holds the code's picture (PNG)."""
    with Image.open(BytesIO(code)) as picture:
        phone = _phone(picture.convert("RGB"))
    with path.open("wb") as video:
        for number in range(FRAMES):
            _frame(phone, number).save(video, "JPEG", quality=82)
    return path


def _phone(code: Image.Image) -> Image.Image:
    """The code on a white screen in a dark case."""
    screen = Image.new("RGB", (CODE + 40, CODE + 90), "#f7f8f6")
    screen.paste(code.resize((CODE, CODE), Image.Resampling.LANCZOS), (20, 20))
    case = Image.new("RGB", (screen.width + 16, screen.height + 16), "#15181a")
    case.paste(screen, (8, 8))
    return case


def _frame(phone: Image.Image, number: int) -> Image.Image:
    """One frame: the hand shakes and tilts a little, the lens is not quite sharp."""
    turn = math.tau * number / FRAMES
    frame = _hall()
    tilted = phone.convert("RGBA").rotate(
        4 + 2 * math.sin(turn), Image.Resampling.BICUBIC, expand=True
    )
    left = (FRAME[0] - tilted.width) // 2 + round(9 * math.cos(turn))
    top = (FRAME[1] - tilted.height) // 2 + 20 + round(5 * math.sin(2 * turn))
    frame.paste(tilted, (left, top), tilted)
    return frame.filter(ImageFilter.GaussianBlur(0.7))


def _hall() -> Image.Image:
    """What is behind the phone: a wall, a lamp, a counter."""
    hall = Image.linear_gradient("L").resize(FRAME)
    hall = Image.merge(
        "RGB", [hall.point(lambda v, k=k: int(96 + v * k)) for k in (0.3, 0.26, 0.2)]
    )
    draw = ImageDraw.Draw(hall)
    draw.ellipse((40, 20, 150, 90), fill="#fff6df")
    draw.rectangle((0, 400, *FRAME), fill="#6d5640")
    return hall

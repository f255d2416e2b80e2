"""What a desk's camera sees of a phone in somebody's hand: tilted, a little blurred, with noise.

A pinhole camera of 1280 × 720 pixels, as large as the frames that the desk page hands to its reader. The
phone's page lies in a plane before it, turned by some degrees about each axis; lens and sensor then blur it,
add noise and shades, and the picture is stored as JPEG. All of it follows from the seed.
"""

from __future__ import annotations

import math
import random
from io import BytesIO
from typing import Any, Final

import zxingcpp
from PIL import Image, ImageChops, ImageFilter

FRAME: Final = (1280, 720)
FULL: Final = 1.27
"""Camera pixels for a CSS pixel where the code of a phone 390 wide fills the corners of the desk's viewport,
which are 66 % of its height."""
_FOCUS: Final = 1470
"""The focal length in camera pixels: 47° across."""
_TILT: Final = 18
"""Degrees by which a hand may turn the phone about its width and height; about the line of sight, half."""
_QR: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_FINER: Final = 2
"""The scene is drawn so many times finer than the sensor sees it."""


def frame(png: bytes, middle: tuple[float, float], scale: float, seed: int) -> Image.Image:
    """A frame of the camera.

    `png` is a screenshot in device pixels whose `middle` is held before the middle of the frame; `scale` is
    how many camera pixels one of its pixels takes where it is not turned.
    """
    drawn = random.Random(seed)
    with Image.open(BytesIO(png)) as opened:
        screen = opened.convert("L")
    size = (FRAME[0] * _FINER, FRAME[1] * _FINER)
    turned = screen.transform(
        size,
        Image.Transform.PERSPECTIVE,
        _seen_from(middle, scale, drawn),
        Image.Resampling.BILINEAR,
        fillcolor=70,
    )
    sensed = turned.resize(FRAME, Image.Resampling.BOX)
    blurred = sensed.filter(ImageFilter.GaussianBlur(drawn.uniform(0.8, 1.4)))
    low, high = drawn.uniform(15, 60), drawn.uniform(190, 250)
    exposed = blurred.point([round(low + (high - low) * value / 255) for value in range(256)])
    noise = Image.frombytes("L", FRAME, drawn.randbytes(FRAME[0] * FRAME[1]))
    noisy = ImageChops.add(exposed, noise.point([value // 12 for value in range(256)]), 1, -10)
    stored = BytesIO()
    noisy.save(stored, "JPEG", quality=75)
    return Image.open(stored)


def read(picture: Image.Image) -> str | None:
    """The text of the code in a frame as the desk page's reader finds it, None without one."""
    found = zxingcpp.read_barcodes(picture.convert("L"), formats=_QR, try_invert=False)
    return found[0].text if found and found[0].valid else None


def _seen_from(middle: tuple[float, float], scale: float, drawn: random.Random) -> Any:
    """The eight coefficients that Pillow asks for: where in the screenshot a pixel of the frame comes from."""
    pitch, yaw = (math.radians(drawn.uniform(-_TILT, _TILT)) for _ in range(2))
    roll = math.radians(drawn.uniform(-_TILT / 2, _TILT / 2))
    (sp, cp), (sy, cy), (sr, cr) = ((math.sin(a), math.cos(a)) for a in (pitch, yaw, roll))
    across = (cy * cr, sp * sy * cr + cp * sr, sp * sr - cp * sy * cr)
    down = (-cy * sr, cp * cr - sp * sy * sr, sp * cr + cp * sy * sr)
    focus, left, top = _FOCUS * _FINER, FRAME[0] * _FINER / 2, FRAME[1] * _FINER / 2
    far = _FOCUS / scale

    def project(x: float, y: float, z: float) -> tuple[float, float, float]:
        return focus * x + left * z, focus * y + top * z, z

    a, b, c = project(*across), project(*down), project(0, 0, far)
    inverse = _inverse(((a[0], b[0], c[0]), (a[1], b[1], c[1]), (a[2], b[2], c[2])))
    w = inverse[2]
    rows = [[row[k] + shift * w[k] for k in range(3)]
            for row, shift in zip(inverse[:2], middle, strict=True)]  # fmt: skip
    return [value / w[2] for value in (*rows[0], *rows[1], w[0], w[1])]


def _inverse(m: Any) -> list[list[float]]:
    """The inverse of a 3 × 3 matrix, but for a factor, which does not matter here."""
    return [
        [m[(i + 1) % 3][(j + 1) % 3] * m[(i + 2) % 3][(j + 2) % 3]
         - m[(i + 1) % 3][(j + 2) % 3] * m[(i + 2) % 3][(j + 1) % 3] for i in range(3)]
        for j in range(3)
    ]  # fmt: skip
